"""Business hours: in their own time zone, over the change of clocks, holidays and dated exceptions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from interactions.models import Hours, OpeningPeriod
from interactions.models.hours import business_due
from tests.cast import make_entry_point

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MIDNIGHT = time(0, 0)
pytestmark = pytest.mark.django_db


def make_hours(*periods, time_zone="Europe/Amsterdam", **fields):
    """Open at (weekday, opens, closes); Monday is 0."""
    hours = Hours.objects.create(name="Hours", time_zone=time_zone, **fields)
    for weekday, opens, closes in periods:
        hours.periods.create(weekday=weekday, opens=opens, closes=closes)
    return hours


def nine_to_five(**fields):
    return make_hours(*[(day, time(9), time(17)) for day in range(5)], **fields)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 08:59", False),  # a Monday
        ("2026-03-02 09:00", True),
        ("2026-03-02 16:59", True),
        ("2026-03-02 17:00", False),
        ("2026-03-07 12:00", False),  # a Saturday
    ],
)
def test_open_from_the_first_minute_to_the_last(moment, is_open):
    assert nine_to_five().open_at(datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)) is is_open


@pytest.mark.parametrize(
    ("day", "opens_in_utc"), [("2026-03-27", 8), ("2026-03-30", 7), ("2026-10-23", 7), ("2026-10-26", 8)]
)
def test_nine_o_clock_is_nine_o_clock_before_and_after_the_clocks_change(day, opens_in_utc):
    hours = nine_to_five()
    opening = datetime.fromisoformat(day).replace(hour=opens_in_utc, tzinfo=UTC)
    assert hours.open_at(opening)
    assert not hours.open_at(opening - timedelta(minutes=1))
    assert hours.next_opening(opening - timedelta(hours=3)) == opening


def test_the_hour_that_comes_twice_is_open_both_times():
    hours = make_hours((6, time(2), time(3)))  # Sunday 25 October 2026
    assert hours.open_at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert hours.open_at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert not hours.open_at(datetime(2026, 10, 25, 2, 0, tzinfo=UTC))


def test_an_opening_that_the_clocks_skip_is_the_moment_they_are_put_forward():
    hours = make_hours((6, time(2, 30), time(5)))
    skipped = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 02:00 becomes 03:00
    assert hours.next_opening(datetime(2026, 3, 28, 12, tzinfo=UTC)) == skipped
    assert hours.open_at(skipped)
    assert not hours.open_at(skipped - timedelta(minutes=1))


def test_a_period_that_the_clocks_skip_is_no_opening():
    hours = make_hours((6, time(2, 15), time(2, 45)))
    assert hours.next_opening(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 4, 5, 0, 15, tzinfo=UTC)


def test_what_opens_in_the_hour_that_comes_twice_opens_twice():
    hours = make_hours((6, time(2, 30), time(5)))
    first, again = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert hours.next_opening(first - timedelta(hours=3)) == first
    assert hours.next_opening(again - timedelta(minutes=20)) == again


def test_the_day_is_the_local_one():
    hours = make_hours((0, time(1), time(2)), time_zone="Pacific/Auckland")
    assert hours.open_at(datetime(2026, 3, 1, 12, 30, tzinfo=UTC)), "Monday 01:30 there, Sunday here"


def test_open_round_the_clock():
    hours = make_hours(*[(day, MIDNIGHT, MIDNIGHT) for day in range(7)])
    for minute in (0, 1, 12 * 60, 24 * 60 - 1):
        assert hours.open_at(datetime(2026, 3, 2, tzinfo=AMSTERDAM) + timedelta(minutes=minute))


def test_open_past_midnight_by_two_periods():
    hours = make_hours((0, time(20), MIDNIGHT), (1, MIDNIGHT, time(2)))
    assert hours.open_at(datetime(2026, 3, 2, 23, 59, 59, tzinfo=AMSTERDAM))
    assert hours.open_at(datetime(2026, 3, 3, 1, 59, tzinfo=AMSTERDAM))
    assert not hours.open_at(datetime(2026, 3, 3, 2, 0, tzinfo=AMSTERDAM))


def test_public_holidays_are_closed():
    hours = nine_to_five(country="NL")
    assert not hours.open_at(datetime(2026, 4, 27, 12, tzinfo=AMSTERDAM)), "King's Day, a Monday"
    assert hours.next_opening(datetime(2026, 4, 26, 12, tzinfo=AMSTERDAM)) == datetime(2026, 4, 28, 9, tzinfo=AMSTERDAM)


def test_a_holiday_of_one_state_only():
    corpus_christi = datetime(2026, 6, 4, 12, tzinfo=AMSTERDAM)
    hours = nine_to_five(country="DE", subdivision="BY")
    assert not hours.open_at(corpus_christi)
    hours.subdivision = "BE"
    assert hours.open_at(corpus_christi)
    hours.subdivision = "ZZ"
    with pytest.raises(ValidationError):
        hours.clean()


def test_an_exception_goes_before_week_and_holiday():
    hours = nine_to_five(country="NL")
    hours.exceptions.create(date=date(2026, 4, 27), name="Open all the same", opens=time(10), closes=time(12))
    hours.exceptions.create(date=date(2026, 3, 3), name="Stocktaking")
    assert hours.open_at(datetime(2026, 4, 27, 11, tzinfo=AMSTERDAM))
    assert not hours.open_at(datetime(2026, 4, 27, 9, tzinfo=AMSTERDAM))
    assert not hours.open_at(datetime(2026, 3, 3, 11, tzinfo=AMSTERDAM))


def test_the_next_opening_is_now_when_open_and_none_when_far():
    hours = nine_to_five()
    now = datetime(2026, 3, 2, 12, tzinfo=AMSTERDAM)
    assert hours.next_opening(now) == now
    assert Hours.objects.create(name="Never").next_opening(now) is None


def test_an_afternoon_break_has_a_next_opening_the_same_day():
    hours = make_hours((0, time(9), time(12)), (0, time(13), time(17)))
    lunch = datetime(2026, 3, 2, 12, 15, tzinfo=AMSTERDAM)
    assert hours.next_opening(lunch) == datetime(2026, 3, 2, 13, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(("opens", "closes"), [(time(17), time(9)), (time(9), time(9))])
def test_a_period_closes_after_it_opens(opens, closes):
    with pytest.raises(IntegrityError):
        make_hours((0, opens, closes))


def test_an_exception_has_both_times_or_neither():
    hours = nine_to_five()
    for opens, closes in ((time(9), None), (None, time(9)), (time(10), time(9))):
        with pytest.raises(IntegrityError), transaction.atomic():
            hours.exceptions.create(date=date(2026, 3, 3), name="Odd", opens=opens, closes=closes)


def test_an_entry_point_is_open_when_its_queue_is_too(queue):
    queue.hours = nine_to_five()
    queue.save()
    mondays = Hours.objects.create(name="Mondays", time_zone="Europe/Amsterdam")
    mondays.periods.create(weekday=0, opens=MIDNIGHT, closes=MIDNIGHT)
    door = make_entry_point(queue, hours=mondays)
    assert door.open_at(datetime(2026, 3, 2, 12, tzinfo=AMSTERDAM))
    assert not door.open_at(datetime(2026, 3, 3, 12, tzinfo=AMSTERDAM)), "the door is closed on Tuesdays"
    assert not door.open_at(datetime(2026, 3, 2, 18, tzinfo=AMSTERDAM)), "the queue is closed in the evening"


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


@settings(max_examples=60, deadline=None)
@given(moment=moments, day=st.integers(0, 6), opens=st.integers(0, 20), length=st.integers(1, 3))
def test_the_next_opening_is_the_first_open_moment(moment, day, opens, length):
    hours = Hours(pk=1, time_zone="Europe/Amsterdam")
    period = OpeningPeriod(weekday=day, opens=time(opens), closes=time(opens + length))
    hours._prefetched_objects_cache = {"periods": [period], "exceptions": []}
    opening = hours.next_opening(moment)
    assert moment <= opening <= moment + timedelta(days=8)
    assert hours.open_at(opening)
    if opening > moment:
        assert not any(hours.open_at(opening - timedelta(minutes=minutes)) for minutes in (1, 30, 60, 24 * 60))


@pytest.mark.parametrize(
    ("begin", "hours", "due"),
    [
        ("2026-03-02 09:30", 4, "2026-03-02 13:30"),  # a Monday
        ("2026-03-02 16:00", 4, "2026-03-03 12:00"),
        ("2026-03-02 08:00", 8, "2026-03-02 17:00"),
        ("2026-03-06 16:30", 1, "2026-03-09 09:30"),  # a Friday
        ("2026-03-07 12:00", 20, "2026-03-11 13:00"),  # a Saturday
        ("2026-03-27 16:00", 2, "2026-03-30 10:00"),  # the clocks change in between
    ],
)
def test_only_open_hours_count_towards_a_due_time(begin, hours, due):
    at = datetime.fromisoformat(begin).replace(tzinfo=AMSTERDAM)
    found = business_due(at, timedelta(hours=hours), [nine_to_five(), None])
    assert found == datetime.fromisoformat(due).replace(tzinfo=AMSTERDAM)


def test_of_two_hours_both_have_to_be_open():
    mornings = Hours.objects.create(name="Mornings", time_zone="Europe/Amsterdam")
    for weekday in range(7):
        mornings.periods.create(weekday=weekday, opens=time(6), closes=time(11))
    monday = datetime(2026, 3, 2, 10, tzinfo=AMSTERDAM)
    assert business_due(monday, timedelta(hours=2), [nine_to_five(), mornings]) == monday + timedelta(days=1)


def test_without_hours_every_hour_counts_and_what_never_opens_holds_up_nothing():
    monday = datetime(2026, 3, 2, 10, tzinfo=AMSTERDAM)
    assert business_due(monday, timedelta(hours=30), [None]) == monday + timedelta(hours=30)
    assert business_due(monday, timedelta(hours=30), [make_hours()]) == monday + timedelta(hours=30)
