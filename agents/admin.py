"""People, teams and their ledger in the admin; agents are in interactions/admin, beside the queues they serve."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agents import reasons
from agents.models import Agent, AwayReason, Capacity, Lease, Person, StatusChange, Team
from contactcenter.admin import CentreAdmin, LookOnly

admin.site.unregister(Group)  # the role is the one truth about what a person may do


class PersonForm(UserChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = _(
                "Take the tick away instead of deleting: the history keeps the name."
            )

    def clean(self) -> dict[str, Any]:
        """Nobody locks themselves out: the last administrator would have to."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk == self.signed_in.pk:
            if cleaned.get("role", self.instance.role) != Person.Role.ADMINISTRATOR:
                raise ValidationError({"role": _("You cannot take your own administrator role away; a colleague can.")})
            if not cleaned.get("is_active", True):
                raise ValidationError({"is_active": _("You cannot deactivate your own account; a colleague can.")})
        return cleaned

    signed_in: Person


class AgentForm(forms.ModelForm):
    """Nothing is chosen beforehand: a form left as it stands makes nobody an agent."""

    engagement = forms.ChoiceField(
        label=_("Handles work as"), choices=[("", _("does not handle work")), *Agent.Engagement.choices]
    )


class AgentInline(admin.StackedInline):
    """Makes a person somebody who handles work."""

    model = Agent
    form = AgentForm
    extra = 1
    fields = ["engagement", "team"]
    can_delete = False
    autocomplete_fields = ["team"]
    verbose_name_plural = _("Handles work")
    show_change_link = True


@admin.register(Person)
class PersonAdmin(CentreAdmin, UserAdmin):
    form = PersonForm
    inlines = [AgentInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Who"), {"fields": ["name", "email", "role", "is_active"]}),
        (_("How they see things"), {"fields": ["time_zone", "language"]}),
        (_("Known since"), {"fields": ["date_joined", "last_login"], "classes": ["collapse"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "name", "email", "role", "usable_password", "password1", "password2"],
            },
        )
    ]
    readonly_fields = ["date_joined", "last_login"]
    filter_horizontal = []
    list_display = ["name", "username", "role", "engagement", "team", "is_active", "last_login"]
    list_filter = ["role", "is_active", "agent__engagement", "agent__team"]
    list_select_related = ["agent__team"]
    search_fields = ["username", "name", "email"]
    ordering = ["name"]

    @admin.display(description=_("handles work as"), ordering="agent__engagement")
    def engagement(self, person: Person) -> str:
        return person.agent.get_engagement_display() if hasattr(person, "agent") else "–"

    @admin.display(description=_("team"), ordering="agent__team__name")
    def team(self, person: Person) -> str:
        return str(person.agent.team or "–") if hasattr(person, "agent") else "–"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.signed_in = request.user
        return form

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person who was never anything but a typing error may go; anybody else is deactivated."""
        return obj is not None and obj != request.user and not hasattr(obj, "agent") and obj.last_login is None

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for agent in formset.new_objects:
            Capacity.objects.give_usual(agent)
        if formset.new_objects or formset.changed_objects:
            form.instance.reconnect_screens()


@admin.register(Team)
class TeamAdmin(CentreAdmin):
    list_display = ["name", "led_by", "people"]
    search_fields = ["name"]
    autocomplete_fields = ["supervisors"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("supervisors", "agents__person")

    @admin.display(description=_("led by"))
    def led_by(self, team: Team) -> str:
        return ", ".join(person.name for person in team.supervisors.all()) or "–"

    @admin.display(description=_("people"))
    def people(self, team: Team) -> str:
        return ", ".join(agent.name for agent in team.agents.all()) or "–"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.supervisors.all())
        super().save_related(request, form, formsets, change)
        for person in before ^ set(form.cleaned_data.get("supervisors", before)):
            person.reconnect_screens()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        affected = [*obj.supervisors.all(), *(agent.person for agent in obj.agents.select_related("person"))]
        super().delete_model(request, obj)
        for person in affected:
            person.reconnect_screens()


@admin.register(AwayReason)
class AwayReasonAdmin(CentreAdmin):
    list_display = ["name", "active"]
    list_filter = ["active"]
    search_fields = ["name"]


@admin.register(StatusChange)
class StatusChangeAdmin(LookOnly, CentreAdmin):
    list_display = ["at", "agent", "status", "reason", "next_status", "withheld", "present", "by", "because"]
    list_filter = ["status", "withheld", "agent__team"]
    list_select_related = ["agent__person", "by"]
    search_fields = ["agent__person__name"]
    date_hierarchy = "at"
    ordering = ["-at"]
    show_full_result_count = False

    @admin.display(description=_("why"))
    def because(self, change: StatusChange) -> str:
        return reasons.shown(change.why)


@admin.register(Lease)
class LeaseAdmin(LookOnly, CentreAdmin):
    """Which desks are open right now."""

    list_display = ["agent", "device", "opened_at", "expires_at"]
    list_select_related = ["agent__person"]
    search_fields = ["agent__person__name"]
    fields = ["agent", "device", "opened_at", "expires_at"]
