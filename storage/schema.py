"""The tables, in SQLAlchemy Core's language; SQLite and PostgreSQL run the same lines.

Moments are integer columns that end in `_ms`: milliseconds since 1970 in UTC. Credits are integer columns that end in
`_mc`: thousandths of a credit. `storage.codec` turns both from and into what the core speaks.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    # Who asked, and where.
    Column("platform", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("server_id", String),
    Column("channel_id", String),
    # Where they are told; the platform is kept apart, because an address may move to another one.
    Column("address_platform", String, nullable=False),
    Column("address", Text, nullable=False),
    Column("place", Text, nullable=False, server_default=""),  # empty: a place that nobody else shares
    Column("event", String),
    Column("parent_id", String),
    Column("key_id", String),  # empty: the operator's own key
    Column("is_first", Boolean, nullable=False, server_default=false()),
    Column("request", Text, nullable=False),
    Column("words", Text, nullable=False, server_default=""),  # of the request, folded, for searches
    Column("tier", String, nullable=False),
    Column("price_mc", BigInteger, nullable=False),
    # What Rodin gave back; all empty until it did.
    Column("vendor_uuid", String),
    Column("subscription_key", Text),
    Column("consumed_mc", BigInteger),
    Column("vendor_prompt", Text),
    Column("jobs", Text, nullable=False),
    Column("progress", Double, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("failure", Text),
    Column("charged", String),  # the failure's own word, for sums
    Column("muted", Boolean, nullable=False),
    Column("hold", String),
    Column("ended_revision", Integer),
    Column("showing", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("next_ms", BigInteger, nullable=False),
    Column("submitted_ms", BigInteger),
    Column("ended_ms", BigInteger),
    # Leases, and the moment until which telling is postponed. Never part of a `Task`.
    Column("work_worker", String),
    Column("work_until_ms", BigInteger),
    Column("tell_worker", String),
    Column("tell_until_ms", BigInteger),
    Column("tell_at_ms", BigInteger),
)

# One event makes one task, whoever received it; many tasks have none, and NULLs never collide.
Index("uq_tasks_event", tasks.c.event, unique=True)
# Two tasks must never adopt the same submission.
Index("uq_tasks_vendor_uuid", tasks.c.vendor_uuid, unique=True)
# What the loops ask at every turn; the ended rows, nearly all of them, are never touched.
Index("ix_tasks_state_next_ms", tasks.c.state, tasks.c.next_ms)
_UNTOLD = text("told < revision")
Index("ix_tasks_untold", tasks.c.changed_ms, tasks.c.address_platform, sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
# What people and the schedule ask.
Index("ix_tasks_state_created_ms", tasks.c.state, tasks.c.created_ms)
Index("ix_tasks_platform_user_id_created_ms", tasks.c.platform, tasks.c.user_id, tasks.c.created_ms)
Index("ix_tasks_address_platform_place_created_ms", tasks.c.address_platform, tasks.c.place, tasks.c.created_ms)
Index("ix_tasks_parent_id_created_ms", tasks.c.parent_id, tasks.c.created_ms)
Index("ix_tasks_platform_server_id_created_ms", tasks.c.platform, tasks.c.server_id, tasks.c.created_ms)
Index("ix_tasks_tier_state_ended_ms", tasks.c.tier, tasks.c.state, tasks.c.ended_ms)
# What a day's limits ask.
Index("ix_tasks_platform_channel_id_created_ms", tasks.c.platform, tasks.c.channel_id, tasks.c.created_ms)
Index("ix_tasks_created_ms", tasks.c.created_ms)

files = Table(
    "files",
    metadata,
    Column("task_id", String, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
)
"""The result files of each task, in the order in which the task lists them."""

sends = Table(
    "sends",
    metadata,
    Column("key", String, primary_key=True),
    Column("begun_ms", BigInteger, nullable=False),  # the latest try
    Column("message", Text),  # empty while nobody knows whether the platform took it
)
"""The messages whose posting began, each under its key."""

Index("ix_sends_begun_ms", sends.c.begun_ms)

answers = Table(
    "answers",
    metadata,
    Column("key", String, primary_key=True),
    Column("sealed", Text, nullable=False),  # by `storage.vault`
    Column("until_ms", BigInteger, nullable=False),
)
"""Short-lived ways to answer one person privately."""

Index("ix_answers_until_ms", answers.c.until_ms)

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
"""What holds for every process and changes while they run, such as a pause. `bot.settings` is what is read at start."""

blocks = Table(
    "blocks",
    metadata,
    Column("kind", String, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
)
"""The people, servers and words that the operator takes nothing from."""

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),  # a keyed fingerprint, or `bot.keys.OPERATOR`, whose secret is not here
    Column("sealed", Text),  # by `storage.vault`; empty once it is erased
    Column("since_ms", BigInteger, nullable=False),
    Column("stopped", String),  # why nothing is sent with it; empty while tasks are
    Column("stopped_ms", BigInteger),
    Column("needs_mc", BigInteger, nullable=False),  # what its wallet must hold to go on
    Column("look_ms", BigInteger, nullable=False),  # when a stopped one is looked at again
    Column("looks", Integer, nullable=False),  # how often it was looked at since it stopped
    Column("refused", Integer, nullable=False),  # tasks in a row that Rodin refused because of it
)
"""The keys by which Rodin knows us, as far as there is something to know about them."""

server_keys = Table(
    "server_keys",
    metadata,
    Column("platform", String, primary_key=True),
    Column("server_id", String, primary_key=True),
    Column("key_id", String, ForeignKey("keys.id"), nullable=False, index=True),
    Column("since_ms", BigInteger, nullable=False),
)
"""The servers and workspaces whose tasks are made with a key of their own."""

rights = Table(
    "rights",
    metadata,
    Column("platform", String, primary_key=True),
    Column("server_id", String, primary_key=True),
    Column("what", String, primary_key=True),  # a `bot.policy.Right`
    Column("whom", Text, nullable=False),  # a `bot.policy.Grant`
)
"""What the admins of servers have said about who may do what."""

firsts = Table(
    "firsts",
    metadata,
    Column("platform", String, primary_key=True),
    Column("server_id", String, primary_key=True),  # empty: a person outside any server
    Column("user_id", String, primary_key=True),  # empty: a server
    Column("since_ms", BigInteger, nullable=False),
)
"""The servers, and people outside any, whose first task has said where words and pictures go."""

news = Table(
    "news",
    metadata,
    Column("key", String, primary_key=True),
    Column("sentence", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)
"""What the operator's channel is still to be told."""

# slack_sdk reads and writes these three itself, with definitions of its own; a test compares the columns. Ours have no
# limits of length, because tokens come sealed. Moments are its naive UTC datetimes.

slack_installations = Table(
    "slack_installations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("client_id", String, nullable=False),
    Column("app_id", String, nullable=False),
    Column("enterprise_id", String),
    Column("enterprise_name", Text),
    Column("team_id", String),
    Column("team_name", Text),
    Column("enterprise_url", Text),
    Column("bot_token", Text),  # by `storage.vault`, as the other tokens and the webhook
    Column("bot_id", String),
    Column("bot_user_id", String),
    Column("bot_scopes", Text),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("user_id", String, nullable=False),
    Column("user_token", Text),
    Column("user_scopes", Text),
    Column("user_refresh_token", Text),
    Column("user_token_expires_at", DateTime),
    Column("incoming_webhook_url", Text),
    Column("incoming_webhook_channel", Text),
    Column("incoming_webhook_channel_id", Text),
    Column("incoming_webhook_configuration_url", Text),
    Column("token_type", String),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
)
"""Who has let the Slack app into which workspace, each time."""

slack_bots = Table(
    "slack_bots",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("client_id", String, nullable=False),
    Column("app_id", String, nullable=False),
    Column("enterprise_id", String),
    Column("enterprise_name", Text),
    Column("team_id", String),
    Column("team_name", Text),
    Column("bot_token", Text),  # by `storage.vault`
    Column("bot_id", String),
    Column("bot_user_id", String),
    Column("bot_scopes", Text),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
)
"""The bot's token of each workspace; the newest one counts."""

for _installed in (slack_installations, slack_bots):
    _c = _installed.c
    Index(f"ix_{_installed.name}_newest", _c.client_id, _c.enterprise_id, _c.team_id, _c.installed_at)

slack_oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", String, nullable=False, index=True),
    Column("expire_at", DateTime, nullable=False),
)
"""What browsers carry from the first page of an installation to the last; each is good once."""
