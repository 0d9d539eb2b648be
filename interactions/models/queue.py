"""Where work waits, what it asks of people, and who serves it."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Person, Skill, Team
from agents.models.skill import LEVELS
from interactions.models.hours import Hours

SHORTEST_OFFER = timedelta(seconds=5)
LONGEST_OFFER = timedelta(minutes=30)


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
        _("priority"), default=0, help_text=_("One point counts as one minute of waiting longer.")
    )
    answer_within = models.DurationField(
        _("answer within"), default=timedelta(seconds=20), help_text=_("Target of the service level.")
    )
    answer_share = models.PositiveSmallIntegerField(
        _("share to answer in time (%)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    offer_within = models.DurationField(
        _("an offer rings for"),
        default=timedelta(seconds=30),
        validators=[MinValueValidator(SHORTEST_OFFER), MaxValueValidator(LONGEST_OFFER)],
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
    wrap_up_within = models.DurationField(
        _("wrap-up"), default=timedelta(seconds=60), help_text=_("Ends by itself after this time; 0: no wrap-up.")
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
                condition=Q(offer_within__range=(SHORTEST_OFFER, LONGEST_OFFER)),
                name="an_offer_rings_5_s_to_30_min",
                violation_error_message=_("An offer has to ring for 5 seconds to 30 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(
                    answer_within__gt=timedelta(0), wrap_up_within__gte=timedelta(0), excluded_for__gt=timedelta(0)
                ),
                name="queue_durations_make_sense",
            ),
            models.CheckConstraint(condition=Q(answer_share__range=(1, 100)), name="answer_share_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return self.name

    def open_at(self, moment: datetime) -> bool:
        return self.hours is None or self.hours.open_at(moment)

    @property
    def open_now(self) -> bool:
        return self.open_at(timezone.now())


class QueueSkill(models.Model):
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="skills", verbose_name=_("queue"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("at least"), default=1, validators=LEVELS)

    class Meta:
        verbose_name = _("required skill")
        verbose_name_plural = _("required skills")
        constraints = [
            models.UniqueConstraint(fields=["queue", "skill"], name="one_level_per_queue_and_skill"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="queue_skill_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ≥ {self.level}"


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
