"""The rules of a queue on its page: what is kept, and what cannot work and is refused beside the field it is about."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from interactions.models import OfferRule, Queue, QueueSkill
from tests.cast import make_queue, make_skill
from tests.interactions.admin.forms import address, errors, fields, more

pytestmark = pytest.mark.django_db


def test_every_rule_is_set_on_the_page_and_times_are_in_seconds(office, billing):
    queue = make_queue()
    data = fields(office, address(queue)) | {
        "ordering": "strict",
        "priority": 7,
        "point_counts": 120,
        "strategy": "most_skilled",
        "prefer_last_agent": "on",
        "prefer_within": 15,
        "transfer_place": "first",
        "longest_line": 40,
        "longest_wait": 600,
        "overflow_action": "queue",
        "overflow_to": billing.pk,
        "no_agent_action": "message",
        "emergency_text": "Flood in the cellar",
        "time_to_live": 86_400,
        "parked_counts": "on",
        "inactive_after": 300,
        "wrap_up_mode": "forced",
        "wrap_up_within": 45,
        "wrap_up_extensions": 1,
        "wrap_up_extend_by": 30,
    }
    assert office.post(address(queue), data).status_code == 302
    queue.refresh_from_db()
    assert (queue.ordering, queue.priority, queue.point_counts) == ("strict", 7, timedelta(minutes=2))
    assert (queue.strategy, queue.prefer_last_agent, queue.prefer_within) == (
        "most_skilled",
        True,
        timedelta(seconds=15),
    )
    assert (queue.longest_line, queue.longest_wait, queue.overflow_to) == (40, timedelta(minutes=10), billing)
    assert (queue.overflow_action, queue.no_agent_action, queue.transfer_place) == ("queue", "message", "first")
    assert (queue.time_to_live, queue.inactive_after) == (timedelta(days=1), timedelta(minutes=5))
    assert (queue.wrap_up_mode, queue.wrap_up_within, queue.wrap_up_extensions) == (
        "forced",
        timedelta(seconds=45),
        1,
    )
    assert queue.parked_counts
    assert queue.emergency_text == "Flood in the cellar"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"overflow_action": "queue"}, "Choose the queue it overflows to."),
        ({"no_agent_action": "queue"}, "Choose the queue it overflows to."),
        ({"longest_wait": 600, "time_to_live": 300}, "set aside before it has waited as long as it may"),
        ({"longest_wait": 0}, "At least one second."),
        ({"time_to_live": 0}, "At least one second."),
        ({"wrap_up_mode": "forced", "wrap_up_within": 0, "disposition_required": ""}, "lasts no time is none"),
        ({"wrap_up_mode": "requested", "wrap_up_within": 0, "disposition_required": ""}, "lasts no time is none"),
        ({"wrap_up_mode": "optional", "wrap_up_within": 0}, "A required disposition needs time"),
        ({"wrap_up_within": 3601}, "keeps the agent from all other work"),
        ({"wrap_up_extensions": 1, "wrap_up_extend_by": 0}, "An extension gives a second to an hour."),
        ({"inactive_after": 29}, "At least 30 seconds"),
        ({"point_counts": 86_401}, "a day of waiting at most"),
        ({"priority": 1001}, "less than or equal to 1000"),
        ({"answer_within": 10**15}, "less than or equal to 31622400"),
    ],
)
def test_what_could_not_work_is_refused_with_the_reason(office, changes, says):
    queue = make_queue()
    refused = office.post(address(queue), fields(office, address(queue)) | changes)
    assert says in " ".join(errors(refused))
    before = Queue.objects.get()
    assert all(getattr(before, name) == getattr(queue, name) for name in changes)


def test_overflow_never_comes_back_to_where_it_began(office, queue, billing):
    sales = make_queue("Sales", overflow_to=queue, overflow_action="queue")
    Queue.objects.filter(pk=billing.pk).update(overflow_to=sales, overflow_action="queue")
    data = fields(office, address(queue)) | {"overflow_to": billing.pk, "overflow_action": "queue"}
    refused = office.post(address(queue), data)
    assert "in a circle: Support → Billing → Sales → Support." in " ".join(errors(refused))
    itself = office.post(address(queue), data | {"overflow_to": queue.pk})
    assert "in a circle: Support → Support." in " ".join(errors(itself))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"rings_for": 30, "accepts_after": 30}, "An offer can accept itself only while it rings."),
        ({"rings_for": 30, "accepts_after": 5, "rings_at": 2}, "What rings at several agents cannot accept itself."),
        ({"rings_for": 4}, "An offer has to ring for 5 seconds to 30 minutes."),
        ({"rings_for": 30, "rings_at": 11}, "less than or equal to 10"),
    ],
)
def test_a_way_of_ringing_that_cannot_work_is_refused(office, queue, row, says):
    data = more(fields(office, address(queue)), "offer_rules", channel="chat", **({"rings_at": 1} | row))
    assert says in " ".join(errors(office.post(address(queue), data)))
    assert not OfferRule.objects.exists()


def test_a_skill_may_be_preferred_only(office, queue):
    data = more(fields(office, address(queue)), "skills", skill=make_skill("Dutch").pk, level=3)
    assert office.post(address(queue), data).status_code == 302
    asked = QueueSkill.objects.get()
    assert (asked.level, asked.required) == (3, False)


@pytest.mark.parametrize(
    "impossible",
    [
        {"overflow_action": "queue"},
        {"no_agent_action": "queue"},
        {"longest_wait": timedelta(minutes=2), "time_to_live": timedelta(minutes=1)},
        {"wrap_up_mode": "forced", "wrap_up_within": timedelta(0)},
        {"priority": 1001},
    ],
)
def test_the_database_refuses_it_too(impossible):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_queue(**impossible)
    with pytest.raises(ValidationError):
        Queue(name="Support", **impossible).full_clean()
