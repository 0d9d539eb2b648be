"""A telephone number of ours: where what comes to it goes, and what it costs to write from it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Channel
from contactcenter.prepared import Prepared
from interactions.models.entry_point import EntryPoint

REOPENED_WITHIN = timedelta(days=1)
FIELDS = {Channel.SMS: "texts", Channel.WHATSAPP: "whatsapp", Channel.VOICE: "calls"}
is_e164 = RegexValidator(r"^\+[1-9]\d{6,14}$", _("A number looks like +31201234567"))


class NumberQuerySet(models.QuerySet["Number"]):
    def reached(self, channel: str, number: str) -> "Number | None":
        """Ours that was called or written to, if it takes this channel; its entry point, its queue and whether it
        `has_menu` come along."""
        return _reached[Channel(channel)].first(number)

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
    language = models.CharField(
        _("language we speak"), max_length=10, default="en-GB", help_text=_("As Twilio names its voices: en-GB, nl-NL.")
    )
    greeting = models.CharField(
        _("greeting"), max_length=500, blank=True, help_text=_("Said to every caller, before the keys of the menu.")
    )
    recording_notice = models.CharField(
        _("notice of recording"),
        max_length=300,
        blank=True,
        help_text=_("Said to every caller; only then are calls recorded."),
    )
    closed_text = models.CharField(_("said when we are closed"), max_length=500, blank=True)
    offers_call_back = models.BooleanField(
        _("callers may press 1 to be called back"), default=False, help_text=_("They keep their place in line.")
    )
    takes_voicemail = models.BooleanField(_("callers may press 2 to leave a message"), default=False)
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

    menu: Any

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

    @property
    def has_keys(self) -> bool:
        """Whether callers wait where they may press keys."""
        return self.offers_call_back or self.takes_voicemail

    def entry_point(self, channel: str) -> EntryPoint | None:
        return getattr(self, FIELDS[Channel(channel)])


class MenuKey(models.Model):
    """A key that a caller may press, and where it leads; whoever presses none goes where the number's calls go."""

    number = models.ForeignKey(Number, models.CASCADE, related_name="menu", verbose_name=_("number"))
    key = models.CharField(
        _("key"), max_length=1, validators=[RegexValidator(r"^[0-9]$", _("One of the keys 0 to 9."))]
    )
    words = models.CharField(_("what is said"), max_length=200, help_text=_("For questions about a bill, press 2."))
    entry_point = models.ForeignKey(
        EntryPoint,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"channel": Channel.VOICE},
        verbose_name=_("leads to"),
    )

    class Meta:
        verbose_name = _("key of the menu")
        verbose_name_plural = _("keys of the menu")
        ordering = ["number", "key"]
        constraints = [models.UniqueConstraint(fields=["number", "key"], name="one_way_per_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.entry_point}"


def _reached_by(field: str) -> Prepared[Number]:
    def reached(number: object) -> models.QuerySet[Number]:
        active = Number.objects.filter(number=number, active=True, **{f"{field}__active": True})
        menu = MenuKey.objects.filter(number=models.OuterRef("pk"))
        return active.annotate(has_menu=models.Exists(menu)).select_related(f"{field}__queue")

    return Prepared(reached)


_reached = {channel: _reached_by(field) for channel, field in FIELDS.items()}
