"""Telephone numbers of ours, and what came to them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contactcenter.admin import CentreAdmin
from interactions.models import EntryPoint, MenuKey, Number, WhatsAppTemplate
from interactions.models.number import FIELDS

CHANNELS = {field: channel for channel, field in FIELDS.items()}


class MenuKeys(admin.TabularInline):
    model = MenuKey
    extra = 0


@admin.register(Number)
class NumberAdmin(CentreAdmin):
    fields = [
        ("number", "name", "active"),
        "texts",
        "whatsapp",
        "calls",
        ("language", "greeting"),
        ("recording_notice", "closed_text"),
        ("offers_call_back", "takes_voicemail"),
        "reopened_within",
        ("answers_keywords", "help_text"),
        ("segment_price", "currency"),
    ]
    list_display = ["number", "name", "texts", "whatsapp", "calls", "active"]
    list_filter = ["active"]
    list_select_related = ["texts", "whatsapp", "calls"]
    search_fields = ["number", "name"]
    inlines = [MenuKeys]
    actions = None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if channel := CHANNELS.get(db_field.name):
            kwargs["queryset"] = EntryPoint.objects.filter(channel=channel)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(WhatsAppTemplate)
class WhatsAppTemplateAdmin(CentreAdmin):
    fields = [("name", "content_sid", "active"), "body"]
    list_display = ["name", "content_sid", "active"]
    list_filter = ["active"]
    search_fields = ["name", "body"]
    actions = None
