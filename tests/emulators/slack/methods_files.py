"""The `files.*` methods, and how a file gets processed and shared after they have answered.

Source: docs.slack.dev, messaging/working-with-files; reference/methods.
"""

from __future__ import annotations

import asyncio

from tests.emulators.slack import limits, wire
from tests.emulators.slack.api import Context, method
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.methods_chat import check_blocks, check_place, thread_of
from tests.emulators.slack.records import Channel, FileRecord, Json, MessageRecord

PROCESSING_S = 0.02  # real Slack takes up to seconds; long enough that an answer comes first


@method("files.getUploadURLExternal", "alt_txt snippet_type", needed="filename length", scopes="files:write")
async def get_upload_url(context: Context) -> Json:
    team, world = context.team, context.world
    length = context.number("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", "length must be greater than 0")
    if len(context.text("alt_txt")) > 1_000:
        raise Refused("alt_txt_too_large")
    name = context.text("filename")
    file = FileRecord(
        id=world.new_id("F"),
        team_id=team.id,
        name=name,
        title=name,
        owner=team.bot,
        created_s=world.clock.now_s(),
        length=length,
        media_type=wire.media_type_of(name),
        alt_text=context.text("alt_txt"),
    )
    team.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{world.base_url}/upload/v1/{team.id}/{file.id}"}


@method(
    "files.completeUploadExternal",
    "channel_id channels thread_ts initial_comment blocks username icon_url icon_emoji",
    needed="files",
    scopes="files:write",
)
async def complete_upload(context: Context) -> Json:
    files = [_uploaded(context, entry) for entry in context.arguments["files"]]
    names = [context.text("channel_id"), *context.text("channels").split(",")]
    channels = [context.team.visible_channel(name, error="invalid_channel") for name in names if name]
    for channel in channels:
        check_place(context, channel)
    if context.text("thread_ts") and len(channels) > 1:
        raise Refused("invalid_arguments", "thread_ts goes with one channel only")
    check_blocks(context.arguments.get("blocks") or [])
    messages = [_sharing(context, channel, files) for channel in channels]
    for file in files:
        file.completed = True
    context.world.spawn(_process(context, files, messages), name="file processing")
    return {"files": [wire.file_json(context.world, file) for file in files]}


def _uploaded(context: Context, entry: object) -> FileRecord:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise Refused("invalid_arguments", "files: each needs an id")
    file = context.team.files.get(entry["id"])
    if file is None or file.content is None or file.completed:
        raise Refused("file_not_found")
    file.title = str(entry.get("title") or file.title)
    return file


def _sharing(context: Context, channel: Channel, files: list[FileRecord]) -> MessageRecord:
    comment = context.text("initial_comment")
    if len(comment) > limits.POSTED_TEXT:
        raise Refused("msg_too_long")
    blocks = [] if comment else context.arguments.get("blocks") or []
    return MessageRecord(
        ts="",
        channel=channel,
        author=context.team.bot,
        text=comment,
        blocks=wire.with_ids(blocks),
        files=files,
        thread_ts=thread_of(context.team, channel, context.text("thread_ts")),
    )


async def _process(context: Context, files: list[FileRecord], messages: list[MessageRecord]) -> None:
    await asyncio.sleep(PROCESSING_S)
    while context.world.files_wait:
        await asyncio.sleep(PROCESSING_S)
    for file in files:
        file.processed = True
    for message in messages:
        message.files = [file for file in files if not file.deleted]
        if message.files:
            _share(context, message)
    context.world.changed()


def _share(context: Context, message: MessageRecord) -> None:
    message.ts = context.world.new_ts()
    context.team.add(message)
    for file in message.files:
        file.shares.append(message)
        context.outbox.tell_file_shared(context.team, file, message)
    context.outbox.tell_message(context.team, message)


def _known(context: Context) -> FileRecord:
    file = context.team.files.get(context.text("file"))
    if file is None or not file.completed:
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    return file


@method("files.info", "count cursor limit page", needed="file", scopes="files:read")
async def info(context: Context) -> Json:
    file = _known(context)
    return {
        "file": wire.file_json(context.world, file, with_shares=True),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@method("files.delete", needed="file", scopes="files:write")
async def delete(context: Context) -> Json:
    file = _known(context)
    if not file.owner.is_bot:
        raise Refused("cant_delete_file")
    file.deleted, file.content = True, None
    for message in file.shares:
        message.files = [one for one in message.files if one is not file]
        if not message.files and not message.text and not message.blocks:
            context.team.delete(message)
    context.world.changed()
    return {}
