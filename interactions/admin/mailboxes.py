"""Mailboxes, whose secrets are asked for and never shown, and the mail that came in by them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents import reasons
from agents.models import Channel
from contactcenter.admin import CentreAdmin, LookOnly
from contactcenter.sealed import seal
from interactions.models import Acknowledgement, EntryPoint, Mailbox, RawMail
from interactions.views.mail import as_download

SECRETS = {
    "password": "imap_password",
    "client_secret": "oauth_client_secret",
    "refresh_token": "oauth_refresh_token",
}


class SecretField(forms.CharField):
    """Left empty it stays as it is; what it is no page shows."""

    def __init__(self, label: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)
        super().__init__(label=label, required=False, widget=widget, help_text=gettext_lazy("Empty: as it is."))


class MailboxForm(forms.ModelForm):
    password = SecretField(gettext_lazy("password"))
    client_secret = SecretField(gettext_lazy("client secret"))
    refresh_token = SecretField(gettext_lazy("refresh token"))

    class Meta:
        model = Mailbox
        fields = [
            "address",
            "sender_name",
            "entry_point",
            "door",
            "active",
            "reopened_within",
            "authserv_id",
            "imap_host",
            "imap_port",
        ]
        fields += [
            "imap_security",
            "imap_user",
            "imap_folder",
            "imap_done_folder",
            "oauth_token_url",
            "oauth_client_id",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "entry_point" in self.fields:
            self.fields["entry_point"].queryset = EntryPoint.objects.filter(channel=Channel.EMAIL)  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Any:
        for name, column in SECRETS.items():
            if given := self.cleaned_data.get(name):
                setattr(self.instance, column, seal(given))
                self.changed_data.append(column)
        return super().save(commit)


class AcknowledgementInline(admin.StackedInline):
    """What whoever writes anew is told, once a day at most; none: nothing."""

    model = Acknowledgement
    extra = 0


@admin.register(Mailbox)
class MailboxAdmin(CentreAdmin):
    form = MailboxForm
    inlines = [AcknowledgementInline]
    fieldsets = [
        (
            None,
            {"fields": ["address", "sender_name", "entry_point", "door", "active", "reopened_within", "authserv_id"]},
        ),
        (
            gettext_lazy("Fetched from"),
            {
                "fields": [
                    ("imap_host", "imap_port", "imap_security"),
                    ("imap_user", "password"),
                    ("imap_folder", "imap_done_folder"),
                ]
            },
        ),
        (
            gettext_lazy("With OAuth2 in place of a password"),
            {"fields": ["oauth_token_url", ("oauth_client_id", "client_secret"), "refresh_token"]},
        ),
        (gettext_lazy("How it goes"), {"fields": ["looked_at", "trouble"]}),
    ]
    readonly_fields = ["looked_at", "trouble"]
    list_display = ["address", "entry_point", "door", "active", "looked_at", "trouble"]
    list_filter = ["door", "active"]
    list_select_related = ["entry_point"]
    search_fields = ["address"]
    actions = None


@admin.register(RawMail)
class RawMailAdmin(LookOnly, CentreAdmin):
    """Every mail that came in, what became of it, and its source to be saved."""

    list_display = ["received_at", "entry_point", "sender", "subject", "action", "because", "work", "tries"]
    list_filter = ["state", "action", "door", "entry_point"]
    list_select_related = ["entry_point"]
    search_fields = ["sender", "subject", "=id"]
    date_hierarchy = "received_at"
    ordering = ["-received_at"]
    show_full_result_count = False
    fields = [
        ("received_at", "door", "entry_point"),
        ("sender", "subject"),
        ("envelope_from", "envelope_to"),
        ("state", "action", "because", "tries"),
        ("work", "source"),
        "sha256",
    ]
    readonly_fields = ["because", "work", "source"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("raw")

    @admin.display(description=gettext_lazy("why"))
    def because(self, mail: RawMail) -> str:
        return reasons.shown(mail.why)

    @admin.display(description=gettext_lazy("interaction"))
    def work(self, mail: RawMail) -> str:
        if not mail.interaction_id:
            return "–"
        url = reverse("admin:interactions_interaction_change", args=[mail.interaction_id])
        return format_html('<a href="{}">#{}</a>', url, mail.interaction_id)

    @admin.display(description=gettext_lazy("source"))
    def source(self, mail: RawMail) -> str:
        url = reverse("admin:interactions_rawmail_source", args=[mail.pk])
        return format_html('<a href="{}" download>{}</a>', url, _("Download the source"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/source/", view, name="interactions_rawmail_source"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        return as_download(get_object_or_404(RawMail, pk=pk))
