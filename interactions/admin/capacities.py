"""How much an agent does at once: places per channel, what each takes of their attention, what may interrupt it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from agents.channels import INTERRUPTED_BY, UNITS
from agents.models import Capacity, Channel
from interactions.rules.check import interrupts_itself
from interactions.rules.in_hand import locked, reason_against


class InterruptedByField(forms.MultipleChoiceField):
    """Channels to tick; as is usual for the row's channel until somebody says otherwise."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or []) != set(data or [])


class CapacityForm(forms.ModelForm):
    interrupted_by = InterruptedByField(
        label=gettext_lazy("May be interrupted by"),
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["units"].widget.attrs["placeholder"] = UNITS[Channel(self.instance.channel)]
            self.initial["interrupted_by"] = usual_or(self.instance.channel, self.instance.interrupted_by)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ticked = cleaned.get("interrupted_by")
        if ticked is not None and (channel := cleaned.get("channel")):
            if channel in ticked:
                self.add_error("interrupted_by", interrupts_itself())
            elif set(ticked) == set(usual_or(channel, None)) or (not self.instance.pk and not ticked):
                cleaned["interrupted_by"] = None
        return cleaned


def usual_or(channel: str, said: list[str] | None) -> list[str]:
    return [str(by) for by in INTERRUPTED_BY.get(Channel(channel), [])] if said is None else said


class CapacityFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Nobody is left with more in hand than fits."""
        super().clean()
        if not self.instance.pk or any(self.errors):
            return
        held = locked([self.instance.pk])[self.instance.pk]
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if reason := reason_against(self.instance.name, held, {row["channel"]: row for row in rows}):
            raise ValidationError(reason)


class CapacityInline(admin.TabularInline):
    model = Capacity
    form = CapacityForm
    formset = CapacityFormSet
    fields = ["channel", "maximum", "units", "interrupted_by", "in_hand"]
    readonly_fields = ["in_hand"]
    extra = 0

    @admin.display(description=gettext_lazy("in hand now"))
    def in_hand(self, capacity: Capacity) -> str:
        return str(capacity.load) if capacity.pk else "–"
