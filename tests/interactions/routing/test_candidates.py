"""Who could take work, and which queues they serve."""

import pytest
from django.utils import timezone

from interactions.models import Membership
from interactions.routing.candidates import attended, free_agents, ranks, serve, serving_agents
from tests.cast import make_agent, make_offer, make_queue


def free_now():
    return free_agents(timezone.now())


def test_everyone_ready_with_their_room(maya, ines, offer):
    free = free_now()
    assert {pk: (a.room, a.informal) for pk, a in free.items()} == {
        maya.pk: ({"voice": 1, "chat": 1}, False),
        ines.pk: ({"chat": 1}, True),
    }


def test_a_full_channel_is_no_room(maya, chat, entry_point, ines):
    make_offer(chat, ines)
    assert list(free_now()) == [maya.pk]


@pytest.mark.parametrize("why_not", ["away", "absent", "disabled", "withheld", "leaving"])
def test_r19_r20_whoever_is_not_ready_is_never_picked(why_not, maya):
    if why_not == "away":
        maya.choose_status("away", by=maya.person)
    elif why_not == "absent":
        maya.close_lease(maya.leases.get().connection)
    elif why_not == "disabled":
        maya.person.is_active = False
        maya.person.save()
    elif why_not == "withheld":
        maya.withhold("not_responding", why="missed")
    else:
        maya.capacities.filter(channel="voice").update(load=1)
        maya.choose_status("away", by=maya.person)
    assert free_now() == {}


def test_members_by_name_and_by_team_and_the_better_rank_counts(maya, omar, team, queue, billing):
    zoe = make_agent("Zoe")
    Membership.objects.create(queue=billing, agent=zoe, rank=4)
    Membership.objects.create(queue=billing, team=team, rank=3)
    Membership.objects.create(queue=billing, agent=maya, rank=2)
    free = free_now()
    serve(free, [queue.pk, billing.pk])
    assert free[maya.pk].ranks == {queue.pk: 1, billing.pk: 2}
    assert free[omar.pk].ranks == {queue.pk: 1, billing.pk: 3}
    assert free[zoe.pk].ranks == {billing.pk: 4}


@pytest.mark.parametrize(
    ("skills", "serves"),
    [({}, False), ({"Dutch": 2}, False), ({"Dutch": 3}, False), ({"Dutch": 3, "Billing": 1}, True)],
)
def test_r19_every_skill_the_queue_asks_at_its_level(skills, serves, db):
    noor = make_agent("Noor", skills=skills)
    asking = make_queue("Dutch billing", agents=[noor], skills={"Dutch": 3, "Billing": 1})
    assert ranks([asking.pk], [noor.pk]) == ([(asking.pk, noor.pk, 1)] if serves else [])


def test_who_could_ever_serve_it(maya, omar, queue):
    maya.choose_status("offline", by=maya.person)
    assert serving_agents(queue, "chat") == {maya.pk, omar.pk}
    assert serving_agents(queue, "voice") == {maya.pk}
    omar.person.is_active = False
    omar.person.save()
    assert serving_agents(queue, "chat") == {maya.pk}


def test_r21_without_members_at_work_nobody_need_wait(maya, queue):
    now = timezone.now()
    assert attended(queue, "chat", now)
    assert not attended(queue, "email", now)
    maya.capacities.filter(channel="chat").update(load=2)
    assert attended(queue, "chat", now), "busy is at work"
    queue.memberships.all().delete()
    assert not attended(queue, "chat", now)
    Membership.objects.create(queue=queue, agent=maya)
    assert attended(queue, "chat", now)
    maya.choose_status("away", by=maya.person)
    maya.finish_work("chat")
    maya.finish_work("chat")
    assert not attended(queue, "chat", now)


def test_r21_who_does_not_respond_does_not_attend_the_line(maya, queue):
    assert attended(queue, "chat", timezone.now())
    maya.miss(1)
    assert not attended(queue, "chat", timezone.now())
