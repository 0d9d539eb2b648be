"""When a queue or an entry point is open: weekly periods in a time zone, public holidays and dated exceptions."""

import zoneinfo
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import holidays
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models.person import time_zones

LOOK_AHEAD_DAYS = 60


def countries() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(holidays.list_supported_countries())]


class Hours(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, choices=time_zones, default="UTC")
    country = models.CharField(
        _("public holidays of"), max_length=3, blank=True, choices=countries, help_text=_("Closed on these days.")
    )
    subdivision = models.CharField(_("state or province"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.subdivision:
            known = holidays.list_supported_countries().get(self.country, [])
            if self.subdivision not in known:
                raise ValidationError({"subdivision": _("Not known for this country. Known: %s") % ", ".join(known)})

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(zoneinfo.ZoneInfo(self.time_zone))
        return any(
            opens <= local.time() and (local.time() < closes or closes == time.min)
            for opens, closes in self._periods(local.date())
        )

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from here on at which it is open, None when that is over two months away."""
        if self.open_at(moment):
            return moment
        zone = zoneinfo.ZoneInfo(self.time_zone)
        local = moment.astimezone(zone)
        for days in range(LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=days)
            shown = [at for opens, _closes in self._periods(day) for at in _moments(day, opens, zone)]
            if openings := [at for at in shown if at > moment and self.open_at(at)]:
                return min(openings)
        return None

    def next_closing(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it is closed while it is open now; None within two months."""
        zone = zoneinfo.ZoneInfo(self.time_zone)
        local = moment.astimezone(zone)
        for days in range(LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=days)
            shown = [
                at
                for _opens, closes in self._periods(day)
                for at in _moments(day if closes != time.min else day + timedelta(days=1), closes, zone)
            ]
            if closings := [at for at in shown if at > moment and not self.open_at(at)]:
                return min(closings)
        return None

    def _periods(self, day: date) -> list[tuple[time, time]]:
        exceptions = [e for e in self.exceptions.all() if e.date == day]
        if exceptions:
            return [(e.opens, e.closes) for e in exceptions if e.opens and e.closes]
        if self.country and day in holidays.country_holidays(self.country, self.subdivision or None, years=day.year):
            return []
        return [(p.opens, p.closes) for p in self.periods.all() if p.weekday == day.weekday()]


def business_due(begin: datetime, within: timedelta, hours: Iterable["Hours | None"]) -> datetime:
    """When so much time will have passed in which all of these are open; time in which one is closed does not count.

    Hours that stay closed for two months count as if there were none.
    """
    kept = [one for one in hours if one is not None]
    models.prefetch_related_objects(kept, "periods", "exceptions")
    left, moment = within, begin
    while left > timedelta(0):
        openings = [one.next_opening(moment) for one in kept]
        if None in openings:
            break
        opens = max([moment, *(opening for opening in openings if opening)])
        if opens > moment:
            moment = opens
            continue
        closings = [closing for one in kept if (closing := one.next_closing(moment))]
        open_for = min(closings) - moment if closings else left
        if open_for >= left:
            break
        left, moment = left - open_for, moment + open_for
    return moment + left


def _moments(day: date, clock: time, zone: zoneinfo.ZoneInfo) -> list[datetime]:
    """When a clock there shows this time: once or, put back, twice; put forward past it, when that was done."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return [first, second]
    after = first.astimezone(zone).utcoffset()
    minutes = (second.replace(second=0) + timedelta(minutes=n) for n in range((first - second) // timedelta(minutes=1)))
    return [next((at for at in minutes if at.astimezone(zone).utcoffset() == after), first)]


class OpeningPeriod(models.Model):
    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    hours = models.ForeignKey(Hours, models.CASCADE, related_name="periods", verbose_name=_("business hours"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("00:00 is midnight at the end of the day."))

    class Meta:
        verbose_name = _("opening period")
        verbose_name_plural = _("opening periods")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time.min),
                name="period_closes_after_it_opens",
                violation_error_message=_("It has to close after it opens; past midnight, add a period next day."),
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="period_weekday_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class HoursException(models.Model):
    hours = models.ForeignKey(Hours, models.CASCADE, related_name="exceptions", verbose_name=_("business hours"))
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Leave both empty: closed all day."))
    closes = models.TimeField(
        _("closes"), null=True, blank=True, help_text=_("00:00 is midnight at the end of the day.")
    )

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False) & (Q(closes__gt=F("opens")) | Q(closes=time.min)),
                name="exception_closes_after_it_opens",
                violation_error_message=_("Fill both times, the closing later than the opening, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
