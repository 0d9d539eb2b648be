"""What a queue does not let wait: a full line, one that is too slow, transfers beyond it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.errors import StaleState
from agents.reasons import REASONS
from interactions.models import Interaction, Queue
from interactions.models.limits import TOLD, waiting
from interactions.routing.router import route
from interactions.routing.timers import sweep
from tests.cast import (
    load_of,
    make_active,
    make_chat,
    make_queue,
)
from tests.interactions.models.limiting import chat_at, limit, swept, told, ways

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_every_reason_to_overflow_is_one_of_ours():
    assert set(TOLD) <= REASONS


def test_a_line_may_be_so_long_and_no_longer(queue, maya):
    limit(queue, longest_line=2)
    assert [chat_at(queue).live for _ in range(3)] == [True, True, False]


def test_who_cannot_wait_leaves_a_message_and_is_told_why(queue, maya, shown):
    limit(queue, longest_line=1)
    chat_at(queue)
    with shown() as pushes:
        chat = chat_at(queue, language="en")
    assert (chat.state, chat.live, chat.queue, chat.estimated_wait) == ("queued", False, queue, None)
    assert ways(chat) == [("overflowed", "Support", "the line is full")]
    ((notice, text),) = told(chat)
    assert notice == "busy"
    assert text.startswith("All our colleagues are busy right now. Leave your message here")
    frames = [push["data"] for push in pushes if push["type"] == "screen.json"]
    assert (frames[-1]["text"], frames[-1]["notice"]) == (text, ""), "the widget shows what was told, word by word"


def test_messages_that_were_left_do_not_fill_the_line(queue, maya):
    limit(queue, longest_line=1)
    for _ in range(3):
        chat_at(queue, live=False)
    assert chat_at(queue).live


def test_a_message_needs_no_place_in_a_full_line(queue, maya):
    limit(queue, longest_line=1)
    chat_at(queue)
    left = chat_at(queue, live=False)
    assert (ways(left), told(left)) == ([], [])


def test_the_line_is_counted_no_further_than_it_may_be(queue, maya):
    for _ in range(4):
        chat_at(queue)
    assert [waiting(queue, most) for most in (2, 9)] == [2, 4]


def test_overflow_to_another_queue_keeps_age_and_place(noon, queue, billing, maya):
    limit(queue, longest_line=1, longest_wait=timedelta(minutes=2), overflow_action="queue", overflow_to=billing)
    limit(billing, priority=3)
    waiting = chat_at(queue)
    moved = chat_at(queue)
    assert (moved.queue, moved.live, moved.priority) == (billing, True, 3)
    assert moved.place_at == moved.arrived_at - timedelta(minutes=3)
    assert ways(moved) == [("overflowed", "Billing", "the line is full")]
    noon.shift(timedelta(minutes=2))
    late = swept(waiting)
    assert (late.queue, late.queued_at) == (billing, timezone.now())
    assert (late.arrived_at, late.place_from) == (moved.arrived_at, moved.arrived_at)
    assert ways(late) == [("overflowed", "Billing", "waited too long")]
    assert swept(late).queue == billing, "its time there has just begun"


def chain(*queues: Queue) -> None:
    """Each overflows to the next, the last to the first."""
    for queue, following in zip(queues, [*queues[1:], queues[0]], strict=True):
        limit(queue, longest_line=1, overflow_action="queue", overflow_to=following)


def test_a_chain_of_overflows_leads_to_the_first_queue_with_room(queue, billing, maya):
    gold = make_queue("Gold")
    chain(queue, billing, gold)
    for one in (queue, billing):
        assert chat_at(one).queue == one
    moved = chat_at(queue)
    assert [name for _what, name, _why in ways(moved)] == ["Billing", "Gold"]
    assert (moved.queue, moved.live) == (gold, True)


def test_a_circle_of_overflows_is_gone_round_once_and_ends_with_a_message(queue, billing, maya):
    gold = make_queue("Gold")
    chain(queue, billing, gold)
    for one in (queue, billing, gold):
        chat_at(one)
    lost = chat_at(queue)
    assert [name for _what, name, _why in ways(lost)] == ["Billing", "Gold", "Gold"]
    assert (lost.queue, lost.live) == (gold, False)


def test_a_circle_is_not_gone_round_by_waiting_either(noon, queue, billing, maya):
    for one, other in ((queue, billing), (billing, queue)):
        limit(one, longest_wait=timedelta(minutes=1), overflow_action="queue", overflow_to=other)
    chat = chat_at(queue)
    for _ in range(4):
        noon.shift(timedelta(minutes=1))
        swept(chat)
    assert [name for _what, name, _why in ways(chat)] == ["Billing", "Billing"]
    assert (chat.queue, chat.live) == (billing, False)


def test_after_a_transfer_by_somebody_the_way_is_open_again(queue, billing, maya):
    limit(billing, longest_line=1, overflow_action="queue", overflow_to=queue)
    chat_at(billing)
    chat = chat_at(billing)
    assert chat.queue == queue
    make_active(chat, maya).transfer_to(billing, by=maya, agent=maya)
    limit(billing, longest_wait=timedelta(seconds=1))
    Interaction.objects.filter(pk=chat.pk).update(queued_at=timezone.now() - timedelta(seconds=1))
    assert swept(chat).queue == queue


def test_r17_a_line_too_long_rings_at_informal_employees_at_once(queue, ines, entry_point):
    limit(queue, longest_line=1, overflow_action="informal", overflow_after=None)
    first, second = chat_at(queue), chat_at(queue)
    assert (second.live, ways(second)) == (True, [("overflowed", "Support", "the line is full")])
    assert route() == []
    sweep()
    assert [(o.interaction, o.agent_id) for o in route()] == [(first, ines.pk)]


def test_r17_and_one_that_waited_too_long_does(noon, queue, ines):
    limit(queue, longest_wait=timedelta(seconds=30), overflow_action="informal")
    chat = chat_at(queue)
    noon.shift(timedelta(seconds=29))
    ines.leases.update(expires_at=timezone.now() + timedelta(hours=1))
    assert (sweep(), route()) == (0, [])
    noon.shift(timedelta(seconds=1))
    assert [o.interaction for o in route()] == [chat]
    assert chat.live


def test_r23_transfers_may_go_a_fifth_beyond_and_are_then_refused_in_words(queue, billing, maya, entry_point):
    limit(billing, longest_line=5)
    maya.capacities.filter(channel="chat").update(maximum=9)
    for _ in range(5):
        chat_at(billing)
    first, second = (make_active(make_chat(entry_point), maya) for _ in range(2))
    first.transfer_to(billing, by=maya)
    with pytest.raises(StaleState, match="The line of Billing is full"):
        second.transfer_to(billing, by=maya)
    second.refresh_from_db()
    assert (second.state, second.agent, load_of(maya)) == ("active", maya, 1)


def test_r23_a_refused_transfer_is_told_at_the_desk(client, talk, billing, maya):
    limit(billing, longest_line=1)
    chat_at(billing)
    client.force_login(maya.person)
    reply = client.post(f"/interactions/{talk.pk}/transfer/", {"to": f"queue-{billing.pk}"})
    assert reply.status_code == 409
    assert "The line of Billing is full" in reply.content.decode()
