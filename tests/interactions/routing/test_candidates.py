"""Who could take work, and which queues they serve."""

import pytest
from django.utils import timezone

from interactions.models import Membership
from interactions.routing.candidates import ranks
from interactions.routing.load import load_pool
from tests.cast import make_agent, make_offer, make_queue


def at_work():
    return load_pool(timezone.now()).agents


def test_everyone_ready_with_their_room(maya, ines, offer):
    assert {pk: (a.room("voice"), a.room("chat"), a.informal) for pk, a in at_work().items()} == {
        maya.pk: (0, 1, False),
        ines.pk: (0, 1, True),
    }


def test_a_full_channel_is_no_room(maya, chat, entry_point, ines):
    make_offer(chat, ines)
    assert not at_work()[ines.pk].fits("chat")
    assert at_work()[maya.pk].fits("chat")


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
    assert at_work() == {}


def test_members_by_name_and_by_team_and_the_better_rank_counts(maya, omar, team, queue, billing):
    zoe = make_agent("Zoe")
    Membership.objects.create(queue=billing, agent=zoe, rank=4)
    Membership.objects.create(queue=billing, team=team, rank=3)
    Membership.objects.create(queue=billing, agent=maya, rank=2)
    ranks = {pk: {queue: join.rank for queue, join in a.joins.items()} for pk, a in at_work().items()}
    assert ranks == {
        maya.pk: {queue.pk: 1, billing.pk: 2},
        omar.pk: {queue.pk: 1, billing.pk: 3},
        zoe.pk: {billing.pk: 4},
    }


@pytest.mark.parametrize(
    ("skills", "serves"),
    [({}, False), ({"Dutch": 2}, False), ({"Dutch": 3}, False), ({"Dutch": 3, "Billing": 1}, True)],
)
def test_r19_every_skill_the_queue_asks_at_its_level(skills, serves, db):
    noor = make_agent("Noor", skills=skills)
    asking = make_queue("Dutch billing", agents=[noor], skills={"Dutch": 3, "Billing": 1})
    assert ranks([asking.pk], [noor.pk]) == ([(asking.pk, noor.pk, 1)] if serves else [])
