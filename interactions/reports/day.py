"""What "today" is: the day of the centre's time zone, as two moments, so that an index on a time serves it."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def day_of(moment: datetime) -> tuple[datetime, datetime]:
    """From midnight to midnight where the centre is; 23 or 25 hours when the clocks change."""
    zone = timezone.get_default_timezone()
    date = moment.astimezone(zone).date()
    return datetime.combine(date, time.min, zone), datetime.combine(date + timedelta(days=1), time.min, zone)
