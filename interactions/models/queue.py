"""Where work waits: in what order, for how long, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Person, Team
from interactions.models.hours import Hours

HEAVIEST = 1000  # points of priority, either way
WEIGHTS = [MinValueValidator(-HEAVIEST), MaxValueValidator(HEAVIEST)]


class Ordering(models.TextChoices):
    AGING = "aging", _("by age, priority counting as waiting")
    STRICT = "strict", _("by priority, then age")


class Strategy(models.TextChoices):
    LONGEST_IDLE = "longest_idle", _("longest idle")
    LEAST_OCCUPIED = "least_occupied", _("least occupied")
    MOST_SKILLED = "most_skilled", _("most skilled")
    ROUND_ROBIN = "round_robin", _("in turn")


class TransferPlace(models.TextChoices):
    ARRIVAL = "arrival", _("by its arrival")
    ANEW = "anew", _("at the end")
    FIRST = "first", _("first in line")


class Overflow(models.TextChoices):
    MESSAGE = "message", _("ask to leave a message")
    CALLBACK = "callback", _("ask for a number to call back")
    QUEUE = "queue", _("to another queue")
    INFORMAL = "informal", _("to informal employees at once")


class NoAgent(models.TextChoices):
    WAIT = "wait", _("wait")
    MESSAGE = "message", _("ask to leave a message")
    QUEUE = "queue", _("to the queue it overflows to")


class WrapUp(models.TextChoices):
    MANDATORY = "mandatory", _("until the agent is done")
    OPTIONAL = "optional", _("beside other work")
    TIMED = "timed", _("for a time at most")
    FORCED = "forced", _("for exactly a time")
    REQUESTED = "requested", _("if the agent asks for it")


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, person: Person) -> Self:
        """Administrators see every queue; supervisors the ones their teams serve; agents the ones they serve."""
        if person.is_administrator:
            return self
        agents = Agent.objects.visible_to(person)
        teams = Team.objects.visible_to(person)
        served = Q(memberships__agent__in=agents) | Q(memberships__team__in=teams)
        return self.filter(pk__in=Queue.objects.filter(served).values("pk"))


class Queue(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        validators=WEIGHTS,
        help_text=_("The entry point's is added. Where work ages, a point counts as so much waiting longer."),
    )
    ordering = models.CharField(
        _("order of the line"),
        max_length=10,
        choices=Ordering,
        default=Ordering.AGING,
        help_text=_("Strict queues are served before the others; among equals the earliest target goes first."),
    )
    point_counts = models.DurationField(
        _("a point of priority counts as"), default=timedelta(minutes=1), help_text=_("Of waiting, where work ages.")
    )
    strategy = models.CharField(
        _("which agent first"),
        max_length=16,
        choices=Strategy,
        default=Strategy.LONGEST_IDLE,
        help_text=_("Among those of the same rank."),
    )
    last_rung = models.BigIntegerField(_("rung last"), null=True, editable=False)  # an agent; for round robin
    prefer_last_agent = models.BooleanField(
        _("to the same agent again"), default=False, help_text=_("Who last helped the customer is asked first.")
    )
    prefer_within = models.DurationField(
        _("wait for the preferred agent"),
        default=timedelta(0),
        help_text=_("While they are at work and busy; 0: only if they are free."),
    )
    transfer_place = models.CharField(
        _("place after a transfer"), max_length=10, choices=TransferPlace, default=TransferPlace.ARRIVAL
    )
    answer_within = models.DurationField(
        _("answer within"), default=timedelta(seconds=20), help_text=_("Target of the service level.")
    )
    answer_share = models.PositiveSmallIntegerField(
        _("share to answer in time (%)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    reply_within = models.DurationField(
        _("reply within"),
        default=timedelta(hours=4),
        help_text=_("Of business hours; target for messages that were left, and for mail."),
    )
    excluded_for = models.DurationField(
        _("not offered again for"),
        default=timedelta(seconds=60),
        help_text=_("After declining or missing an offer; not for ever, in case nobody else is there."),
    )
    miss_limit = models.PositiveSmallIntegerField(
        _("missed offers in a row"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("After this many the agent is shown as not responding and gets no more until available again."),
    )
    overflow_after = models.DurationField(
        _("informal employees after"),
        default=timedelta(seconds=60),
        null=True,
        blank=True,
        help_text=_("Empty: never."),
    )
    longest_line = models.PositiveIntegerField(
        _("at most waiting"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit. Transfers may go a fifth beyond it."),
    )
    longest_wait = models.DurationField(
        _("at most waiting for"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    overflow_action = models.CharField(_("what then"), max_length=10, choices=Overflow, default=Overflow.MESSAGE)
    overflow_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="overflowing", verbose_name=_("overflows to")
    )
    overflowed_at = models.DateTimeField(_("line last too long at"), null=True, editable=False)
    no_agent_action = models.CharField(
        _("when nobody is there"),
        max_length=10,
        choices=NoAgent,
        default=NoAgent.WAIT,
        help_text=_("Nobody who could take the work is signed in."),
    )
    emergency = models.BooleanField(
        _("closed for an emergency"), default=False, help_text=_("Closes the queue at once, whatever its hours.")
    )
    emergency_text = models.CharField(_("what customers are told"), max_length=300, blank=True)
    time_to_live = models.DurationField(
        _("set aside after"),
        default=timedelta(days=3),
        null=True,
        blank=True,
        help_text=_("Work nobody took in so long is set aside where supervisors see it. Empty: never."),
    )
    parked_counts = models.BooleanField(_("parked work keeps its place"), default=False)
    inactive_after = models.DurationField(
        _("inactive after"),
        null=True,
        blank=True,
        help_text=_("A customer who has not written for so long after a reply: parked until they do. Empty: never."),
    )
    wrap_up_mode = models.CharField(_("wrap-up"), max_length=10, choices=WrapUp, default=WrapUp.TIMED)
    wrap_up_extend_by = models.DurationField(_("an extension gives"), default=timedelta(seconds=60))
    wrap_up_extensions = models.PositiveSmallIntegerField(
        _("extensions at most"), default=2, validators=[MaxValueValidator(10)]
    )
    wrap_up_within = models.DurationField(
        _("wrap-up lasts"), default=timedelta(seconds=60), help_text=_("Ends by itself after this time; 0: no wrap-up.")
    )
    disposition_required = models.BooleanField(_("disposition required"), default=True)
    return_after = models.DurationField(
        _("return chats after"),
        default=timedelta(seconds=60),
        help_text=_("When the agent's desk is gone for this long, live chats return first in line."),
    )
    abandoned_after = models.DurationField(
        _("abandoned after"),
        default=timedelta(minutes=5),
        help_text=_("A waiting customer whose page is gone for this long has left."),
    )
    recordings_kept = models.PositiveSmallIntegerField(
        _("calls recorded and kept for (days)"),
        default=90,
        validators=[MaxValueValidator(3650)],
        help_text=_("Of customers who agreed to it. 0: calls are not recorded."),
    )
    hours = models.ForeignKey(
        Hours, models.PROTECT, null=True, blank=True, related_name="queues", verbose_name=_("business hours")
    )

    objects = QueueQuerySet.as_manager()

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    answer_within__gt=timedelta(0),
                    reply_within__gt=timedelta(0),
                    wrap_up_within__gte=timedelta(0),
                    excluded_for__gt=timedelta(0),
                ),
                name="queue_durations_make_sense",
            ),
            models.CheckConstraint(condition=Q(answer_share__range=(1, 100)), name="answer_share_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(priority__range=(-HEAVIEST, HEAVIEST))
                & Q(point_counts__range=(timedelta(0), timedelta(days=1))),
                name="a_queue_weighs_what_a_line_can_hold",
            ),
            models.CheckConstraint(
                condition=Q(overflow_to__isnull=False)
                | (~Q(overflow_action=Overflow.QUEUE) & ~Q(no_agent_action=NoAgent.QUEUE)),
                name="a_queue_that_overflows_says_where",
                violation_error_message=_("Choose the queue it overflows to."),
            ),
            models.CheckConstraint(
                condition=Q(overflow_to=None) | ~Q(overflow_to=F("id")), name="a_queue_overflows_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(time_to_live=None) | Q(longest_wait=None) | Q(time_to_live__gte=F("longest_wait")),
                name="set_aside_after_the_longest_wait",
            ),
            models.CheckConstraint(
                condition=~Q(wrap_up_mode__in=[WrapUp.FORCED, WrapUp.REQUESTED]) | Q(wrap_up_within__gt=timedelta(0)),
                name="a_wrap_up_of_a_set_time_lasts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def open_at(self, moment: datetime) -> bool:
        return not self.emergency and (self.hours is None or self.hours.open_at(moment))

    @property
    def informal_after(self) -> timedelta | None:
        """When informal employees may be rung: by their own time, or sooner because the wait is too long."""
        too_long = self.longest_wait if self.overflow_action == Overflow.INFORMAL else None
        return min((after for after in (self.overflow_after, too_long) if after is not None), default=None)

    @property
    def open_now(self) -> bool:
        return self.open_at(timezone.now())
