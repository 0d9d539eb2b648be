"""Agents: how much they can do at once, what they know, which queues they serve."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agents.attention import Place, most_in_use
from agents.channels import FULL
from agents.models import Agent, AgentSkill, Capacity, Skill
from interactions.admin.problems import ShowsProblems
from interactions.models import Membership


class CapacityFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Nobody is left with more in hand than fits. Locked as the verbs do: the agent, then the capacities."""
        super().clean()
        if not self.instance.pk:
            return
        Agent.objects.select_for_update(no_key=True, of=("self",)).get(pk=self.instance.pk)
        now = {c.pk: c for c in Capacity.objects.select_for_update().filter(agent=self.instance).order_by("channel")}
        for form in self.initial_forms:
            if not (capacity := now.get(form.instance.pk)) or not capacity.load:
                continue
            maximum = 0 if form.cleaned_data.get("DELETE") else form.cleaned_data.get("maximum", capacity.load)
            if maximum < capacity.load or form.cleaned_data.get("channel", capacity.channel) != capacity.channel:
                text = ngettext(
                    "%(name)s has %(load)d in hand on %(channel)s right now: wait for its end or hand it on.",
                    "%(name)s has %(load)d in hand on %(channel)s right now: wait for their end or hand some on.",
                    capacity.load,
                )
                channel = capacity.get_channel_display()
                raise ValidationError(text % {"name": self.instance.name, "load": capacity.load, "channel": channel})
        kept = [form.instance for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        places = {
            c.channel: Place.of(c.channel, c.maximum, now[c.pk].load if c.pk in now else 0, c.units, c.interrupted_by)
            for c in kept
            if c.channel
        }
        if most_in_use(places) > FULL:
            text = _("With these units %(name)s would have more in hand right now than fits: wait for its end.")
            raise ValidationError(text % {"name": self.instance.name})


class CapacityInline(admin.TabularInline):
    model = Capacity
    formset = CapacityFormSet
    fields = ["channel", "maximum", "in_hand"]
    readonly_fields = ["in_hand"]
    extra = 0

    @admin.display(description=gettext_lazy("in hand now"))
    def in_hand(self, capacity: Capacity) -> str:
        return str(capacity.load) if capacity.pk else "–"


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
    fields = ["person", "engagement", "team", "standing"]
    readonly_fields = ["standing"]
    autocomplete_fields = ["person", "team"]
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
        return obj is not None and not obj.offers.exists() and not obj.segments.exists()

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
