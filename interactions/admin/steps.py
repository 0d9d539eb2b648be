"""The steps by which a queue asks more people: one block each, with a choice per skill the queue asks."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contactcenter.admin import in_seconds
from interactions.models import Queue, QueueSkill, Step, StepSkill
from interactions.rules.check import step_refusals
from interactions.rules.shape import STEP
from interactions.rules.snapshot import fields_of


class StepForm(forms.ModelForm):
    """With a field per skill, named skill_7: from this step on at least so much of it, 0 no more, empty as before."""

    asked: list[QueueSkill] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            relaxed = dict(self.instance.skills.values_list("skill", "level"))
            self.initial.update({f"skill_{skill}": level for skill, level in relaxed.items()})

    def validate_constraints(self) -> None:
        """Whether a position is taken is looked at over all rows together: two may change places."""
        try:
            self.instance.validate_constraints(exclude={"position", *self.errors})
        except forms.ValidationError as error:
            self.add_error(None, " ".join(error.messages))

    @property
    def relaxed(self) -> dict[int, int]:
        """The levels that were chosen, by skill."""
        chosen = {asked.skill_id: self.cleaned_data.get(f"skill_{asked.skill_id}") for asked in self.asked}
        return {skill: level for skill, level in chosen.items() if level is not None}

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.skills.exclude(skill__in=self.relaxed).delete()
        for skill, level in self.relaxed.items():
            self.instance.skills.update_or_create(skill_id=skill, defaults={"level": level})


def choice_of_level(asked: QueueSkill) -> forms.Field:
    levels = [(level, _("at least %d") % level) for level in range(asked.level - 1, 0, -1)]
    return forms.TypedChoiceField(
        label=asked.skill.name,
        choices=[("", _("as before")), *levels, (0, _("not asked any more"))],
        coerce=int,
        empty_value=None,
        required=False,
    )


class StepFormSet(forms.BaseInlineFormSet):
    skills: Any = None  # the formset beside this one, of the skills the queue asks

    def clean(self) -> None:
        super().clean()
        forms_ = {
            str(form.instance.position): form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        }
        if self.skills is None or not self.skills.is_valid():
            return
        kept = [form.cleaned_data for form in self.skills.forms if form.cleaned_data]
        asked = {
            str(row["skill"]): {"level": row["level"], "required": row["required"]}
            for row in kept
            if not row.get("DELETE")
        }
        steps = {position: self._told(form) for position, form in forms_.items()}
        for position, field, text in step_refusals(self.instance.name, asked, steps):
            forms_[position].add_error(field if field in forms_[position].fields else None, text)

    def _told(self, form: Any) -> dict[str, Any]:
        """This step as the rules have it."""
        step: Step = form.instance
        names = {asked.skill_id: asked.skill.name for asked in form.asked}
        return fields_of(STEP, step) | {
            "add_queue": step.add_queue and step.add_queue.name,
            "add_team": step.add_team and step.add_team.name,
            "skills": {names[skill]: {"level": level} for skill, level in form.relaxed.items()},
        }


class StepInline(admin.StackedInline):
    model = Step
    fk_name = "queue"
    formset = StepFormSet
    formfield_overrides = in_seconds
    autocomplete_fields = ["add_queue", "add_team"]
    extra = 0
    verbose_name = gettext_lazy("step")
    verbose_name_plural = gettext_lazy("Steps: what it asks less, and whom it asks more, once work has waited")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        asked = asked_of(obj)
        choices = {f"skill_{skill.skill_id}": choice_of_level(skill) for skill in asked}
        form = type("StepForm", (StepForm,), {**choices, "asked": asked})
        return super().get_formset(request, obj, **{"form": form, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        conditions = ("when_wait_over", "when_level_under", "when_nobody")
        people = ("add_team", "add_queue", "informal")
        skills = tuple(f"skill_{skill.skill_id}" for skill in asked_of(obj))
        return [(None, {"fields": [("position", "after"), conditions, *([skills] if skills else []), people]})]


def asked_of(queue: Queue | None) -> list[QueueSkill]:
    """The skills a step can ask less of, and those one asks less of although the queue asks them no more."""
    if queue is None or not queue.pk:
        return []
    asked = list(queue.skills.filter(required=True).select_related("skill").order_by("skill__name"))
    known = {skill.skill_id for skill in asked}
    for left in StepSkill.objects.filter(step__queue=queue).exclude(skill__in=known).select_related("skill"):
        if left.skill_id not in known:
            known.add(left.skill_id)
            asked.append(QueueSkill(queue=queue, skill=left.skill, level=5))
    return asked
