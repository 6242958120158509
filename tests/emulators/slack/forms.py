"""How a person fills in a form: only what Slack's own app lets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.emulators.slack import wire
from tests.emulators.slack.errors import MemberCannot
from tests.emulators.slack.records import FileRecord, Json, Person, ViewRecord

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World

LARGEST_INPUT_FILE = 10 * 1024 * 1024  # docs.slack.dev, file input element


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on somebody's computer."""

    name: str
    content: bytes


def upload(content: bytes, name: str) -> Upload:
    """Return a file to send: `upload(png, "pot.png")`."""
    return Upload(name=name, content=content)


def add_file(world: World, team: Workspace, person: Person, given: Upload) -> FileRecord:
    """Bring somebody's file into Slack, ready to be used."""
    file = FileRecord(
        id=world.new_id("F"),
        team_id=team.id,
        name=given.name,
        title=given.name,
        owner=person,
        created_s=world.clock.now_s(),
        length=len(given.content),
        content=given.content,
        media_type=wire.media_type_of(given.name),
        completed=True,
        processed=True,
    )
    team.files[file.id] = file
    return file


class Form:
    """A modal being filled in; `values` go by label, block id or action id."""

    def __init__(self, world: World, team: Workspace, view: ViewRecord) -> None:
        self.world = world
        self.team = team
        self.view = view

    def fill(self, values: Mapping[str, Any], files: Sequence[Upload]) -> Json:
        """Return the state that is submitted.

        Raises:
            MemberCannot: there is no such field, or Slack's app would not let this be sent.
        """
        left = dict(values)
        state: Json = {}
        for block in self.view.body["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            keys = (block["label"]["text"], block["block_id"], element["action_id"])
            given = next((left.pop(key) for key in keys if key in left), None)
            if element["type"] == "file_input" and given is None and files:
                given, files = files, ()
            value = self._value(element, given)
            self._check_needed(block, value)
            state.setdefault(block["block_id"], {})[element["action_id"]] = value
        if left or files:
            raise MemberCannot(f"the form has no field for {', '.join(left) or 'files'}")
        return state

    def _check_needed(self, block: Json, value: Json) -> None:
        content = [item for name, item in value.items() if name != "type"]
        if not block.get("optional") and not any(content):
            raise MemberCannot(f"{block['label']['text']!r} must be filled in")

    def _value(self, element: Json, given: Any) -> Json:
        kind = element["type"]
        if kind in ("plain_text_input", "number_input", "url_text_input"):
            return {"type": kind, "value": self._typed(element, given)}
        if kind in ("static_select", "radio_buttons"):
            chosen = element.get("initial_option") if given is None else option_in(element, given)
            return {"type": kind, "selected_option": chosen}
        if kind in ("multi_static_select", "checkboxes"):
            chosen = element.get("initial_options", []) if given is None else [option_in(element, one) for one in given]
            return {"type": kind, "selected_options": chosen}
        if kind == "multi_users_select":
            return {"type": kind, "selected_users": self._people(element, given)}
        if kind == "file_input":
            return {"type": kind, "files": self._files(element, given or ())}
        raise MemberCannot(f"the stand-in cannot fill in a {kind}")

    def _people(self, element: Json, given: Any) -> list[str]:
        """Return the ids of people who were picked by name."""
        if given is None:
            return list(element.get("initial_users", ()))
        ids = {person.name: person.id for person in self.team.people.values() if not person.is_bot}
        unknown = [name for name in given if name not in ids]
        if unknown:
            raise MemberCannot(f"{unknown} are none of {sorted(ids)}")
        return [ids[name] for name in given]

    def _typed(self, element: Json, given: Any) -> str | None:
        text = element.get("initial_value") if given is None else str(given)
        if not text:
            return None
        longest, shortest = element.get("max_length", 3_000), element.get("min_length", 0)
        if not shortest <= len(text) <= longest:
            raise MemberCannot(f"{len(text)} characters, where {shortest} to {longest} fit")
        if element["type"] == "number_input":
            self._check_number(element, text)
        return str(text)

    def _check_number(self, element: Json, text: str) -> None:
        try:
            number = float(text)
        except ValueError:
            raise MemberCannot(f"{text!r} is no number") from None
        low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
        whole = element.get("is_decimal_allowed") or number.is_integer()
        if not (low <= number <= high and whole):
            raise MemberCannot(f"{text} is not within {low:g} to {high:g}")

    def _files(self, element: Json, given: Sequence[Upload]) -> list[Json]:
        if len(given) > element.get("max_files", 10):
            raise MemberCannot(f"{len(given)} files, where {element.get('max_files', 10)} fit")
        for one in given:
            ending = one.name.rpartition(".")[2].lower()
            if element.get("filetypes") and ending not in element["filetypes"]:
                raise MemberCannot(f"{one.name} cannot be chosen here")
            if len(one.content) > LARGEST_INPUT_FILE:
                raise MemberCannot(f"{one.name} is larger than 10 MB")
        records = [add_file(self.world, self.team, self.view.person, one) for one in given]
        return [wire.file_json(self.world, record) for record in records]


def option_in(element: Json, wanted: str) -> Json:
    """Return the option with these words or this value."""
    options = [
        *(element.get("options") or ()),
        *(o for group in element.get("option_groups") or () for o in group["options"]),
    ]
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            found: Json = option
            return found
    raise MemberCannot(f"{wanted!r} is none of {[option['text']['text'] for option in options]}")
