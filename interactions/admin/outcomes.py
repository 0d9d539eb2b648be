"""Dispositions and canned replies."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contactcenter.admin import CentreAdmin
from interactions.models import CannedReply, Disposition

VARIABLES = {"customer_name", "agent_name", "queue_name"}


def check_variables(text: str, variables: set[str]) -> str:
    """An unknown variable would reach the customer as it stands."""
    written = set(re.findall(r"\$\{?([a-z_][a-z0-9_]*)", text, re.IGNORECASE))
    if unknown := sorted(written - variables):
        known = ", ".join(f"${name}" for name in sorted(variables))
        raise ValidationError(_("There is no $%(name)s. There are: %(known)s.") % {"name": unknown[0], "known": known})
    return text


class ForQueuesAdmin(CentreAdmin):
    autocomplete_fields = ["queues"]
    list_filter = ["active", "queues"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("queues")

    @admin.display(description=gettext_lazy("queues"))
    def where(self, obj: Any) -> str:
        return ", ".join(queue.name for queue in obj.queues.all()) or _("every queue")


@admin.register(Disposition)
class DispositionAdmin(ForQueuesAdmin):
    list_display = ["name", "where", "position", "active"]
    search_fields = ["name"]


class CannedReplyForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[("", gettext_lazy("Any")), *settings.LANGUAGES]
    )

    def clean_shortcut(self) -> str:
        return self.cleaned_data["shortcut"].lower()

    def clean_text(self) -> str:
        return check_variables(self.cleaned_data["text"], VARIABLES)


@admin.register(CannedReply)
class CannedReplyAdmin(ForQueuesAdmin):
    form = CannedReplyForm
    list_display = ["shortcut", "beginning", "language", "where", "active"]
    list_filter = ["active", "language", "queues"]
    search_fields = ["shortcut", "text"]

    @admin.display(description=gettext_lazy("text"))
    def beginning(self, reply: CannedReply) -> str:
        return Truncator(reply.text).chars(90)
