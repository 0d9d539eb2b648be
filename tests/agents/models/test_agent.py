"""An agent: what the person chose, what the system withheld, and the one never written over the other."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent, AwayReason, Capacity
from tests.cast import load_of, make_agent


@pytest.fixture
def lunch(db):
    return AwayReason.objects.create(name="Lunch")


@pytest.fixture
def busy(maya):
    """Maya with one chat in hand."""
    Capacity.objects.take(maya.pk, "chat")
    return maya


def test_a_free_agent_takes_the_chosen_status_at_once(maya, lunch, shown):
    with time_machine.travel("2026-03-02 12:00:00+00:00", tick=False), shown() as pushes:
        maya.choose_status("away", lunch, by=maya.person)
        assert (maya.status, maya.away_reason, maya.status_since) == ("away", lunch, timezone.now())
    line = maya.status_changes.get()
    assert (line.status, line.reason, line.by, line.withheld, line.present) == ("away", "Lunch", maya.person, "", True)
    assert pushes == [{"g": maya.screen, "type": "screen.refresh", "what": "status", "id": maya.pk}]
    assert maya.shown_status == "Lunch"


@pytest.mark.parametrize("status", ["away", "offline"])
def test_a_busy_agent_finishes_first(busy, lunch, status):
    busy.choose_status(status, lunch, by=busy.person)
    assert (busy.status, busy.next_status, busy.available) == ("available", status, False)
    assert busy.next_reason == (lunch if status == "away" else None)
    assert busy not in Agent.objects.ready()
    line = busy.status_changes.get()
    assert (line.status, line.next_status) == ("available", status)
    busy.finish_work("chat")
    assert (busy.status, busy.next_status, busy.next_reason) == (status, "", None)
    assert busy.away_reason == (lunch if status == "away" else None)


def test_a_next_status_begins_with_the_last_work_and_once(maya, lunch):
    for _ in range(2):
        Capacity.objects.take(maya.pk, "chat")
    maya.choose_status("away", lunch, by=maya.person)
    maya.finish_work("chat")
    assert (maya.status, maya.next_status) == ("available", "away")
    maya.finish_work("chat")
    assert (maya.status, maya.next_status) == ("away", "")
    maya.choose_status("available", by=maya.person)
    Capacity.objects.take(maya.pk, "chat")
    maya.finish_work("chat")
    assert maya.status == "available", "what was wished once came once"


def test_a_next_status_can_be_changed_and_cancelled(busy, lunch):
    busy.choose_status("away", lunch, by=busy.person)
    busy.choose_status("offline", by=busy.person)
    assert (busy.next_status, busy.next_reason) == ("offline", None)
    busy.cancel_next_status(by=busy.person)
    assert (busy.status, busy.next_status) == ("available", "")
    assert busy in Agent.objects.ready()
    busy.finish_work("chat")
    assert busy.status == "available"
    assert busy.status_changes.last().why == "next status cancelled"


def test_available_again_cancels_the_next_status(busy, lunch):
    busy.choose_status("away", lunch, by=busy.person)
    busy.choose_status("available", by=busy.person)
    assert (busy.status, busy.next_status) == ("available", "")


@pytest.mark.parametrize("status", ["offline", "away"])
def test_what_a_person_chose_is_never_written_over(maya, status):
    maya.choose_status(status, by=maya.person)
    maya.close_lease(maya.leases.get().connection)
    maya.withhold("disconnected", why="no desk open")
    for _ in range(3):
        maya.miss(1)
    maya.finish_work("chat")
    maya.refresh_from_db()
    assert (maya.status, maya.withheld) == (status, "")


def test_withholding_keeps_the_status_and_says_why(maya, shown):
    maya.close_lease(maya.leases.get().connection)
    with shown() as pushes:
        maya.withhold("disconnected", why="no desk open")
    assert (maya.status, maya.withheld, maya.withheld_since is None) == ("available", "disconnected", False)
    line = maya.status_changes.last()
    assert (line.status, line.withheld, line.present, line.by, line.why) == (
        "available",
        "disconnected",
        False,
        None,
        "no desk open",
    )
    assert [p["what"] for p in pushes] == ["status"]
    assert maya.shown_status == "Connection lost"


def test_an_agent_who_is_back_already_is_not_shown_as_disconnected(maya):
    maya.withhold("disconnected", why="no desk open")
    assert (maya.withheld, maya.status_changes.count()) == ("", 0)


def test_withheld_once_is_withheld_for_the_first_reason(maya):
    maya.withhold("not_responding", why="missed 2 offers in a row")
    maya.close_lease(maya.leases.get().connection)
    maya.withhold("disconnected", why="no desk open")
    assert maya.withheld == "not_responding"


@pytest.mark.parametrize("status", ["available", "away"])
def test_whoever_chooses_a_status_ends_what_was_withheld(maya, status):
    maya.withhold("not_responding", why="missed")
    maya.choose_status(status, by=maya.person)
    assert (maya.status, maya.withheld, maya.withheld_since, maya.missed) == (status, "", None, 0)


def test_a_supervisor_may_choose_for_an_agent_and_it_is_written_down(maya, sam):
    maya.choose_status("offline", by=sam, why="went home ill")
    line = maya.status_changes.get()
    assert (line.by, line.why) == (sam, "went home ill")


def test_nothing_changed_is_nothing_written(maya, shown):
    with shown() as pushes:
        maya.cancel_next_status(by=maya.person)
    assert (pushes, maya.status_changes.count()) == ([], 0)


def test_the_idle_clock_starts_with_the_end_of_real_work_only(busy):
    before = busy.idle_since
    busy.finish_work("chat", worked=False)
    assert busy.idle_since == before
    Capacity.objects.take(busy.pk, "chat")
    busy.finish_work("chat")
    assert busy.idle_since > before


def test_no_more_places_are_given_than_there_are(maya):
    for _ in range(2):
        Capacity.objects.take(maya.pk, "chat")
    with pytest.raises(StaleState):
        Capacity.objects.take(maya.pk, "chat")
    with pytest.raises(StaleState):
        Capacity.objects.take(maya.pk, "email")
    assert load_of(maya) == 2


def test_no_more_places_are_given_back_than_were_taken(maya):
    maya.finish_work("chat")
    assert load_of(maya) == 0


def test_the_database_refuses_what_the_code_could_get_wrong(maya):
    for wrong in ({"load": 3}, {"maximum": 51}, {"channel": "pigeon"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            maya.capacities.filter(channel="chat").update(**wrong)
    for odd in (
        {"status": "lunch"},
        {"next_status": "available"},
        {"withheld": "disconnected"},
        {"withheld_since": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agent.objects.filter(pk=maya.pk).update(**odd)


@pytest.mark.parametrize(
    "missing",
    [
        {"status": "away"},
        {"status": "offline"},
        {"withheld": "not_responding", "withheld_since": timezone.now()},
        {"next_status": "away"},
        {"gone_since": timezone.now()},
        {"present": False},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_only_who_is_ready_in_every_way_is_rung(missing, team):
    agent = make_agent("Noor", team=team, **missing)
    assert agent not in Agent.objects.ready()
    assert agent in Agent.objects.active()


def test_a_disabled_agent_is_not_ready(maya):
    assert maya in Agent.objects.ready()
    maya.person.is_active = False
    maya.person.save()
    assert maya not in Agent.objects.ready()


def test_who_sees_whom(maya, omar, sam, admin):
    stranger = make_agent("Zoe")
    seen = {name: set(Agent.objects.visible_to(p)) for name, p in (("maya", maya.person), ("sam", sam), ("ada", admin))}
    assert seen == {"maya": {maya}, "sam": {maya, omar}, "ada": {maya, omar, stranger}}


def test_a_disabled_persons_screens_are_closed(maya, shown):
    with shown() as pushes:
        maya.person.is_active = False
        maya.person.save()
    assert pushes == [{"g": maya.person.screen, "type": "screen.close", "code": 4000}]


def test_time_in_a_status_starts_with_it(maya):
    since = maya.status_since
    maya.withhold("not_responding", why="missed")
    assert maya.status_since == since
    maya.choose_status("available", by=maya.person)
    assert maya.status_since - since >= timedelta(0)
    assert maya.status_since != since


def test_what_fits_is_decided_over_all_channels(db):
    agent = make_agent("Mira Falk", capacities={"voice": 1, "chat": 3, "email": 5})
    for channel, units in (("chat", 33), ("chat", 66), ("email", 86)):
        Capacity.objects.take(agent.pk, channel)
        agent.refresh_from_db()
        assert agent.units_in_use == units
    for channel in ("voice", "chat", "email"):
        with pytest.raises(StaleState):
            Capacity.objects.take(agent.pk, channel)
    for channel in ("chat", "chat"):
        agent.finish_work(channel)
    Capacity.objects.take(agent.pk, "voice")
    agent.refresh_from_db()
    assert (agent.units_in_use, load_of(agent, "email")) == (100, 1), "the email is on hold beneath the call"
    agent.finish_work("voice")
    assert Agent.objects.get(pk=agent.pk).units_in_use == 20


def test_giving_back_a_place_never_fails(maya):
    assert Capacity.objects.release(maya.pk, "chat") == 0, "nothing was taken"
    assert Capacity.objects.release(maya.pk, "email") == 0, "there is no such place"


def test_other_units_count_for_the_work_in_hand_at_once(busy):
    chat = Capacity.objects.get(agent=busy, channel="chat")
    chat.units = 60
    chat.save()
    busy.refresh_from_db()
    assert (busy.units_in_use, load_of(busy)) == (60, 1)
