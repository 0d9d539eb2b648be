"""Entry points: the chat on a site, with its look, its questions, and the secret the site signs with."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from interactions.admin.problems import ShowsProblems
from interactions.models import EntryPoint
from interactions.models.entry_point import PRECHAT_TYPES, new_secret


class LinesField(forms.CharField):
    """A list, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        for unknown in ("encoder", "decoder", "base_field", "max_length"):
            kwargs.pop(unknown, None)
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "cols": 60, "spellcheck": "false"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(self.written, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [self.read(line.strip()) for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True

    def written(self, item: Any) -> str:
        return str(item)

    def read(self, line: str) -> Any:
        return line


class QuestionsField(LinesField):
    """`name | Your name | text | required`"""

    def written(self, item: Any) -> str:
        needed = ["required"] if item.get("required") else []
        return " | ".join([item["name"], item["label"], item["type"], *needed])

    def read(self, line: str) -> Any:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) not in (3, 4) or not all(parts) or parts[3:] not in ([], ["required"]):
            raise ValidationError(
                _("“%s”: write name | label | type, and | required if it has to be filled in.") % line
            )
        name, label, kind = parts[:3]
        if not name.isidentifier():
            raise ValidationError(_("“%s”: a name has only letters, digits and _.") % name)
        if kind not in PRECHAT_TYPES:
            raise ValidationError(
                _("“%(line)s”: the type is one of %(types)s.") % {"line": line, "types": ", ".join(PRECHAT_TYPES)}
            )
        return {"name": name, "label": label, "type": kind, "required": len(parts) == 4}


class EntryPointForm(forms.ModelForm):
    prechat = QuestionsField(
        label=gettext_lazy("Questions before the chat"),
        required=False,
        help_text=gettext_lazy("One per line: name | label | type | required. Types: text, email, tel, textarea."),
    )
    allowed_origins = LinesField(
        label=gettext_lazy("Allowed origins"),
        required=False,
        help_text=gettext_lazy("Sites that may embed the chat, one per line, e.g. https://www.example.com"),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: all we have."),
    )

    class Meta:
        model = EntryPoint
        fields = [
            "name",
            "key",
            "channel",
            "queue",
            "active",
            "priority",
            "hours",
            "title",
            "greeting",
            "accent",
            "calls",
        ]
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}

    def clean_prechat(self) -> list[dict[str, Any]]:
        names = [question["name"] for question in self.cleaned_data["prechat"]]
        if len(names) != len(set(names)):
            raise ValidationError(_("Two questions have the same name."))
        return self.cleaned_data["prechat"]

    def clean_allowed_origins(self) -> list[str]:
        return [origin.lower().rstrip("/") for origin in self.cleaned_data["allowed_origins"]]


@admin.register(EntryPoint)
class EntryPointAdmin(ShowsProblems):
    form = EntryPointForm
    fieldsets = [
        (None, {"fields": ["name", "key", "channel", "queue", "active", "priority", "hours"]}),
        (gettext_lazy("Look"), {"fields": ["title", "greeting", "accent", "languages"]}),
        (gettext_lazy("Calls"), {"fields": ["calls"]}),
        (gettext_lazy("Before the chat"), {"fields": ["prechat"]}),
        (gettext_lazy("On your site"), {"fields": ["embed", "hosted", "allowed_origins", "signing"]}),
    ]
    readonly_fields = ["embed", "hosted", "signing"]
    autocomplete_fields = ["queue", "hours"]
    list_display = ["name", "key", "channel", "queue", "active", "hosted"]
    list_filter = ["channel", "active", "queue"]
    list_select_related = ["queue"]
    search_fields = ["name", "key"]
    actions = None

    class Media:
        js = ["js/copy-text.js"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The key is on the customers' sites already."""
        return ["key", *self.readonly_fields] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One with a history is deactivated instead."""
        return obj is not None and not obj.interactions.exists()

    @admin.display(description=gettext_lazy("embed it"))
    def embed(self, door: EntryPoint) -> str:
        if not door.pk:
            return _("After saving you find here what to put into your page.")
        snippet = f'<script src="{settings.PUBLIC_BASE_URL}/widget.js" data-entry="{door.key}" async></script>'
        return format_html(
            '<copy-text><code>{}</code><button class="button" type="button">{}</button></copy-text>', snippet, _("Copy")
        )

    @admin.display(description=gettext_lazy("hosted page"))
    def hosted(self, door: EntryPoint) -> str:
        return format_html('<a href="/visit/{0}/" target="_blank">/visit/{0}/</a>', door.key) if door.pk else "–"

    @admin.display(description=gettext_lazy("secret"))
    def signing(self, door: EntryPoint) -> str:
        if not door.pk:
            return _("After saving you can make one here.")
        url = reverse("admin:interactions_entrypoint_secret", args=[door.pk])
        return format_html('•••••••••••• <a class="button" href="{}">{}</a>', url, _("Make a new one"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(never_cache(self.new_secret))
        return [path("<int:pk>/secret/", view, name="interactions_entrypoint_secret"), *super().get_urls()]

    def new_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shown once, in the answer to the press of the button; kept nowhere but in the database."""
        door = get_object_or_404(EntryPoint, pk=pk)
        secret = ""
        if request.method == "POST":
            secret = door.secret = new_secret()
            door.save(update_fields=["secret"])
            self.log_change(request, door, [{"changed": {"fields": [_("secret")]}}])
            messages.warning(request, _("The old secret no longer works."))
        context = self.admin_site.each_context(request) | {
            "title": _("New secret"),
            "subtitle": door.name,
            "opts": self.opts,
            "door": door,
            "secret": secret,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/interactions/entrypoint/secret.html", context)
