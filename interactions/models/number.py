"""A telephone number of ours: where what comes to it goes, and what it costs to write from it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Channel
from interactions.models.entry_point import EntryPoint

REOPENED_WITHIN = timedelta(days=1)
FIELDS = {Channel.SMS: "texts", Channel.WHATSAPP: "whatsapp", Channel.VOICE: "calls"}
is_e164 = RegexValidator(r"^\+[1-9]\d{6,14}$", _("A number looks like +31201234567"))


class NumberQuerySet(models.QuerySet["Number"]):
    def reached(self, channel: str, number: str) -> "Number | None":
        """Ours that was called or written to, if it takes this channel; its entry point and queue come along."""
        field = FIELDS[Channel(channel)]
        mine = self.filter(number=number, active=True, **{f"{field}__active": True})
        return mine.select_related(f"{field}__queue").first()

    def of(self, entry_point: EntryPoint) -> "Number | None":
        """The one that an entry point is reached by, and answers from."""
        field = FIELDS.get(Channel(entry_point.channel))
        return self.filter(**{field: entry_point}).first() if field else None


def _leads_to(verbose_name: Any) -> Any:
    return models.OneToOneField(
        EntryPoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=verbose_name
    )


class Number(models.Model):
    number = models.CharField(_("number"), max_length=16, unique=True, validators=[is_e164])
    name = models.CharField(_("name"), max_length=120, blank=True)
    active = models.BooleanField(_("active"), default=True)
    texts = _leads_to(_("SMS go to"))
    whatsapp = _leads_to(_("WhatsApp goes to"))
    calls = _leads_to(_("calls go to"))
    reopened_within = models.DurationField(
        _("a message reopens closed work for"),
        default=REOPENED_WITHIN,
        help_text=_("Later ones open a new interaction that names the old one."),
    )
    answers_keywords = models.BooleanField(
        _("we answer STOP, START and HELP"),
        default=False,
        help_text=_("Only where Twilio does not: then the customer would be answered twice."),
    )
    help_text = models.CharField(
        _("answer to HELP"), max_length=300, blank=True, help_text=_("Who you are and how else you are reached.")
    )
    segment_price = models.DecimalField(
        _("price of a segment"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Shown to agents before they send an SMS."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    objects = NumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("telephone number")
        verbose_name_plural = _("telephone numbers")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()

    def clean(self) -> None:
        wrong = {
            field: _("This entry point is for %s.") % entry_point.get_channel_display()
            for channel, field in FIELDS.items()
            if (entry_point := getattr(self, field)) and entry_point.channel != channel
        }
        if wrong:
            raise ValidationError(wrong)

    def entry_point(self, channel: str) -> EntryPoint | None:
        return getattr(self, FIELDS[Channel(channel)])
