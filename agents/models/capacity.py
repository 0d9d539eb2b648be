from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.attention import Place, fits, units_in_use
from agents.channels import FULL, MOST, USUAL, Channel
from agents.errors import StaleState

if TYPE_CHECKING:
    from agents.models.agent import Agent


class CapacityQuerySet(models.QuerySet["Capacity"]):
    def give_usual(self, agent: "Agent") -> None:
        """What a new agent can do at once, on the channels where nothing is said yet."""
        Capacity.objects.bulk_create(
            [Capacity(agent=agent, channel=channel, maximum=maximum) for channel, maximum in USUAL.items()],
            ignore_conflicts=True,
        )

    def take(self, agent_id: int, channel: str) -> None:
        """Take one place of this agent on this channel; StaleState when it does not fit beside all that is in hand."""
        self._count(agent_id, channel, 1)

    def release(self, agent_id: int, channel: str) -> int:
        """Give one place back, which never fails (see attention.py); returns the units then in use."""
        return self._count(agent_id, channel, -1)

    def recount(self, agent_id: int) -> int:
        """Write anew how many units of this agent are in use."""
        return self._count(agent_id, "", 0)

    def _count(self, agent_id: int, channel: str, more: int) -> int:
        """One more or less, under the lock of the agent's row, which whoever moves loads holds: so the units add up."""
        agent = apps.get_model("agents", "Agent").objects.filter(pk=agent_id)
        with transaction.atomic():
            agent.select_for_update(no_key=True).values_list("pk", flat=True).get()
            rows = self.filter(agent=agent_id).values_list("channel", "maximum", "load", "units", "interrupted_by")
            places = {row[0]: Place.of(*row) for row in rows}
            if more > 0 and not fits(places, channel):
                raise StaleState(_("There is no room for this now."))
            if channel in places and places[channel].load + more >= 0:
                places[channel].load += more
                self.filter(agent=agent_id, channel=channel).update(load=F("load") + more)
            agent.update(units_in_use=units_in_use(places))
        return units_in_use(places)


class Capacity(models.Model):
    """How much one agent takes at once on one channel, and how much of it is taken.

    A place is taken from the offer until the wrap-up ends; it is free while work is parked, unless its queue says
    that parked work keeps it, and during a wrap-up beside other work. A colleague asked into a call has one for voice
    while on the line. The load is counted here,
    in the row that holds the limit, so that the database itself refuses what would not fit, whoever races.
    """

    agent = models.ForeignKey(
        "agents.Agent", models.CASCADE, related_name="capacities", verbose_name=_("agent"), db_index=False
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    maximum = models.PositiveSmallIntegerField(_("at once"), default=1, validators=[MaxValueValidator(MOST)])
    units = models.PositiveSmallIntegerField(
        _("units each"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(FULL)],
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
    phone_passed = models.BooleanField(_("phone passed its check"), null=True, editable=False)  # asked of voice alone

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        constraints = [
            models.UniqueConstraint(fields=["agent", "channel"], name="one_capacity_per_agent_and_channel"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="capacity_channel_known"),
            models.CheckConstraint(condition=Q(load__lte=F("maximum")), name="load_never_exceeds_capacity"),
            models.CheckConstraint(condition=Q(maximum__lte=MOST), name="capacity_at_most_50"),
            models.CheckConstraint(condition=Q(units=None) | Q(units__range=(1, FULL)), name="units_are_1_to_100"),
            models.CheckConstraint(
                condition=Q(interrupted_by=None) | ~Q(interrupted_by__contains=[F("channel")]),
                name="work_is_not_interrupted_by_its_own_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.load}/{self.maximum}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Other units, or another say in what interrupts what, count for the work in hand at once."""
        super().save(*args, **kwargs)
        Capacity.objects.recount(self.agent_id)
