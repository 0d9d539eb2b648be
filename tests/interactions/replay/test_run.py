"""A day again: as it was, and under other rules."""

import json

import pytest

from interactions.replay.run import NoSuchDay, replay
from tests.interactions.replay.conftest import DAY


def test_unchanged_it_tells_what_really_happened(busy_day):
    """Whatever is known is known: the router decides the same again, to the second."""
    found = replay(DAY, {})
    assert found.all.real.offered > 380
    assert found.all.real.service_level < 0.9, "a day with something to tell"
    assert found.all.real.abandon_rate > 0.03
    assert set(found.all.error.values()) == {0}


def test_more_agents_answer_sooner(busy_day):
    found = replay(DAY, {"more_agents": {"Support": {"count": 2, "from": "08:00", "to": "17:00"}}})
    before, after = found.all.unchanged, found.all.changed
    assert after.service_level > before.service_level + 0.05
    assert after.abandon_rate < before.abandon_rate / 2
    assert after.occupancy < before.occupancy - 0.1
    assert found.changes == ["Support: 2 more agents"]


def test_the_target_is_that_of_the_changed_rules(busy_day):
    found = replay(DAY, {"queues": {"Support": {"answer_within": 1}}}, runs=2)
    assert found.all.changed.service_level < 0.01, "every offer rings for three seconds"
    assert found.all.changed.asa_s == found.all.unchanged.asa_s, "nothing else has changed: the dice fall the same"


def test_a_limit_of_the_line_sends_people_off_it(busy_day):
    found = replay(DAY, {"queues": {"Support": {"longest_wait": 30}}}, runs=2)
    changed = found.all.changed
    assert changed.diverted > 5
    assert changed.p90_s <= 34
    assert changed.offered == changed.answered + changed.abandoned + changed.diverted


def test_a_shorter_wrap_up_gives_time(busy_day):
    found = replay(DAY, {"queues": {"Support": {"wrap_up_mode": "timed", "wrap_up_within": 5}}}, runs=2)
    assert found.all.changed.occupancy < found.all.unchanged.occupancy - 0.05


def test_one_queue_alone(busy_day):
    assert replay(DAY, {}, queues={busy_day.pk}, runs=1).rows[0].name == "Support"
    assert replay(DAY, {}, queues=set(), runs=1).rows == []


def test_it_is_all_json(busy_day):
    told = json.loads(json.dumps(replay(DAY, {}, runs=1).as_json()))
    assert list(told) == ["date", "runs", "changes", "all", "queues", "notes"]
    assert list(told["queues"]["Support"]) == ["real", "unchanged", "changed", "error"]
    assert told["all"]["real"]["offered"] == told["queues"]["Support"]["real"]["offered"]
    assert any("No rules are kept" in note for note in told["notes"])


def test_a_day_without_customers_or_not_yet_over_is_none(busy_day):
    with pytest.raises(NoSuchDay, match="Nobody came"):
        replay(DAY.replace(day=1), {})
    with pytest.raises(NoSuchDay, match="not over"):
        replay(DAY.replace(year=2126), {})
