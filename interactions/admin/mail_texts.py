"""Signatures below the mail that agents write."""

from django import forms
from django.contrib import admin

from contactcenter.admin import CentreAdmin
from interactions.admin.outcomes import check_variables
from interactions.models import Signature

VARIABLES = {"agent_name", "queue_name"}


class SignatureForm(forms.ModelForm):
    def clean_text(self) -> str:
        return check_variables(self.cleaned_data["text"], VARIABLES)


@admin.register(Signature)
class SignatureAdmin(CentreAdmin):
    form = SignatureForm
    list_display = ["__str__", "queue", "language"]
    list_filter = ["queue", "language"]
    list_select_related = ["queue"]
    search_fields = ["text"]
    autocomplete_fields = ["queue"]
