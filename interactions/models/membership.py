"""What a queue asks of people, and who serves it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Skill, Team
from agents.models.skill import LEVELS
from interactions.models.queue import Queue


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
