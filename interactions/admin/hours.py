"""Business hours: the week, public holidays, dated exceptions."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contactcenter.admin import CentreAdmin
from interactions.models import EntryPoint, Hours, HoursException, OpeningPeriod


class PeriodFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Two periods of a day may touch, not overlap."""
        super().clean()
        periods = sorted(
            (data["weekday"], data["opens"], data["closes"])
            for form in self.forms
            if (data := getattr(form, "cleaned_data", None)) and not data.get("DELETE")
            if {"weekday", "opens", "closes"} <= data.keys()
        )
        for (day, _opens, closes), (next_day, opens, _closes) in pairwise(periods):
            if day == next_day and opens < closes:
                name = OpeningPeriod.Weekday(day).label
                raise ValidationError(_("%(day)s has two periods that overlap.") % {"day": name})


class PeriodInline(admin.TabularInline):
    model = OpeningPeriod
    formset = PeriodFormSet
    extra = 0
    verbose_name_plural = gettext_lazy("The week")


class ExceptionInline(admin.TabularInline):
    model = HoursException
    extra = 0
    verbose_name_plural = gettext_lazy("Days that differ; they win over the week and over public holidays")


@admin.register(Hours)
class HoursAdmin(CentreAdmin):
    fields = ["name", "time_zone", "country", "subdivision"]
    inlines = [PeriodInline, ExceptionInline]
    list_display = ["name", "open_now", "week", "time_zone", "country", "next_exception"]
    list_filter = ["country"]
    search_fields = ["name"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("periods", "exceptions")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not obj.queues.exists() and not EntryPoint.objects.filter(hours=obj).exists()

    @admin.display(description=gettext_lazy("open now"), boolean=True)
    def open_now(self, hours: Hours) -> bool:
        return hours.open_at(timezone.now())

    @admin.display(description=gettext_lazy("hours a week"))
    def week(self, hours: Hours) -> str:
        total = timedelta()
        for period in hours.periods.all():
            opens, closes = period.opens, period.closes
            total += timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)
            total += timedelta(minutes=1) if closes.second == 59 else timedelta()
        return f"{total.total_seconds() / 3600:g}"

    @admin.display(description=gettext_lazy("next exception"))
    def next_exception(self, hours: Hours) -> str:
        today = timezone.localdate()
        coming = [exception for exception in hours.exceptions.all() if exception.date >= today]
        return str(coming[0]) if coming else "–"
