"""The wait that is told: by place and pace, by handling time where too little was answered, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.lines import estimate
from interactions.lines.estimate import estimated_wait, place_in_line
from interactions.models import Interaction, Queue
from tests.cast import make_chat, make_entry_point, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(noon):
    estimate._paces.clear()


def answered(queue, agent, *minutes_ago, channel="chat", took=timedelta(minutes=4)):
    """Answers of the queue, each so long ago; each took so long."""
    estimate._paces.clear()
    now = timezone.now()
    for minutes in minutes_ago:
        at = now - timedelta(minutes=minutes)
        Interaction.objects.create(
            channel=channel, queue=queue, customer=queue.entry_points.first().interactions.first().customer,
            state="closed", agent=agent, arrived_at=at, answered_at=at, ended_at=at + took, closed_at=at + took,
        )  # fmt: skip


def test_place_times_the_spacing_of_the_last_answers(queue, chat, maya, entry_point):
    second = make_chat(entry_point)
    answered(queue, maya, 3, 6, 9)
    assert estimated_wait(second) == 2 * timedelta(minutes=3)


def test_the_spacing_runs_up_to_now_when_nobody_answers_any_more(noon, queue, chat, maya):
    answered(queue, maya, 3, 6, 9)
    noon.shift(timedelta(minutes=9))
    estimate._paces.clear()
    assert estimated_wait(chat) == timedelta(minutes=6)


def test_with_too_few_answers_handling_time_over_the_places_there(queue, chat, maya, omar, entry_point):
    second = make_chat(entry_point)
    answered(queue, maya, 70, 80)
    assert estimated_wait(second) == 2 * timedelta(minutes=4) / 4, "two places of Maya's, two of Omar's"


def test_without_a_basis_nothing_is_told(queue, chat, maya):
    assert estimated_wait(chat) is None
    answered(queue, maya, 70)
    maya.choose_status("offline", by=maya.person)
    assert estimated_wait(chat) is None, "nobody is there"


def test_another_channels_answers_say_nothing(queue, chat, maya):
    maya.capacities.update(maximum=0)
    answered(queue, maya, 3, 6, 9, channel="email")
    assert estimated_wait(chat) is None


def test_the_place_is_the_routers_order(noon, queue, maya):
    """A strict queue's priority goes before age; another channel's line is another line."""
    Queue.objects.update(ordering="strict")
    plain, gold, mail = (
        make_entry_point(queue, key, **fields)
        for key, fields in (("plain", {}), ("gold", {"priority": 5}), ("mail", {"channel": "email"}))
    )
    make_chat(mail)
    first = make_chat(plain)
    noon.shift(timedelta(seconds=1))
    later, hurried = make_chat(plain), make_chat(gold)
    assert [place_in_line(one) for one in (hurried, first, later)] == [1, 2, 3]
    make_offer(later, maya)
    assert place_in_line(later) == 1


def test_too_far_back_nothing_is_told(queue, chat, maya, entry_point, monkeypatch):
    answered(queue, maya, 3, 6, 9)
    monkeypatch.setattr(estimate, "LONGEST_LINE", 2)
    second, third = make_chat(entry_point), make_chat(entry_point)
    assert (place_in_line(second), place_in_line(third), estimated_wait(third)) == (2, None, None)


def test_what_is_told_at_arrival_is_kept(queue, chat, maya, entry_point):
    answered(queue, maya, 3, 6, 9)
    assert make_chat(entry_point).estimated_wait == timedelta(minutes=6)
    assert Interaction.objects.order_by("-pk")[0].estimated_wait == timedelta(minutes=6)
    assert make_chat(entry_point, live=False).estimated_wait is None, "nobody waits for it"
