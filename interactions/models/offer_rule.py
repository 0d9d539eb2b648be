"""How work rings: for how long, at how many agents at once, and whether it opens by itself."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Channel
from interactions.models.queue import Queue

SHORTEST_OFFER = timedelta(seconds=5)
LONGEST_OFFER = timedelta(minutes=30)
RINGS = _("An offer has to ring for 5 seconds to 30 minutes.")
RINGS_FOR = {
    Channel.VOICE: timedelta(seconds=20),
    Channel.CHAT: timedelta(seconds=30),
    Channel.EMAIL: timedelta(seconds=300),
    Channel.SMS: timedelta(seconds=30),
    Channel.WHATSAPP: timedelta(seconds=30),
}


class OfferRule(models.Model):
    """How work of one channel rings in a queue; without a row: as is usual for the channel, to one agent at a time."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="offer_rules", verbose_name=_("queue"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    rings_for = models.DurationField(
        _("rings for"),
        validators=[MinValueValidator(SHORTEST_OFFER, RINGS), MaxValueValidator(LONGEST_OFFER, RINGS)],
    )
    accepts_after = models.DurationField(
        _("accepts itself after"), null=True, blank=True, help_text=_("Empty: the agent accepts.")
    )
    rings_at = models.PositiveSmallIntegerField(
        _("rings at"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("So many agents at once; the first to accept has it."),
    )

    class Meta:
        verbose_name = _("way of ringing")
        verbose_name_plural = _("ways of ringing")
        ordering = ["channel"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "channel"], name="one_offer_rule_per_queue_and_channel"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="offer_rule_channel_known"),
            models.CheckConstraint(
                condition=Q(rings_for__range=(SHORTEST_OFFER, LONGEST_OFFER)),
                name="an_offer_rings_5_s_to_30_min",
                violation_error_message=RINGS,
            ),
            models.CheckConstraint(
                condition=Q(accepts_after=None) | Q(accepts_after__gte=timedelta(0), accepts_after__lt=F("rings_for")),
                name="accepts_itself_while_it_rings",
                violation_error_message=_("An offer can accept itself only while it rings."),
            ),
            models.CheckConstraint(
                condition=Q(rings_at=1) | Q(rings_at__range=(2, 10), accepts_after=None),
                name="rings_at_one_or_waits_for_one",
                violation_error_message=_("What rings at several agents cannot accept itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.get_channel_display()}"
