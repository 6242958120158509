"""Names that never meet, as fast for thousands of them as for two."""

from adapters.preview.names import Names


def given_out(*wanted: str) -> list[str]:
    names = Names()
    return [names.unlike(name) for name in wanted]


def test_no_name_is_given_out_twice_whatever_its_case() -> None:
    assert given_out("lid", "Lid", "lid_2", "lid", "lid_2", "") == ["lid", "Lid_2", "lid_2_2", "lid_3", "lid_2_3", ""]


def test_a_hundred_thousand_parts_of_one_name_are_told_apart() -> None:
    assert given_out(*["part"] * 100_000)[-1] == "part_100000"
