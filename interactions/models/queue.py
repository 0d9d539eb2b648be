"""Where work waits, what it asks of people, and who serves it."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Channel, Person, Skill, Team
from agents.models.skill import LEVELS
from interactions.models.hours import Hours

HEAVIEST = 1000  # points of priority, either way
WEIGHTS = [MinValueValidator(-HEAVIEST), MaxValueValidator(HEAVIEST)]
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
        served = Membership.objects.filter(Q(agent__in=agents) | Q(team__in=teams))
        return self.filter(pk__in=served.values("queue"))


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
                    answer_within__gt=timedelta(0), wrap_up_within__gte=timedelta(0), excluded_for__gt=timedelta(0)
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

    def offer_rule(self, channel: str) -> "OfferRule":
        """How this queue rings for work of that channel."""
        rule = self.offer_rules.filter(channel=channel).first()
        return rule or OfferRule(queue=self, channel=channel, rings_for=RINGS_FOR[Channel(channel)])

    @property
    def open_now(self) -> bool:
        return self.open_at(timezone.now())


class QueueSkill(models.Model):
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="skills", verbose_name=_("queue"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("at least"), default=1, validators=LEVELS)
    required = models.BooleanField(
        _("required"), default=True, help_text=_("If not, those who have it are asked first.")
    )

    class Meta:
        verbose_name = _("skill a queue asks")
        verbose_name_plural = _("skills a queue asks")
        constraints = [
            models.UniqueConstraint(fields=["queue", "skill"], name="one_level_per_queue_and_skill"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="queue_skill_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ≥ {self.level}"


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


class Membership(models.Model):
    """An agent, or everyone in a team, serves a queue; a lower rank is rung first."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="memberships", verbose_name=_("queue"))
    agent = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("agent")
    )
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("team")
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=1, validators=[MinValueValidator(1), MaxValueValidator(9)], help_text=_("1 is rung first.")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=False, team=None) | Q(agent=None, team__isnull=False),
                name="member_is_an_agent_or_a_team",
                violation_error_message=_("Choose an agent or a team, not both."),
            ),
            models.UniqueConstraint(fields=["queue", "agent"], name="agent_once_per_queue"),
            models.UniqueConstraint(fields=["queue", "team"], name="team_once_per_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.agent or self.team} ({self.rank})"
