"""Queues: what they promise, what they ask of people, who serves them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.admin.problems import ShowsProblems
from interactions.admin.screens import reconnect_members
from interactions.models import EntryPoint, Membership, Queue, QueueSkill

LONGEST_WRAP_UP = timedelta(hours=1)


class QueueForm(forms.ModelForm):
    """Refuses, in plain words, what could not work."""

    def clean_answer_within(self) -> timedelta:
        return self._at_least_a_second("answer_within")

    def clean_excluded_for(self) -> timedelta:
        return self._at_least_a_second("excluded_for")

    def clean_return_after(self) -> timedelta:
        return self._at_least_a_second("return_after")

    def clean_abandoned_after(self) -> timedelta:
        return self._at_least_a_second("abandoned_after")

    def clean_wrap_up_within(self) -> timedelta:
        wrap_up = self.cleaned_data["wrap_up_within"]
        if wrap_up > LONGEST_WRAP_UP:
            raise ValidationError(_("A wrap-up of more than an hour keeps the agent from all other work."))
        return wrap_up

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("disposition_required") and cleaned.get("wrap_up_within") == timedelta(0):
            raise ValidationError(
                {
                    "wrap_up_within": _(
                        "A required disposition needs time to choose it: allow a wrap-up, or do not require it."
                    )
                }
            )
        return cleaned

    def _at_least_a_second(self, name: str) -> timedelta:
        if self.cleaned_data[name] < timedelta(seconds=1):
            raise ValidationError(_("At least one second."))
        return self.cleaned_data[name]


class QueueSkillInline(admin.TabularInline):
    model = QueueSkill
    autocomplete_fields = ["skill"]
    extra = 0
    verbose_name_plural = gettext_lazy("Skills it asks for; who lacks one is not offered its work")


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


@admin.register(Queue)
class QueueAdmin(ShowsProblems):
    form = QueueForm
    inlines = [QueueSkillInline, MembershipInline]
    fieldsets = [
        (None, {"fields": ["name", "priority", "hours"]}),
        (gettext_lazy("Service level"), {"fields": ["answer_share", "answer_within"]}),
        (
            gettext_lazy("Offers (times in seconds)"),
            {"fields": ["excluded_for", "miss_limit", "overflow_after"]},
        ),
        (gettext_lazy("After the conversation"), {"fields": ["wrap_up_within", "disposition_required"]}),
        (gettext_lazy("When somebody is gone"), {"fields": ["return_after", "abandoned_after"]}),
    ]
    autocomplete_fields = ["hours"]
    list_display = ["name", "open_now", "target", "asks_for", "served_by", "doors", "priority"]
    list_filter = ["hours"]
    search_fields = ["name"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        members = Membership.objects.select_related("agent__person", "team").order_by("rank", "pk")
        return (
            super()
            .get_queryset(request)
            .select_related("hours")
            .prefetch_related(
                "hours__periods",
                "hours__exceptions",
                "skills__skill",
                Prefetch("memberships", queryset=members),
                Prefetch("entry_points", queryset=EntryPoint.objects.filter(active=True)),
            )
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A queue with a history stays; take its entry points and members away instead."""
        return obj is not None and not obj.interactions.exists() and not obj.entry_points.exists()

    @admin.display(description=gettext_lazy("open now"), boolean=True)
    def open_now(self, queue: Queue) -> bool:
        return queue.open_now

    @admin.display(description=gettext_lazy("target"), ordering="answer_within")
    def target(self, queue: Queue) -> str:
        return _("%(share)d %% in %(seconds)d s") % {
            "share": queue.answer_share,
            "seconds": queue.answer_within.total_seconds(),
        }

    @admin.display(description=gettext_lazy("asks for"))
    def asks_for(self, queue: Queue) -> str:
        return _names(f"{asked.skill} {asked.level}" for asked in queue.skills.all())

    @admin.display(description=gettext_lazy("served by"))
    def served_by(self, queue: Queue) -> str:
        return _names(str(member.team or member.agent) for member in queue.memberships.all())

    @admin.display(description=gettext_lazy("entry points"))
    def doors(self, queue: Queue) -> str:
        return _names(door.name for door in queue.entry_points.all())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        touched: list[Membership] = []
        if formset.model is Membership:
            before = {m.pk: m for m in Membership.objects.filter(queue=form.instance)}
        super().save_formset(request, form, formset, change)
        if formset.model is Membership:
            changed = [membership for membership, _fields in formset.changed_objects]
            touched = [*formset.new_objects, *formset.deleted_objects, *changed]
            touched += [before[m.pk] for m in changed if m.pk in before]
        if touched:
            reconnect_members(touched)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "–"
