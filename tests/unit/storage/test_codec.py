"""How moments, credits and tasks become columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Ask, BangRequest, Request, TaskState, TextureRequest
from storage.codec import from_mc, from_ms, task_row, to_mc, to_ms
from tests.factories import NOON, a_conversion, a_request, a_submission, a_task


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_cut_to_the_millisecond(moment: datetime) -> None:
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    assert from_ms(to_ms(moment)) == cut


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    assert to_ms(NOON.astimezone(timezone(timedelta(hours=5)))) == to_ms(NOON)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ms(NOON.replace(tzinfo=None))


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_credits_come_back_to_the_thousandth(amount: Decimal) -> None:
    assert from_mc(to_mc(amount)) == amount


def test_finer_credits_are_rounded() -> None:
    assert to_mc(Decimal("0.50049")) == 500


def test_a_request_stored_before_an_option_existed_gets_todays_default() -> None:
    row = json.loads(str(task_row(a_task())["request"]))
    del row["is_micro"], row["addons"]

    from storage.codec import _parse_json, _request  # noqa: PLC0415 - the reading half alone, which is private

    assert _parse_json(_request, json.dumps(row)) == a_request()


def test_a_request_is_stored_without_leaving_anything_to_defaults() -> None:
    row = json.loads(str(task_row(a_task())["request"]))

    assert set(row) == set(Request.__dataclass_fields__)


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (TextureRequest(model_name="m.glb", seed=1), "texture"),
        (BangRequest(asset_id="a", asset_until=NOON), "split"),
        (a_conversion(), "convert"),
    ],
)
def test_a_request_that_is_none_for_a_model_says_so_and_leaves_nothing_to_defaults(request_: Ask, kind: str) -> None:
    row = task_row(a_task(request=request_))
    stored = json.loads(str(row["request"]))

    assert stored["kind"] == kind
    assert set(stored) == {"kind", *type(request_).__dataclass_fields__}
    assert row["tier"] == request_.product


@pytest.mark.parametrize("stored", ['{"kind": "sculpture"}', "[]", "7", '"words"', "null"])
def test_a_request_of_no_kind_that_is_known_here_is_unreadable(stored: str) -> None:
    from storage.codec import _parse_json, _request  # noqa: PLC0415 - the reading half alone, which is private

    with pytest.raises(ValueError, match="tag"):
        _parse_json(_request, stored)


def test_the_subscription_key_stands_in_its_own_column_only() -> None:
    row = task_row(a_task(state=TaskState.GENERATING, submission=a_submission(subscription_key="s3cr3t")))

    assert [name for name, value in row.items() if "s3cr3t" in str(value)] == ["subscription_key"]
