from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.errors import StaleState

if TYPE_CHECKING:
    from agents.models.agent import Agent


class Channel(models.TextChoices):
    VOICE = "voice", _("Voice")
    CHAT = "chat", _("Chat")
    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")


FULL = 100  # units of attention an agent has in all
UNITS = {Channel.VOICE: 100, Channel.CHAT: 33, Channel.EMAIL: 20, Channel.SMS: 20, Channel.WHATSAPP: 20}
INTERRUPTED_BY = {Channel.EMAIL: [Channel.VOICE]}
USUAL = {Channel.VOICE: 1, Channel.CHAT: 3, Channel.EMAIL: 5, Channel.SMS: 3, Channel.WHATSAPP: 3}


class CapacityQuerySet(models.QuerySet["Capacity"]):
    def give_usual(self, agent: "Agent") -> None:
        """What a new agent can do at once, on the channels where nothing is said yet."""
        Capacity.objects.bulk_create(
            [Capacity(agent=agent, channel=channel, maximum=maximum) for channel, maximum in USUAL.items()],
            ignore_conflicts=True,
        )

    def take(self, agent_id: int, channel: str) -> None:
        """Take one place of this agent on this channel; StaleState when there is none left."""
        if not self.filter(agent=agent_id, channel=channel, load__lt=F("maximum")).update(load=F("load") + 1):
            raise StaleState(_("There is no room for this now."))

    def release(self, agent_id: int, channel: str) -> None:
        self.filter(agent=agent_id, channel=channel, load__gt=0).update(load=F("load") - 1)


class Capacity(models.Model):
    """How much one agent takes at once on one channel, and how much of it is taken.

    A place is taken from the offer until the wrap-up ends; it is free while work is parked. The load is counted here,
    in the row that holds the limit, so that the database itself refuses what would not fit, whoever races.
    """

    agent = models.ForeignKey("agents.Agent", models.CASCADE, related_name="capacities", verbose_name=_("agent"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    maximum = models.PositiveSmallIntegerField(_("at once"), default=1)
    units = models.PositiveSmallIntegerField(
        _("units each"),
        null=True,
        blank=True,
        help_text=_("Of the 100 an agent has over all channels. Empty: voice 100, chat 33, others 20."),
    )
    interrupted_by = ArrayField(
        models.CharField(max_length=10, choices=Channel),
        verbose_name=_("may be interrupted by"),
        null=True,
        blank=True,
        help_text=_("Channels whose work may be offered on top of this. Empty: a call may interrupt an email."),
    )
    load = models.PositiveSmallIntegerField(_("now"), default=0, editable=False)

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        constraints = [
            models.UniqueConstraint(fields=["agent", "channel"], name="one_capacity_per_agent_and_channel"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="capacity_channel_known"),
            models.CheckConstraint(condition=Q(load__lte=F("maximum")), name="load_never_exceeds_capacity"),
            models.CheckConstraint(condition=Q(maximum__lte=50), name="capacity_at_most_50"),
            models.CheckConstraint(condition=Q(units=None) | Q(units__range=(1, FULL)), name="units_are_1_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.load}/{self.maximum}"
