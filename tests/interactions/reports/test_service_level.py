"""The figures of a day, checked against the day that the published formulas are compared by."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.models import Interaction, Queue
from interactions.reports.board import Grade, grade
from interactions.reports.day import day_of
from interactions.reports.service_level import QueueDay, days_of_queues
from tests.cast import make_customer, make_queue

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)


def arrivals(queue: Queue, number: int, *, state: str, after: int, at: datetime = DAY[0], live: bool = True) -> None:
    """So many who were answered, or left, after so many seconds."""
    customer = make_customer()
    over = at + timedelta(seconds=after)
    Interaction.objects.bulk_create(
        Interaction(
            queue=queue,
            customer=customer,
            channel="chat",
            live=live,
            state=state,
            arrived_at=at,
            answered_at=over if state == "closed" else None,
            ended_at=over,
            closed_at=over,
        )
        for _ in range(number)
    )


def test_the_day_by_which_formulas_are_compared(db):
    """1,000 answered, 860 of them in 20 s; 60 abandoned, 20 of them within 20 s: number 4 of the published ones."""
    queue = make_queue(answer_within=timedelta(seconds=20))
    arrivals(queue, 860, state="closed", after=10)
    arrivals(queue, 140, state="closed", after=45)
    arrivals(queue, 20, state="abandoned", after=10)
    arrivals(queue, 40, state="abandoned", after=60)
    day = days_of_queues(*DAY)[queue.pk]
    assert (day.offered, day.answered, day.answered_in_time, day.abandoned, day.abandoned_late) == (
        1060,
        1000,
        860,
        60,
        40,
    )
    assert day.service_level == pytest.approx(860 / 1040)
    assert day.speed_of_answer == timedelta(seconds=(860 * 10 + 140 * 45) / 1000)


def test_exactly_at_the_target_is_in_time(db):
    queue = make_queue(answer_within=timedelta(seconds=20))
    arrivals(queue, 1, state="closed", after=20)
    arrivals(queue, 1, state="abandoned", after=20)
    assert days_of_queues(*DAY)[queue.pk].service_level == 1


def test_other_days_and_left_messages_do_not_count(db):
    queue = make_queue()
    arrivals(queue, 1, state="closed", after=5, at=DAY[0] - timedelta(seconds=1))
    arrivals(queue, 1, state="closed", after=5, at=DAY[1])
    arrivals(queue, 1, state="closed", after=5, live=False)
    assert days_of_queues(*DAY) == {}


def test_before_anybody_counts_there_is_no_level():
    assert QueueDay().service_level is None
    assert QueueDay(abandoned=3).service_level is None
    assert QueueDay().speed_of_answer is None


@pytest.mark.parametrize(
    ("level", "said"), [(None, Grade.NONE), (0.8, Grade.GOOD), (0.79, Grade.WARN), (0.7, Grade.WARN), (0.69, Grade.BAD)]
)
def test_a_level_has_a_word(level, said):
    assert grade(level, 0.8) == said


def test_the_centres_day_has_its_own_bounds(settings):
    settings.TIME_ZONE = "Europe/Amsterdam"
    timezone.get_default_timezone.cache_clear()
    try:
        start, end = day_of(datetime(2026, 3, 28, 23, 30, tzinfo=UTC))  # half past midnight, clocks change that night
        assert (start, end) == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_the_day_is_read_from_the_covering_index(db):
    queue = make_queue()
    for day in range(20):
        arrivals(queue, 50, state="closed", after=5, at=DAY[0] - timedelta(days=day))
    with CaptureQueriesContext(connection) as queries:
        days_of_queues(*DAY)
    (query,) = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("analyze interactions_interaction")
        cursor.execute(f"explain {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "arrivals_of_a_day" in plan
