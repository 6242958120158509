"""Which fields a block, an element and a composition object have, and how long each may be.

A description is a mapping from field to rule. Slack refuses a field it does not know, so does `check`.
Source: docs.slack.dev, reference/block-kit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one field must be. `check` looks at the value; `longest` counts characters or items."""

    check: Callable[[Any, str], Iterator[str]] | None = None
    kind: type[Any] | tuple[type[Any], ...] = str
    shortest: int = 0
    longest: int | None = None
    needed: bool = False
    among: tuple[Any, ...] = ()


Shape = Mapping[str, Rule]


def check(node: Json, shape: Shape, place: str) -> Iterator[str]:
    """Yield what is wrong with an object: fields unknown, missing, of another kind, too long, and so on inside."""
    for name in node.keys() - shape.keys() - {"type"}:
        yield f"{place}: invalid additional property: {name}"
    for name, rule in shape.items():
        if node.get(name) is None:
            if rule.needed:
                yield f"{place}: missing required field: {name}"
        else:
            yield from _check_field(node[name], rule, f"{place}/{name}")


def _check_field(value: Any, rule: Rule, place: str) -> Iterator[str]:
    if not isinstance(value, rule.kind) or (isinstance(value, bool) and rule.kind is int):
        yield f"{place}: must not be a {type(value).__name__}"
        return
    if rule.among and value not in rule.among:
        yield f"{place}: {value!r} is none of {', '.join(map(str, rule.among))}"
    size: int = value if isinstance(value, int) else len(value)
    if rule.longest is not None and size > rule.longest:
        yield f"{place}: {size}, at most {rule.longest}"
    if size < rule.shortest:
        yield f"{place}: {size}, at least {rule.shortest}"
    if rule.check is not None:
        yield from rule.check(value, place)


def check_block(block: Json, place: str) -> Iterator[str]:
    """Yield what is wrong with one block and all within it."""
    shape = BLOCKS.get(str(block.get("type")))
    if shape is None:
        yield f"{place}: unsupported type: {block.get('type')}"
        return
    yield from check(block, shape, place)
    if block["type"] == "section" and not (block.get("text") or block.get("fields")):
        yield f"{place}: text or fields is needed"
    if block["type"] == "image":
        yield from _one_source(block, place)


def _one_source(node: Json, place: str) -> Iterator[str]:
    if bool(node.get("image_url")) == bool(node.get("slack_file")):
        yield f"{place}: exactly one of image_url and slack_file is needed"


def check_element(node: Any, place: str) -> Iterator[str]:
    """Yield what is wrong with an interactive element or an image in a row."""
    if not isinstance(node, dict):
        yield f"{place}: not an object"
        return
    shape = ELEMENTS.get(str(node.get("type")))
    if shape is None:
        yield f"{place}: unsupported type: {node.get('type')}"
        return
    yield from check(node, shape, place)
    if node["type"] == "image":
        yield from _one_source(node, place)
    if node["type"].endswith("static_select") and bool(node.get("options")) == bool(node.get("option_groups")):
        yield f"{place}: exactly one of options and option_groups is needed"


def _each(inner: Callable[[Any, str], Iterator[str]]) -> Callable[[Any, str], Iterator[str]]:
    def check_all(values: Any, place: str) -> Iterator[str]:
        for number, value in enumerate(values):
            yield from inner(value, f"{place}/{number}")

    return check_all


def _object(shape: Shape) -> Callable[[Any, str], Iterator[str]]:
    def check_object(value: Any, place: str) -> Iterator[str]:
        yield from check(value, shape, place) if isinstance(value, dict) else (f"{place}: not an object",)

    return check_object


def _text_check(longest: int, kinds: tuple[str, ...]) -> Callable[[Any, str], Iterator[str]]:
    def check_text(node: Any, place: str) -> Iterator[str]:
        if not isinstance(node, dict) or node.get("type") not in kinds:
            yield f"{place}: must be {' or '.join(kinds)}"
            return
        mark = {"plain_text": "emoji", "mrkdwn": "verbatim"}[node["type"]]
        shape = {"text": Rule(needed=True, shortest=1, longest=longest), mark: Rule(kind=bool)}
        yield from check(node, shape, place)

    return check_text


def _plain(longest: int, *, needed: bool = False) -> Rule:
    return Rule(kind=dict, check=_text_check(longest, ("plain_text",)), needed=needed)


def _marked(longest: int, *, needed: bool = False) -> Rule:
    return Rule(kind=dict, check=_text_check(longest, ("mrkdwn", "plain_text")), needed=needed)


def _rows(inner: Callable[[Any, str], Iterator[str]], most: int, *, needed: bool = False) -> Rule:
    return Rule(kind=list, check=_each(inner), shortest=1, longest=most, needed=needed)


def _row_part(node: Any, place: str) -> Iterator[str]:
    if isinstance(node, dict) and node.get("type") == "image":
        yield from check_element(node, place)
    else:
        yield from _text_check(3_000, ("mrkdwn", "plain_text"))(node, place)


def _inner_block(node: Any, place: str) -> Iterator[str]:
    yield from check_block(node, place) if isinstance(node, dict) else (f"{place}: not an object",)


def _rich_part(node: Any, place: str) -> Iterator[str]:
    """Yield what is wrong with a part of rich text; only kinds and nesting are checked."""
    if not isinstance(node, dict) or node.get("type") not in RICH_PARTS:
        yield f"{place}: unsupported rich text"
    elif "elements" in node:
        yield from _each(_rich_part)(node["elements"], place)
    elif node["type"] == "text":
        yield from check(node, {"text": Rule(needed=True), "style": ANY}, place)


def _url(longest: int = 3_000, *, needed: bool = False) -> Rule:
    return Rule(longest=longest, needed=needed)


RICH_PARTS = (
    *("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote", "text", "link", "user"),
    *("emoji", "channel", "usergroup", "broadcast", "date", "color", "team"),
)
NAME = Rule(longest=255)
ANY, ANY_LIST, FLAG, ELEMENT = Rule(kind=dict), Rule(kind=list), Rule(kind=bool), Rule(kind=dict, check=check_element)
SLACK_FILE = Rule(kind=dict, check=_object({"id": Rule(), "url": _url()}))
CONFIRM = Rule(
    kind=dict,
    check=_object(
        {
            "title": _plain(100, needed=True),
            "text": _marked(300, needed=True),
            "confirm": _plain(30, needed=True),
            "deny": _plain(30, needed=True),
            "style": Rule(among=("primary", "danger")),
        }
    ),
)
_OPTION = _object(
    {
        "text": _marked(75, needed=True),
        "value": Rule(longest=150, needed=True),
        "description": _marked(75),
        "url": _url(),
    }
)
_GROUP = _object({"label": _plain(75, needed=True), "options": _rows(_OPTION, 100, needed=True)})
OPTION = Rule(kind=dict, check=_OPTION)
_ACTION: Shape = {"action_id": NAME, "confirm": CONFIRM, "focus_on_load": FLAG}
_MENU: Shape = {
    **_ACTION, "placeholder": _plain(150), "options": _rows(_OPTION, 100), "option_groups": _rows(_GROUP, 100)
}  # fmt: skip
_PICTURE: Shape = {
    "image_url": _url(), "slack_file": SLACK_FILE, "alt_text": Rule(needed=True, shortest=1, longest=2_000)
}  # fmt: skip
_TYPED: Shape = {**_ACTION, "placeholder": _plain(150), "dispatch_action_config": ANY}
_CHOICES: Shape = {**_ACTION, "options": _rows(_OPTION, 10, needed=True)}

ELEMENTS: Mapping[str, Shape] = {
    "button": {
        **_ACTION, "text": _plain(75, needed=True), "value": Rule(longest=2_000), "url": _url(),
        "style": Rule(among=("primary", "danger")), "accessibility_label": Rule(longest=75),
    },
    "overflow": {**_ACTION, "options": _rows(_OPTION, 5, needed=True)},
    "static_select": {**_MENU, "initial_option": OPTION},
    "multi_static_select": {
        **_MENU, "initial_options": _rows(_OPTION, 100), "max_selected_items": Rule(kind=int, shortest=1),
    },
    "checkboxes": {**_CHOICES, "initial_options": _rows(_OPTION, 10)},
    "radio_buttons": {**_CHOICES, "initial_option": OPTION},
    "plain_text_input": {
        **_TYPED, "initial_value": Rule(longest=3_000), "multiline": FLAG,
        "min_length": Rule(kind=int, longest=3_000), "max_length": Rule(kind=int, shortest=1, longest=3_000),
    },
    "number_input": {
        **_TYPED, "is_decimal_allowed": Rule(kind=bool, needed=True), "initial_value": Rule(),
        "min_value": Rule(), "max_value": Rule(),
    },
    "url_text_input": {**_TYPED, "initial_value": Rule()},
    "file_input": {
        "action_id": NAME, "filetypes": ANY_LIST, "max_files": Rule(kind=int, shortest=1, longest=10)
    },
    "conversations_select": {**_ACTION, "placeholder": _plain(150), "initial_conversation": Rule(), "filter": ANY,
                             "default_to_current_conversation": FLAG, "response_url_enabled": FLAG},
    "multi_users_select": {
        **_ACTION, "placeholder": _plain(150), "initial_users": ANY_LIST,
        "max_selected_items": Rule(kind=int, shortest=1),
    },
    "feedback_buttons": {"action_id": NAME, "positive_button": ANY, "negative_button": ANY},
    "icon_button": {
        **_ACTION, "icon": Rule(), "text": _plain(75), "value": Rule(longest=2_000),
        "accessibility_label": Rule(longest=75),
    },
    "image": _PICTURE,
}  # fmt: skip

_ID: Shape = {"block_id": NAME}
_CARD: Shape = {
    **_ID, "hero_image": ELEMENT, "icon": ELEMENT, "title": _marked(150), "subtitle": _marked(150),
    "body": _marked(200), "actions": _rows(check_element, 5), "slack_icon": ANY,
}  # fmt: skip
_TASK: Shape = {
    **_ID, "task_id": Rule(needed=True), "title": Rule(needed=True), "details": ANY, "output": ANY, "sources": ANY_LIST,
    "status": Rule(among=("pending", "in_progress", "complete", "error")),
}  # fmt: skip

BLOCKS: Mapping[str, Shape] = {
    "section": {**_ID, "text": _marked(3_000), "fields": _rows(_text_check(2_000, ("mrkdwn", "plain_text")), 10),
                "accessory": ELEMENT, "expand": FLAG},
    "header": {**_ID, "text": _plain(150, needed=True)},
    "divider": _ID,
    "image": {**_ID, **_PICTURE, "title": _plain(2_000)},
    "actions": {**_ID, "elements": _rows(check_element, 25, needed=True)},
    "context": {**_ID, "elements": _rows(_row_part, 10, needed=True)},
    "context_actions": {**_ID, "elements": _rows(check_element, 5, needed=True)},
    "input": {**_ID, "label": _plain(2_000, needed=True), "hint": _plain(2_000), "optional": FLAG,
              "dispatch_action": FLAG, "element": Rule(kind=dict, check=check_element, needed=True)},
    "markdown": {**_ID, "text": Rule(needed=True, shortest=1, longest=12_000)},
    "rich_text": {**_ID, "elements": _rows(_rich_part, 1_000, needed=True)},
    "video": {**_ID, "title": _plain(200, needed=True), "title_url": _url(), "description": _plain(200),
              "alt_text": Rule(needed=True), "video_url": _url(needed=True), "thumbnail_url": _url(needed=True),
              "author_name": Rule(longest=50), "provider_name": Rule(), "provider_icon_url": _url()},
    "file": {**_ID, "external_id": Rule(needed=True), "source": Rule(needed=True)},
    "table": {**_ID, "rows": Rule(kind=list, needed=True, shortest=1, longest=100), "column_settings": ANY_LIST},
    "task_card": _TASK,
    "plan": {**_ID, "title": Rule(needed=True), "tasks": Rule(kind=list, check=_each(_inner_block))},
    "alert": {**_ID, "text": _marked(3_000, needed=True),
              "level": Rule(among=("default", "info", "warning", "error", "success"))},
    "card": _CARD,
    "carousel": {**_ID, "elements": _rows(_inner_block, 10, needed=True)},
    "container": {**_ID, "title": _plain(150), "rich_text_title": ANY, "subtitle": _plain(150), "icon": ELEMENT,
                  "child_blocks": _rows(_inner_block, 10, needed=True),
                  "width": Rule(among=("narrow", "standard", "wide", "full")), "is_collapsible": FLAG,
                  "default_collapsed": FLAG, "has_header_divider": FLAG},
}  # fmt: skip

VIEWS: Mapping[str, Shape] = {
    "modal": {
        "blocks": ANY_LIST, "title": _plain(24, needed=True), "submit": _plain(24), "close": _plain(24),
        "callback_id": NAME, "external_id": NAME, "private_metadata": Rule(longest=3_000), "clear_on_close": FLAG,
        "notify_on_close": FLAG, "submit_disabled": FLAG,
    },
    "home": {
        "blocks": ANY_LIST, "callback_id": NAME, "external_id": NAME, "private_metadata": Rule(longest=3_000),
    },
}  # fmt: skip
