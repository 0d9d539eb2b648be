"""The forms of the replay page: which day and which queues; and of each queue what may be different."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.models import Queue
from interactions.models.queue import Ordering, Strategy
from interactions.replay.changes import MORE, Unfit, change
from interactions.rules.shape import Rules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

A_DAY, AN_HOUR = 86_400, 3_600  # seconds
MOST_AGENTS = 100


class WhichForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")
    )
    queue = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Queues to change"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, queues: Sequence[Queue], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["queue"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(queue.pk, queue.name) for queue in queues]
        self.fields["day"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day >= timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is over."))
        return day

    @property
    def shown(self) -> date:
        """The day asked for; the one proposed, where that is none."""
        return self.cleaned_data["day"] if self.is_bound and self.is_valid() else self.initial["day"]

    @property
    def chosen(self) -> list[int]:
        return self.cleaned_data.get("queue", []) if self.is_bound and self.is_valid() else []


def seconds(label: "StrOrPromise", *, most: int = A_DAY, required: bool = False) -> forms.FloatField:
    return forms.FloatField(label=label, required=required, min_value=0, max_value=most, step_size=None)


class QueueForm(forms.Form):
    """One queue as it was that day; what is written over it is a change."""

    strategy = forms.ChoiceField(label=gettext_lazy("Which agent first"), choices=Strategy.choices)
    ordering = forms.ChoiceField(label=gettext_lazy("Order of the line"), choices=Ordering.choices)
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"), validators=[MinValueValidator(-1000), MaxValueValidator(1000)]
    )
    more = forms.IntegerField(
        label=gettext_lazy("Agents more"), min_value=0, max_value=MOST_AGENTS, required=False, initial=0
    )
    overflow_after = seconds(gettext_lazy("Informal after (s)"))
    longest_wait = seconds(gettext_lazy("Waiting at most (s)"))
    wrap_up_within = seconds(gettext_lazy("Wrap-up lasts (s)"), most=AN_HOUR, required=True)

    def __init__(self, data: Any, *, name: str, rules: dict[str, Any], prefix: str) -> None:
        self.name, self.rules = name, rules
        usual = {field: rules[field] for field in self.base_fields if field in rules}
        super().__init__(data, prefix=prefix, initial=usual)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def changes(self) -> dict[str, Any]:
        """What is not as it was."""
        return {
            field: value for field, value in self.cleaned_data.items() if field != "more" and value != self.rules[field]
        }


def changes_of(queues: Sequence[QueueForm]) -> dict[str, Any]:
    """As `manage.py replay` takes them."""
    changes: dict[str, Any] = {"queues": {form.name: form.changes for form in queues if form.changes}}
    changes[MORE] = {form.name: more for form in queues if (more := form.cleaned_data.get("more"))}
    return {section: things for section, things in changes.items() if things}


def refuse(base: Rules, changes: dict[str, Any], queues: Sequence[QueueForm]) -> list[str]:
    """Each reason beside its field; those of no field on this page are returned."""
    try:
        change(base, changes)
    except Unfit as unfit:
        by_name = {form.name: form for form in queues}
        others = []
        for reason in unfit.reasons:
            form = by_name.get(reason.name)
            if form and reason.field in form.fields:
                form.add_error(reason.field, reason.text)
            else:
                others.append(str(reason))
        return others
    return []
