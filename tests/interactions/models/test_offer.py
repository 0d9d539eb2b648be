"""An offer: rings at one agent, ends once, and the interaction never loses its place."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import ProtectedError
from django.utils import timezone

from tests.cast import load_of, make_chat, make_offer


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


def test_an_informal_employee_who_misses_offers_only_cools_down(ines, entry_point):
    for _ in range(3):
        make_offer(make_chat(entry_point), ines).time_out()
    ines.refresh_from_db()
    assert (ines.missed, ines.withheld) == (0, "")


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


def test_an_agent_with_a_past_cannot_be_deleted_only_disabled(offer, maya):
    """Deleting one at whom something rings would leave it ringing for ever."""
    with pytest.raises(ProtectedError):
        maya.person.delete()
