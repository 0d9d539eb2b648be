"""Being really there: one lease per desk, the first and the last of them count."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from agents.models import Agent, Lease
from tests.cast import make_agent


@pytest.fixture
def nils(team):
    """At no desk yet."""
    return make_agent("Nils", team=team, present=False)


def test_the_first_desk_makes_present(noon, nils, shown):
    assert nils not in Agent.objects.present()
    with shown() as pushes:
        assert nils.open_lease(uuid4(), "laptop")
    assert nils in Agent.objects.present()
    assert pushes == [], "as far as anybody could see nothing was missing"
    assert not nils.open_lease(uuid4(), "phone")


def test_the_last_desk_to_close_stops_routing_at_once(noon, nils, shown):
    laptop, phone = uuid4(), uuid4()
    nils.open_lease(laptop)
    nils.open_lease(phone)
    nils.close_lease(laptop)
    assert nils in Agent.objects.ready()
    with shown() as pushes:
        nils.close_lease(phone)
    assert nils not in Agent.objects.ready()
    assert (nils.gone_since, nils.status, nils.withheld) == (timezone.now(), "available", "")
    line = nils.status_changes.last()
    assert (line.why, line.present) == ("last desk closed", False)
    assert [p["what"] for p in pushes] == ["status"]


def test_a_desk_that_dies_silently_is_not_there_once_its_lease_has_run_out(noon, nils):
    nils.open_lease(uuid4())
    noon.shift(settings.LEASE_LIFE - timedelta(seconds=1))
    assert nils in Agent.objects.ready()
    noon.shift(timedelta(seconds=1))
    assert nils not in Agent.objects.ready()
    assert nils in Agent.objects.absent()
    nils.close_lease()
    assert (nils.leases.count(), nils.gone_since) == (0, timezone.now())


def test_a_dead_desk_does_not_take_a_live_one_with_it(noon, nils):
    nils.open_lease(uuid4())
    noon.shift(timedelta(seconds=5))
    nils.open_lease(uuid4())
    noon.shift(timedelta(seconds=5))
    nils.close_lease()
    assert (nils.leases.count(), nils.gone_since) == (1, None)


def test_a_beat_extends_all_leases_and_tells_how_many_were_left(noon, nils, team):
    mine, others, dead = uuid4(), uuid4(), uuid4()
    nils.open_lease(mine)
    make_agent("Zoe", team=team, present=False).open_lease(others)
    noon.shift(timedelta(seconds=8))
    assert Lease.objects.renew([mine, others, dead]) == 2
    noon.shift(timedelta(seconds=8))
    assert nils in Agent.objects.ready()


def test_coming_back_ends_the_disconnection_but_no_other_reason(noon, nils):
    laptop = uuid4()
    nils.open_lease(laptop)
    nils.close_lease(laptop)
    nils.withhold("disconnected", why="no desk open")
    assert nils.open_lease(uuid4())
    assert (nils.withheld, nils.withheld_since, nils.gone_since) == ("", None, None)
    nils.withhold("not_responding", why="missed")
    nils.open_lease(uuid4())
    assert nils.withheld == "not_responding"


def test_since_when_a_desk_is_gone_is_counted_from_the_first_moment(noon, nils):
    laptop = uuid4()
    nils.open_lease(laptop)
    nils.close_lease(laptop)
    gone_since = nils.gone_since
    noon.shift(timedelta(seconds=20))
    nils.close_lease()
    nils.close_lease(laptop)
    assert nils.gone_since == gone_since
