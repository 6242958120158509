"""Links to our own pages unfold into a preview; nobody else's do."""

from __future__ import annotations

from adapters.slack.unfurls import Preview
from tests.edge.slack.stage import PUBLIC_URL, Setting, a_stage

OURS = f"{PUBLIC_URL}/t/genuine"


async def preview_of(url: str) -> Preview | None:
    return Preview(title="a <brass> owl & more", lines=("60,000 triangles",)) if url == OURS else None


async def test_a_link_to_a_model_shows_its_preview() -> None:
    async with a_stage(Setting(supplies={"preview_of": preview_of})) as stage:
        written = await stage.ann.post_link(stage.general, OURS)

        await stage.slack.until(lambda: written.message.unfurls)

        assert "a <brass> owl & more" in written.message.unfurls[0]
        assert "60,000 triangles" in written.message.unfurls[0]


async def test_a_link_that_we_never_made_stays_bare() -> None:
    async with a_stage(Setting(supplies={"preview_of": preview_of})) as stage:
        await stage.ann.post_link(stage.general, f"{PUBLIC_URL}/t/forged")
        await stage.platform.stop()

        assert stage.slack.calls("chat.unfurl") == []


async def test_without_pages_a_link_is_only_acknowledged() -> None:
    async with a_stage() as stage:
        answer = await stage.ann.post_link(stage.general, OURS)

        assert answer.acknowledged
        assert stage.slack.calls("chat.unfurl") == []
