"""How faults are written down and when they strike."""

import pytest

from adapters.rodin.simulator.faults import FAULTS, FaultDice, FaultRule, parse_faults


def test_names_rates_and_counts_are_read():
    rules = parse_faults(
        " late_model , timeout_after_accept:x2,drop_after_accept:0.25,render_failed:.5,purged:0,no_consumed:1 "
    )

    assert rules == (
        FaultRule(name="late_model"),
        FaultRule(name="timeout_after_accept", first=2),
        FaultRule(name="drop_after_accept", rate=0.25),
        FaultRule(name="render_failed", rate=0.5),
        FaultRule(name="purged", rate=0.0),
        FaultRule(name="no_consumed", rate=1.0),
    )


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_nothing_written_means_no_faults(text: str):
    assert parse_faults(text) == ()


def test_an_unknown_name_is_answered_with_all_names():
    with pytest.raises(ValueError, match='unknown fault "moon_phase"') as caught:
        parse_faults("late_model,moon_phase")

    assert all(name in str(caught.value) for name in FAULTS)


@pytest.mark.parametrize("amount", ["", "2", "1.1", "-1", "x", "x-1", "half", "1e-1", "nan", "0.5:x3", "\u0661"])
def test_an_amount_that_is_neither_rate_nor_count_is_refused(amount: str):
    with pytest.raises(ValueError, match="rate"):
        parse_faults(f"late_model:{amount}")


def test_a_name_given_twice_is_refused():
    with pytest.raises(ValueError, match="more than once: late_model"):
        parse_faults("late_model,purged,late_model:x3")


def test_a_count_strikes_that_often_and_never_again():
    dice = FaultDice("late_model:x2")

    assert [dice.strikes("late_model") for _ in range(5)] == [True, True, False, False, False]
    assert dice.struck == {"late_model": 2}


def test_rates_of_nothing_and_of_everything_are_exact():
    dice = FaultDice("late_model:0,purged:1")

    assert not any(dice.strikes("late_model") for _ in range(200))
    assert all(dice.strikes("purged") for _ in range(200))
    assert not dice.strikes("odd_names")


def test_the_same_seed_gives_the_same_faults_whatever_else_is_on():
    alone, together, other = (
        FaultDice("late_model:0.5", seed=1),
        FaultDice("purged:0.5,late_model:0.5", seed=1),
        FaultDice("late_model:0.5", seed=2),
    )
    thrown = [[dice.strikes("late_model") for _ in range(64)] for dice in (alone, together, other)]

    assert thrown[0] == thrown[1] != thrown[2]
    assert 16 < sum(thrown[0]) < 48


def test_a_fault_that_is_not_reached_keeps_its_count():
    dice = FaultDice("purged:x1,late_model:x1")

    assert dice.first_of(["late_model", "purged"]) == "late_model"
    assert dice.struck == {"purged": 0, "late_model": 1}


def test_wrong_new_rules_leave_the_old_ones():
    dice = FaultDice("late_model")

    with pytest.raises(ValueError, match="unknown"):
        dice.replace("nonsense")

    assert dice.strikes("late_model")
