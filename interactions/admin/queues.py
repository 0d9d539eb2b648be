"""Queues: what they promise, what they ask of people, who serves them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.admin.problems import ShowsProblems
from interactions.admin.queue_form import QueueForm
from interactions.admin.queue_inlines import MembershipInline, OfferRuleInline, QueueSkillInline
from interactions.admin.steps import StepFormSet, StepInline
from interactions.models import EntryPoint, Membership, Queue, QueueSkill
from interactions.rules.screens import reconnect_members


@admin.register(Queue)
class QueueAdmin(ShowsProblems):
    form = QueueForm
    inlines = [QueueSkillInline, MembershipInline, StepInline, OfferRuleInline]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (gettext_lazy("Hours and emergency"), {"fields": ["hours", ("emergency", "emergency_text")]}),
        (gettext_lazy("Service level"), {"fields": [("answer_share", "answer_within", "reply_within")]}),
        (
            gettext_lazy("Order of the line"),
            {"fields": [("ordering", "transfer_place"), ("priority", "point_counts")]},
        ),
        (
            gettext_lazy("Which agent first"),
            {"fields": [("strategy", "overflow_after"), ("prefer_last_agent", "prefer_within")]},
        ),
        (gettext_lazy("Offers"), {"fields": [("excluded_for", "miss_limit")]}),
        (
            gettext_lazy("Limits and overflow"),
            {
                "fields": [
                    ("longest_line", "longest_wait"),
                    ("overflow_action", "overflow_to"),
                    ("no_agent_action", "time_to_live"),
                ]
            },
        ),
        (gettext_lazy("Calls"), {"fields": ["recordings_kept"]}),
        (
            gettext_lazy("Wrap-up"),
            {
                "fields": [
                    ("wrap_up_mode", "wrap_up_within"),
                    ("wrap_up_extensions", "wrap_up_extend_by"),
                    "disposition_required",
                ]
            },
        ),
        (
            gettext_lazy("When somebody is gone"),
            {"fields": [("return_after", "abandoned_after"), ("inactive_after", "parked_counts")]},
        ),
    ]
    autocomplete_fields = ["hours", "overflow_to"]
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

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """The steps are looked at beside the skills as this very form asks them."""
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        skills = next(formset for formset in formsets if formset.model is QueueSkill)
        for formset in formsets:
            if isinstance(formset, StepFormSet):
                formset.skills = skills
        return formsets, inlines

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
