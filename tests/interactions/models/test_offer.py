"""An offer: rings at one agent, ends once, and the interaction never loses its place."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import ProtectedError
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent
from interactions.invariants import broken
from interactions.models import Interaction
from interactions.routing.timers import follow_agents, sweep
from tests.cast import load_of, make_agent, make_chat, make_entry_point, make_lease, make_offer, make_offers


def test_an_accepted_offer_begins_the_conversation(offer, maya, shown):
    with shown() as pushes:
        chat = offer.accept()
    assert (chat.state, chat.agent, chat.answered_at is None) == ("active", maya, False)
    leg = chat.segments.get()
    assert (leg.agent, leg.queue, leg.ended_at) == (maya, chat.queue, None)
    assert load_of(maya) == 1
    event = chat.events.last()
    assert (event.what, event.agent, event.by) == ("accepted", maya, maya.person)
    assert chat.messages.last().notice == "joined"
    assert {"g": maya.screen, "type": "screen.refresh", "what": "offers", "id": chat.pk} in pushes
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": chat.pk} in pushes
    assert {"g": f"visitor-{chat.pk}", "type": "screen.refresh", "what": "state", "id": chat.pk} in pushes


def test_a_declined_offer_goes_back_to_its_place_in_line(offer, maya, shown):
    place = offer.interaction.place_at
    with shown() as pushes:
        offer.decline(reason="busy")
    chat = offer.interaction
    assert (chat.state, chat.place_at, chat.agent) == ("queued", place, None)
    event = chat.events.last()
    assert (event.what, event.agent, event.by, event.why) == ("declined", maya, maya.person, "busy")
    assert chat.exclusions.get().agent == maya
    assert load_of(maya) == 0
    assert [p["what"] for p in pushes if p["g"] == maya.screen] == ["offers"]


def test_a_missed_offer_goes_back_to_its_place_in_line(offer, maya, shown):
    place = offer.interaction.place_at
    with shown() as pushes:
        offer.time_out()
    chat = offer.interaction
    event = chat.events.last()
    assert (chat.state, chat.place_at) == ("queued", place)
    assert (event.what, event.agent, event.by) == ("timed_out", maya, None)
    assert chat.exclusions.get().agent == maya
    maya.refresh_from_db()
    assert (maya.missed, maya.withheld, load_of(maya)) == (1, "", 0)
    assert [p["what"] for p in pushes if p["g"] == maya.screen] == ["offers"]


def test_who_misses_too_many_in_a_row_is_not_responding_until_available_again(maya, chat, entry_point):
    for missed in (chat, make_chat(entry_point)):
        make_offer(missed, maya).time_out()
    maya.refresh_from_db()
    assert (maya.status, maya.withheld) == ("available", "not_responding")
    assert maya.status_changes.last().why == "missed too many offers in a row"
    maya.choose_status("available", by=maya.person)
    assert (maya.withheld, maya.missed) == ("", 0)


def test_an_accepted_offer_ends_the_row_of_missed_ones(maya, chat, entry_point):
    make_offer(chat, maya).time_out()
    make_offer(make_chat(entry_point), maya).accept()
    make_offer(make_chat(entry_point), maya).time_out()
    maya.refresh_from_db()
    assert (maya.missed, maya.withheld) == (1, "")


@pytest.mark.parametrize("end", ["time_out", "decline"])
def test_an_informal_employee_who_does_not_answer_is_left_alone_for_a_while(ines, entry_point, shown, end):
    with time_machine.travel("2026-03-02 10:40:00+00:00", tick=False) as clock:
        make_lease(ines)
        for until in ("10:40:10", "10:40:20", "10:40:30"):
            with shown() as pushes:
                getattr(make_offer(make_chat(entry_point), ines), end)()
            ines.refresh_from_db()
            assert (ines.missed, ines.withheld) == (0, "")
            assert ines.cooling_until == timezone.now() + ines.cool_down
            assert ines not in Agent.objects.ready()
            assert {"g": ines.screen, "type": "screen.refresh", "what": "status", "id": ines.pk} in pushes
            assert ines.shown_status == f"Left alone until {until}"
            clock.shift(ines.cool_down)
            assert ines in Agent.objects.ready()
            sweep()
            ines.refresh_from_db()
            assert (ines.cooling_until, ines.shown_status) == (None, "Available")


def test_who_says_available_is_not_left_alone_any_longer(ines, chat):
    make_offer(chat, ines).decline()
    ines.choose_status("available", by=ines.person)
    assert ines.cooling_until is None
    assert ines in Agent.objects.ready()


# ringing at several


@pytest.fixture
def both(chat, maya, omar):
    """The chat rings at Maya's and at Omar's."""
    return make_offers(chat, maya, omar)


def test_who_accepts_first_has_it_and_it_stops_elsewhere(both, chat, maya, omar, shown):
    mine, theirs = both
    with shown() as pushes:
        chat = mine.accept()
    theirs.refresh_from_db()
    assert (chat.agent, chat.state, theirs.state, theirs.reason) == (
        maya,
        "active",
        "rescinded",
        "somebody else has it",
    )
    assert (load_of(maya), load_of(omar)) == (1, 0)
    omar.refresh_from_db()
    assert (omar.units_in_use, omar.missed, chat.exclusions.exists()) == (0, 0, False)
    assert [(e.what, e.agent, e.by, e.why) for e in chat.events.order_by("seq")[3:]] == [
        ("rescinded", omar, None, "somebody else has it"),
        ("accepted", maya, maya.person, ""),
    ]
    assert {"g": omar.screen, "type": "screen.refresh", "what": "offers", "id": chat.pk} in pushes
    (notice,) = [p["html"] for p in pushes if p["g"] == omar.screen and p["type"] == "screen.patch"]
    assert "Lee: somebody else has it" in notice
    with pytest.raises(StaleState):
        theirs.accept()


@pytest.mark.parametrize("end", ["decline", "time_out", "rescind"])
def test_it_rings_on_while_anybody_is_left_and_waits_after_the_last(both, chat, maya, omar, end):
    place = chat.place_at
    for offer, state in zip(both, ["offered", "queued"], strict=True):
        getattr(offer, end)(**({"why": "gone"} if end == "rescind" else {}))
        chat.refresh_from_db()
        assert (chat.state, chat.place_at) == (state, place)
        assert broken() == []
    assert (load_of(maya), load_of(omar)) == (0, 0)


def test_it_stops_everywhere_when_the_customer_leaves(both, chat, maya, omar):
    chat.leave()
    assert set(chat.offers.values_list("state", "reason")) == {("rescinded", "the customer left")}
    assert (chat.state, load_of(maya), load_of(omar)) == ("abandoned", 0, 0)


# opening by itself


@pytest.fixture
def by_itself(queue):
    queue.offer_rules.create(channel="chat", rings_for=timedelta(seconds=30), accepts_after=timedelta(seconds=5))


def test_an_offer_opens_by_itself_when_the_queue_wants_that(by_itself, chat, maya):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        offer = make_offer(chat, maya)
        assert offer.accepts_at == timezone.now() + timedelta(seconds=5)
        clock.shift(timedelta(seconds=4))
        sweep()
        chat.refresh_from_db()
        assert chat.state == "offered"
        clock.shift(timedelta(seconds=1))
        sweep()
    chat.refresh_from_db()
    event = chat.events.last()
    assert (chat.state, chat.agent) == ("active", maya)
    assert (event.what, event.agent, event.by, event.why) == ("accepted", maya, None, "by itself")


def test_no_offer_opens_by_itself_at_who_is_not_ready(by_itself, chat, maya):
    offer = make_offer(chat, maya)
    maya.choose_status("away", by=maya.person)
    with time_machine.travel(offer.accepts_at):
        sweep()
        chat.refresh_from_db()
        assert chat.state == "offered"
        with pytest.raises(StaleState):
            offer.accept(by_itself=True)
        follow_agents()
    chat.refresh_from_db()
    assert chat.state == "queued"


def test_a_withdrawn_offer_is_nobodys_fault(offer, maya, shown):
    with shown() as pushes:
        offer.rescind(why="agent not ready any more")
    chat, event = offer.interaction, offer.interaction.events.last()
    assert (chat.state, event.what, event.why) == ("queued", "rescinded", "agent not ready any more")
    assert not chat.exclusions.exists()
    maya.refresh_from_db()
    assert (maya.missed, load_of(maya)) == (0, 0)
    assert [p["what"] for p in pushes if p["g"] == maya.screen] == ["offers"]


def test_an_offer_that_came_to_nothing_does_not_count_as_work(offer, maya):
    maya.refresh_from_db()
    idle_since = maya.idle_since
    offer.decline()
    maya.refresh_from_db()
    assert maya.idle_since == idle_since


def test_how_long_it_rings_is_the_queues(chat, maya, queue):
    queue.offer_rules.create(channel="chat", rings_for=timedelta(seconds=7))
    with time_machine.travel(timezone.now(), tick=False):
        assert make_offer(chat, maya).expires_at == timezone.now() + timedelta(seconds=7)


@pytest.mark.parametrize(("channel", "seconds"), [("voice", 20), ("chat", 30), ("email", 300)])
def test_how_long_it_usually_rings_is_the_channels(queue, team, lee, channel, seconds):
    agent = make_agent("Noor Vos", team=team, capacities={channel: 1})
    door = make_entry_point(queue, channel, channel=channel)
    work = Interaction.arrive(entry_point=door, customer=lee, text="Hello")
    assert make_offer(work, agent).rings_for == timedelta(seconds=seconds)


def test_an_agent_with_a_past_cannot_be_deleted_only_disabled(offer, maya):
    """Deleting one at whom something rings would leave it ringing for ever."""
    with pytest.raises(ProtectedError):
        maya.person.delete()
