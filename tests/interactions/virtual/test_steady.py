"""The router against queueing theory: one queue, equal agents, the same traffic for ever."""

import pytest

from interactions.virtual.steady import Traffic, simulate
from tests.interactions.virtual.theory import erlang_a, erlang_c


def test_the_theory_gives_the_published_values():
    level, wait = erlang_c(200, 180, 14, 20)
    assert (round(level, 4), round(wait, 2)) == (0.8884, 7.84)
    assert round(erlang_a(200, 180, 13, 300), 4) == 0.0250


@pytest.mark.parametrize("agents", [12, 14])
def test_without_patience_it_is_erlang_c(agents):
    figures = simulate(Traffic(200, 180, agents, 20, None, 400), seed=1)
    level, wait = erlang_c(200, 180, agents, 20)
    assert abs(figures["service_level"] - level) < 0.01
    assert abs(figures["asa_s"] / wait - 1) < 0.05
    assert abs(figures["occupancy"] - 10 / agents) < 0.005
    assert figures["answered"] == figures["offered"]


@pytest.mark.parametrize(("agents", "patience"), [(13, 300), (11, 60)])
def test_with_patience_it_is_erlang_a(agents, patience):
    figures = simulate(Traffic(200, 180, agents, 20, patience, 150), seed=1)
    assert abs(figures["abandon_rate"] - erlang_a(200, 180, agents, patience)) < 0.003
    assert figures["answered"] + figures["abandoned"] == figures["offered"]


def test_what_rings_keeps_an_agent_too():
    """Ringing for 20 s before each answer is as 20 s more of work, and 20 s more of waiting."""
    figures = simulate(Traffic(180, 180, 14, 40, None, 150, answer_after=20), seed=1)
    _level, wait = erlang_c(180, 200, 14, 20)
    assert figures["asa_s"] == pytest.approx(wait + 20, rel=0.08)
    assert figures["occupancy"] == pytest.approx(180 * 180 / 3600 / 14, abs=0.01), "ringing is no work yet"


def test_the_empty_start_does_not_count():
    """Nearly full, a centre needs hours to forget that it began empty."""
    busy = Traffic(200, 180, 11, 20, None, 400)
    assert busy.warm_up.total_seconds() / 3600 > 10
    assert Traffic(200, 180, 20, 20, None, 400).warm_up.total_seconds() / 3600 < 2


def test_the_same_seed_is_the_same_day():
    day = Traffic(200, 180, 14, 20, 120, 5)
    assert simulate(day, 7) == simulate(day, 7) != simulate(day, 8)
