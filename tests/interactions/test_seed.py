"""The believable centre: whole, the same when planted twice, and as true as if it had happened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from agents.models import Agent, Person, StatusChange
from interactions.invariants import broken
from interactions.models import Customer, EntryPoint, Event, Interaction, Message, Offer, Queue, RulesVersion
from interactions.routing.candidates import ranks
from interactions.rules.check import refusals
from interactions.rules.doubts import doubts
from interactions.rules.snapshot import snapshot
from interactions.seed import LOGINS, plant

pytestmark = pytest.mark.django_db
A_MONDAY_MORNING = datetime(2026, 3, 9, 10, 40, tzinfo=ZoneInfo("Europe/Amsterdam"))
THE_NIGHT_AFTER_KINGS_DAY = datetime(2026, 4, 28, 2, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def centre() -> None:
    assert plant(password="demo", days=4)


def counted() -> list[int]:
    kinds = [Person, Agent, Queue, EntryPoint, Customer, Interaction, Message, Event, Offer, StatusChange]
    return [kind.objects.count() for kind in kinds]


@pytest.mark.parametrize("now", [A_MONDAY_MORNING, THE_NIGHT_AFTER_KINGS_DAY])
def test_the_planted_centre_keeps_every_promise(now):
    plant(now=now, days=5)
    assert broken() == []


def test_planting_twice_changes_nothing(centre):
    before = counted()
    assert not plant(password="demo", days=4)
    assert counted() == before


def test_the_centre_is_as_large_as_a_centre(centre):
    assert Queue.objects.count() == 5
    assert Agent.objects.filter(engagement="formal").count() == 12
    assert Agent.objects.filter(engagement="informal").count() == 3
    assert set(Person.objects.filter(username__in=LOGINS).values_list("role", flat=True)) == {
        "agent",
        "supervisor",
        "administrator",
    }
    assert 80 < Interaction.objects.count() < 300
    assert Interaction.objects.filter(rating__isnull=False).count() > 20
    assert Event.objects.filter(what="transferred").exists()
    assert Interaction.objects.filter(state="abandoned").exists()


def test_its_people_sign_in_only_with_the_password_given(centre):
    assert all(Person.objects.get(username=name).check_password("demo") for name in LOGINS)
    assert not Person.objects.get(username="tom").has_usable_password()


def test_without_a_password_nobody_signs_in():
    call_command("seed", verbosity=0)
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_the_rules_it_began_with_can_work_and_are_the_first_version(centre):
    version = RulesVersion.objects.get()
    assert version.rules == snapshot()
    assert refusals(version.rules) == []
    assert doubts(version.rules) == []


def test_every_queue_has_people_for_every_door(centre):
    for door in EntryPoint.objects.all():
        able = Agent.objects.active().filter(capacities__channel=door.channel, capacities__maximum__gt=0)
        assert len({agent for _queue, agent, _rank in ranks([door.queue_id], able.values_list("pk", flat=True))}) >= 2


def test_at_any_hour_somebody_can_come_in(centre):
    doors = list(EntryPoint.objects.select_related("queue__hours"))
    for hour in range(24 * 7):
        assert sum(door.open_at(timezone.now() + timedelta(hours=hour)) for door in doors) >= 3


def test_the_last_hours_were_lively_and_nothing_is_left_open(centre):
    lately = Interaction.objects.filter(arrived_at__gt=timezone.now() - timedelta(hours=3))
    assert lately.count() >= 8
    assert not Interaction.objects.exclude(state__in=["closed", "abandoned"]).exists()
    assert not Interaction.objects.filter(closed_at__gt=timezone.now()).exists()


def test_nobody_had_more_conversations_at_once_than_fit(centre):
    ends: dict[int, list[datetime]] = {}
    for work in Interaction.objects.exclude(agent=None).order_by("answered_at").prefetch_related("segments"):
        for leg in work.segments.all():
            running = [until for until in ends.get(leg.agent_id, []) if until > leg.started_at]
            ends[leg.agent_id] = [*running, leg.ended_at]
            assert len(ends[leg.agent_id]) <= 3
