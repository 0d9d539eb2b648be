"""What belongs to a queue, one row each: the skills it asks, how it rings, who serves it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contactcenter.admin import in_seconds
from interactions.models import Membership, OfferRule, QueueSkill


class QueueSkillInline(admin.TabularInline):
    model = QueueSkill
    fields = ["skill", "level", "required"]
    autocomplete_fields = ["skill"]
    extra = 0
    verbose_name_plural = gettext_lazy("Skills it asks for; who lacks a required one is not offered its work")


class OfferRuleInline(admin.TabularInline):
    model = OfferRule
    formfield_overrides = in_seconds
    fields = ["channel", "rings_for", "rings_at", "accepts_after"]
    extra = 0
    verbose_name_plural = gettext_lazy(
        "Ringing by channel; without a line: voice 20 s, email 300 s, others 30 s, at one agent at a time"
    )


class MembershipFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if not hasattr(form, "cleaned_data") or not form.has_changed() or form.cleaned_data.get("DELETE"):
                continue
            if bool(form.cleaned_data.get("agent")) == bool(form.cleaned_data.get("team")):
                raise ValidationError(_("Each line names either an agent or a team."))


class MembershipInline(admin.TabularInline):
    model = Membership
    formset = MembershipFormSet
    fields = ["team", "agent", "rank"]
    autocomplete_fields = ["team", "agent"]
    extra = 0
    verbose_name_plural = gettext_lazy("Who serves it; a lower rank is rung first")
