"""Agents: how much they can do at once, what they know, which queues they serve."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent, AgentSkill, Capacity, Skill
from interactions.admin.capacities import CapacityInline
from interactions.admin.problems import ShowsProblems
from interactions.models import Membership
from interactions.rules.check import backup_circle, circle_from


class AgentForm(forms.ModelForm):
    def clean_backup(self) -> Agent | None:
        """Whoever stands in for an agent is, in the end, somebody else."""
        backup: Agent | None = self.cleaned_data["backup"]
        if backup is not None and self.instance.pk:
            names = "person__username", "backup__person__username"
            leads_to = dict(Agent.objects.exclude(backup=None).values_list(*names))
            me = self.instance.person.username
            if circle := circle_from(me, {**leads_to, me: backup.person.username}):
                raise forms.ValidationError(backup_circle(circle))
        return backup


class AgentSkillInline(admin.TabularInline):
    model = AgentSkill
    autocomplete_fields = ["skill"]
    extra = 0


class AgentMembershipInline(admin.TabularInline):
    model = Membership
    fields = ["queue", "rank"]
    autocomplete_fields = ["queue"]
    extra = 0
    verbose_name_plural = gettext_lazy("Serves these queues, besides those of the team")


@admin.register(Agent)
class AgentAdmin(ShowsProblems):
    form = AgentForm
    fieldsets = [
        (None, {"fields": ["person", "engagement", "team", "standing"]}),
        (gettext_lazy("When they are not there"), {"fields": [("backup", "cool_down")]}),
    ]
    readonly_fields = ["standing"]
    autocomplete_fields = ["person", "team", "backup"]
    inlines = [CapacityInline, AgentSkillInline, AgentMembershipInline]
    list_display = ["name", "group", "standing", "at_once", "knows", "serves"]
    list_filter = ["engagement", "team", "status", "person__is_active"]
    list_select_related = ["person", "team", "away_reason"]
    search_fields = ["person__name", "person__username"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        skills = AgentSkill.objects.select_related("skill").order_by("skill__name")
        queues = Membership.objects.select_related("queue").order_by("queue__name")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                "capacities",
                Prefetch("skills", queryset=skills),
                Prefetch("memberships", queryset=queues),
                Prefetch("team__memberships", queryset=queues),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["person", *self.readonly_fields] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who ever had work stays for the history; the person is deactivated instead."""
        return obj is not None and not obj.segments.exists() and not obj.offers.exists()

    @admin.display(description=gettext_lazy("name"), ordering="person__name")
    def name(self, agent: Agent) -> str:
        return agent.name

    @admin.display(description=gettext_lazy("team"), ordering="team__name")
    def group(self, agent: Agent) -> str:
        return agent.get_engagement_display() if agent.informal else str(agent.team or "–")

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def standing(self, agent: Agent) -> str:
        return agent.shown_status if agent.person.is_active else _("Deactivated")

    @admin.display(description=gettext_lazy("at once"))
    def at_once(self, agent: Agent) -> str:
        able = [c for c in agent.capacities.all() if c.maximum]
        return ", ".join(f"{c.get_channel_display()} {c.load}/{c.maximum}" for c in able) or "–"

    @admin.display(description=gettext_lazy("knows"))
    def knows(self, agent: Agent) -> str:
        return ", ".join(f"{known.skill} {known.level}" for known in agent.skills.all()) or "–"

    @admin.display(description=gettext_lazy("serves"))
    def serves(self, agent: Agent) -> str:
        memberships = [*agent.memberships.all(), *(agent.team.memberships.all() if agent.team else [])]
        return ", ".join(sorted({membership.queue.name for membership in memberships})) or "–"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            Capacity.objects.give_usual(form.instance)
        form.instance.person.reconnect_screens()


class HolderInline(admin.TabularInline):
    model = AgentSkill
    autocomplete_fields = ["agent"]
    extra = 0
    verbose_name_plural = gettext_lazy("Who has it")


@admin.register(Skill)
class SkillAdmin(ShowsProblems):
    list_display = ["name", "held_by"]
    search_fields = ["name"]
    inlines = [HolderInline]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("holders__agent__person")

    @admin.display(description=gettext_lazy("who has it"))
    def held_by(self, skill: Skill) -> str:
        return ", ".join(f"{held.agent.name} {held.level}" for held in skill.holders.all()) or "–"
