"""What may be different in a replay, and what is refused by name."""

import pytest

from interactions.replay.changes import More, Unfit, change
from interactions.rules.snapshot import snapshot
from tests.cast import make_entry_point, make_queue


@pytest.fixture
def base(maya, omar, queue, billing):
    make_entry_point(queue)
    return snapshot()


def test_changes_are_laid_over_the_rules_and_told_in_words(base):
    changed = change(base, {"queues": {"Support": {"strategy": "round_robin", "overflow_after": None}}})
    assert changed.rules["queues"]["Support"]["strategy"] == "round_robin"
    assert changed.rules["queues"]["Billing"] == base["queues"]["Billing"]
    assert changed.words == [
        "Support: which agent first longest idle → in turn",
        "Support: informal employees after 60 s → –",
    ]


def test_nothing_changed(base):
    changed = change(base, {})
    assert (changed.rules, changed.words) == (base, [])


def test_an_agent_instead_of_a_team(base):
    changed = change(base, {"queues": {"Support": {"agents": {"maya": {"rank": 2}}, "teams": {"Support": None}}}})
    queue = changed.rules["queues"]["Support"]
    assert (queue["agents"], queue["teams"]) == ({"maya": {"rank": 2}}, {})


def test_where_an_entry_point_leads_now(base):
    changed = change(base, {"entry_points": {"support": {"queue": "Billing"}}})
    assert changed.moved == {"support": base["queues"]["Billing"]["id"]}


def test_more_agents_have_what_the_queue_asks(base):
    make_queue("Dutch", skills={"Dutch": 4})
    changed = change(snapshot(), {"more_agents": {"Dutch": {"count": 2, "from": "09:00"}}})
    extra = changed.rules["agents"]["+1"]
    assert extra["skills"] == {"Dutch": {"level": 4}}
    assert extra["capacities"]["chat"]["maximum"] == 3
    assert set(changed.more) == {-1, -2}
    assert changed.more[-1].since.hour == 9
    assert change(snapshot(), {"more_agents": {"Dutch": 1}}).more[-1] == More(1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([], "by section and name"),
        ({"queues": 5}, "by section and name"),
        ({"lines": {}}, "lines: is no part of the rules"),
        ({"queues": {"Suport": {"priority": 1}}}, "Suport .*is not there"),
        ({"queues": {"Support": 3}}, "Support: Something with names"),
        ({"queues": {"Support": {"startegy": "round_robin"}}}, "Support: “startegy” is no part"),
        ({"queues": {"Support": {"strategy": "random"}}}, "Support .strategy.*random"),
        ({"queues": {"Support": {"overflow_after": -5}}}, "Support .overflow_after.: A span of time"),
        ({"queues": {"Support": {"overflow_after": "soon"}}}, "Support .overflow_after"),
        ({"queues": {"Support": {"agents": {"nobody": {"rank": 1}}}}}, "nobody .*is not there"),
        ({"queues": {"Support": {"overflow_action": "queue"}}}, "Support .overflow_to.: Choose the queue"),
        ({"queues": {"Support": {"hours": None}}}, "Support .hours.: makes no difference"),
        ({"teams": {"Support": {}}, "skills": {"Dutch": {}}}, "Dutch .*is not there"),
        ({"agents": {"maya": {"cool_down": 5}}}, "maya .cool_down.: makes no difference"),
        ({"more_agents": {"Suport": 2}}, "Suport .more_agents.: is not there"),
        ({"more_agents": {"Support": -1}}, "whole number"),
        ({"more_agents": {"Support": {"count": 1, "at": "09:00"}}}, "more_agents at.: is no part"),
        ({"more_agents": {"Support": {"count": 1, "from": "nine"}}}, "09:00"),
        ({"more_agents": {"Support": {"count": 1, "from": "17:00", "to": "09:00"}}}, "before they go"),
    ],
)
def test_what_cannot_be_is_refused_by_name(base, changes, says):
    with pytest.raises(Unfit, match=says):
        change(base, changes)
