"""The outbox, to look at: what waits and why, what failed, what came back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from contactcenter.admin import CentreAdmin, LookOnly
from interactions.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(LookOnly, CentreAdmin):
    list_display = ["said_at", "channel", "work", "state", "tries", "due_at", "sent_at", "because"]
    list_filter = ["state", "line__interaction__channel"]
    list_select_related = ["line__interaction"]
    search_fields = ["=provider_id", "=line__interaction__id"]
    ordering = ["-line"]
    show_full_result_count = False
    fields = [
        ("said_at", "channel", "work"),
        ("state", "tries"),
        ("due_at", "claimed_at", "about_to_send_at", "sent_at"),
        "because",
        ("reached", "refused"),
        "provider_id",
    ]
    readonly_fields = ["said_at", "channel", "work", "because"]

    @admin.display(description=gettext_lazy("written at"))
    def said_at(self, delivery: Delivery) -> Any:
        return delivery.line.at

    @admin.display(description=gettext_lazy("channel"))
    def channel(self, delivery: Delivery) -> str:
        return delivery.line.interaction.get_channel_display()

    @admin.display(description=gettext_lazy("interaction"))
    def work(self, delivery: Delivery) -> str:
        url = reverse("admin:interactions_interaction_change", args=[delivery.line.interaction_id])
        return format_html('<a href="{}">#{}</a>', url, delivery.line.interaction_id)

    @admin.display(description=gettext_lazy("what the server said"))
    def because(self, delivery: Delivery) -> str:
        return delivery.because

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("line__interaction")
