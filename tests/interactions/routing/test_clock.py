"""The clock jumps by an hour, either way: what was due keeps the time it had left."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from agents.models import Lease
from interactions.models import Interaction, Offer
from interactions.routing.clock import JUMP, Clock, move_along
from interactions.routing.router import route
from interactions.routing.timers import sweep
from tests.cast import make_active, make_chat, make_offer

HOUR = timedelta(hours=1)


@pytest.fixture(params=[HOUR, -HOUR], ids=["forward", "back"])
def jump(request):
    return request.param


def test_a_jump_is_noticed_and_a_clock_put_right_slowly_is_not(noon):
    passed = [0.0]
    clock = Clock(lambda: passed[0])
    for _ in range(100):
        noon.shift(timedelta(seconds=1.01))
        passed[0] += 1
        assert not clock.jump()
    noon.shift(-HOUR)
    assert clock.jump() == -HOUR
    assert clock.jump() == -HOUR, "until it was noticed"
    clock.noticed()
    assert not clock.jump()
    noon.shift(JUMP + timedelta(seconds=1))
    assert clock.jump() > JUMP


def test_a_real_clock_does_not_jump():
    assert not Clock().jump()


def left(moment):
    return moment - timezone.now()


def test_what_rings_and_what_is_wrapped_up_keep_the_time_they_had_left(noon, jump, maya, omar, entry_point, solved):
    Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=9))
    ended = make_active(make_chat(entry_point), maya)
    ended.end(by=maya)
    ringing = make_offer(make_chat(entry_point), omar)
    noon.shift(timedelta(seconds=5))

    noon.shift(jump)
    move_along(jump)
    assert sweep() == 0
    ringing.refresh_from_db()
    ended.refresh_from_db()
    assert (ringing.state, left(ringing.expires_at)) == ("pending", timedelta(seconds=25))
    assert (ended.state, left(ended.wrap_up_until)) == ("wrap_up", timedelta(seconds=55))
    assert {left(lease.expires_at) for lease in Lease.objects.all()} == {timedelta(seconds=4)}

    Lease.objects.update(expires_at=timezone.now() + HOUR)
    noon.shift(timedelta(seconds=25))
    assert sweep() == 1
    assert not Offer.objects.pending().exists()


def test_nobody_is_called_away_or_taken_for_gone(noon, jump, maya, entry_point):
    """No desk is closed, no customer abandoned, no declined work comes back, nothing has waited longer than it did."""
    Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=9))
    declined, waiting = make_chat(entry_point), make_chat(entry_point)
    make_offer(declined, maya).decline()
    maya.capacities.filter(channel="chat").update(maximum=0)
    places = dict(Interaction.objects.values_list("pk", "place_at"))
    noon.shift(timedelta(seconds=5))

    noon.shift(jump)
    move_along(jump)
    assert sweep() == 0
    assert route() == []
    assert dict(Interaction.objects.values_list("pk", "place_at")) == {pk: at + jump for pk, at in places.items()}
    assert declined.exclusions.exists()
    waiting.refresh_from_db()
    assert left(waiting.queued_at) == timedelta(seconds=-5)


def test_what_the_new_clock_has_written_stays(noon, jump, maya):
    """A web process renewed a lease between the jump and the router's noticing it."""
    noon.shift(jump)
    renewed = Lease.objects.create(agent=maya, connection=uuid4(), expires_at=timezone.now() + timedelta(seconds=9))
    move_along(jump)
    renewed.refresh_from_db()
    assert left(renewed.expires_at) == timedelta(seconds=9)
