"""Work, to look at: what happened is not edited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from contactcenter.admin import CentreAdmin, LookOnly
from interactions.models import Address, Customer, CustomerNote, Interaction

MOST_LINES = 1000


@admin.register(Interaction)
class InteractionAdmin(LookOnly, CentreAdmin):
    list_display = ["number", "customer", "channel", "queue", "agent", "state", "moment", "waiting", "rating"]
    list_filter = ["state", "channel", "queue", "rating", "customer"]
    list_select_related = ["customer", "queue", "agent__person"]
    search_fields = ["customer__name", "customer__addresses__value", "=id"]
    date_hierarchy = "arrived_at"
    ordering = ["-arrived_at"]
    show_full_result_count = False
    change_form_template = "admin/interactions/interaction/change_form.html"

    def get_list_filter(self, request: HttpRequest) -> Any:
        """By customer too when a link asks for one; a list of them all would be no filter."""
        offered = list(super().get_list_filter(request))
        if not any(name.startswith("customer__id") for name in request.GET):
            offered.remove("customer")
        return offered

    @admin.display(description=_("number"), ordering="id")
    def number(self, interaction: Interaction) -> str:
        return f"#{interaction.pk}"

    @admin.display(description=_("arrived"), ordering="arrived_at")
    def moment(self, interaction: Interaction) -> str:
        return date_format(timezone.localtime(interaction.arrived_at), "j M H:i")

    @admin.display(description=_("waited"))
    def waiting(self, interaction: Interaction) -> str:
        return str(interaction.waited).split(".")[0]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        related = ["customer", "queue", "agent__person", "entry_point", "disposition"]
        return (
            Interaction.objects.select_related(*related).filter(pk=object_id).first() if object_id.isdecimal() else None
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        done: Interaction = context["original"]
        context |= {"timeline": timeline(done), "segments": done.segments.select_related("agent__person", "queue")}
        return super().render_change_form(request, context, *args, **kwargs)


def timeline(interaction: Interaction) -> list[Any]:
    """Lines and events in the order they happened."""
    said = interaction.messages.select_related("agent__person").prefetch_related("attachments")
    happened = interaction.events.select_related("agent__person", "queue", "by")
    rows = [*said.order_by("seq")[:MOST_LINES], *happened.order_by("seq")[:MOST_LINES]]
    return sorted(rows, key=lambda row: row.seq)


class LookOnlyInline(LookOnly, admin.TabularInline):
    extra = 0
    can_delete = False


class AddressInline(LookOnlyInline):
    model = Address
    fields = ["kind", "value", "verified"]


class NoteInline(LookOnlyInline):
    model = CustomerNote
    fields = ["text", "agent", "at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("agent__person")


@admin.register(Customer)
class CustomerAdmin(LookOnly, CentreAdmin):
    """To look at, but for whom their work is offered to first."""

    list_display = ["__str__", "known_by", "external_id", "language", "owner", "created_at"]
    fields = [
        "name",
        "external_id",
        "language",
        ("owner", "owner_team"),
        "attributes",
        "created_at",
        "conversations",
    ]
    readonly_fields = ["name", "external_id", "language", "attributes", "created_at", "conversations"]
    autocomplete_fields = ["owner", "owner_team"]
    list_select_related = ["owner__person"]
    list_filter = ["language"]
    search_fields = ["name", "external_id", "addresses__value"]
    inlines = [AddressInline, NoteInline]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("addresses")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active

    @admin.display(description=_("addresses"))
    def known_by(self, customer: Customer) -> str:
        return ", ".join(address.value for address in customer.addresses.all()) or "–"

    @admin.display(description=_("interactions"))
    def conversations(self, customer: Customer) -> str:
        url = reverse("admin:interactions_interaction_changelist") + f"?customer__id__exact={customer.pk}"
        return format_html('<a href="{}">{}</a>', url, customer.interactions.count())


@admin.register(LogEntry)
class LogEntryAdmin(LookOnly, CentreAdmin):
    """Who changed what in the configuration."""

    list_display = ["action_time", "user", "content_type", "object_repr", "what"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__name"]
    date_hierarchy = "action_time"
    fields = ["action_time", "user", "content_type", "object_repr", "what"]

    @admin.display(description=_("what"))
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()
