"""Whom else a queue asks when work has waited: steps that only ever widen the pool."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Skill, Team
from interactions.models.queue import Queue


class Step(models.Model):
    """One widening of a queue's pool, in the order of `position`; who has reached a step has reached all before it.

    Work reaches it by the time since it entered the queue, or as soon as one of the conditions holds while it waits.
    Either way for good: `last_held_at` is the last moment the conditions held, and whatever was waiting then has the
    step, also after a missed offer. (Amazon Connect's routing steps and Genesys' bullseye rings expire by time alone.)
    """

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="steps", verbose_name=_("queue"))
    position = models.PositiveSmallIntegerField(_("step"), validators=[MinValueValidator(1), MaxValueValidator(9)])
    after = models.DurationField(_("after"), null=True, blank=True, help_text=_("Since it entered the queue."))
    when_wait_over = models.DurationField(_("or when the estimated wait is over"), null=True, blank=True)
    when_level_under = models.PositiveSmallIntegerField(
        _("or when the service level is under (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    when_nobody = models.BooleanField(
        _("or at once when nobody is there"), default=False, help_text=_("Nobody who could take it without this step.")
    )
    informal = models.BooleanField(_("ask the queue's informal employees"), default=False)
    add_queue = models.ForeignKey(
        Queue, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("ask who serves")
    )
    add_team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("ask the team")
    )
    last_held_at = models.DateTimeField(_("conditions last held at"), null=True, editable=False)

    class Meta:
        verbose_name = _("step of relaxation")
        verbose_name_plural = _("steps of relaxation")
        ordering = ["queue", "position"]
        constraints = [
            # Looked at when all is written: two steps may change places.
            models.UniqueConstraint(
                fields=["queue", "position"], name="one_step_per_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(after__isnull=False)
                | Q(when_wait_over__isnull=False)
                | Q(when_level_under__isnull=False)
                | Q(when_nobody=True),
                name="a_step_is_reached_somehow",
                violation_error_message=_("Say when the step is reached."),
            ),
            models.CheckConstraint(
                condition=Q(after=None) | Q(after__gte=timedelta(0)), name="a_step_is_reached_after_arrival"
            ),
            models.CheckConstraint(
                condition=Q(add_queue=None) | ~Q(add_queue=F("queue")),
                name="a_step_adds_another_queue",
                violation_error_message=_("The queue asks its own people already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.position}"


class StepSkill(models.Model):
    """From this step on the queue asks less of a skill."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="skills", verbose_name=_("step"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(
        _("at least"), default=0, validators=[MaxValueValidator(5)], help_text=_("0: not asked any more.")
    )

    class Meta:
        verbose_name = _("relaxed skill")
        verbose_name_plural = _("relaxed skills")
        constraints = [
            models.UniqueConstraint(fields=["step", "skill"], name="one_level_per_step_and_skill"),
            models.CheckConstraint(condition=Q(level__range=(0, 5)), name="step_skill_level_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ≥ {self.level}"
