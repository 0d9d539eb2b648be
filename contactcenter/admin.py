"""Django's own admin as this house uses it: for administrators alone, in the product's look, careful with live rows.

django-unfold was not chosen: its Alpine needs `unsafe-eval`, which the content security policy forbids.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contactcenter.wakeup import wake_router

LOOKUPS = {"", "exact", "in", "isnull", "id__exact", "pk__exact", "id__in", "gte", "gt", "lte", "lt"}
LOOKUPS |= {"year", "month", "day", "year__exact", "month__exact", "day__exact"}

# What the front page shows, in this order: heading, models. What is not listed (groups, job queues) is not for here.
SECTIONS: list[tuple[Any, list[str]]] = [
    (_("People"), ["agents.Person", "agents.Agent", "agents.Team", "agents.Skill", "agents.AwayReason"]),
    (
        _("Where work comes in"),
        [
            "interactions.Queue",
            "interactions.EntryPoint",
            "interactions.Mailbox",
            "interactions.Number",
            "interactions.Hours",
        ],
    ),
    (
        _("What agents choose from"),
        [
            "interactions.Disposition",
            "interactions.CannedReply",
            "interactions.Signature",
            "interactions.WhatsAppTemplate",
        ],
    ),
    (
        _("To look at"),
        [
            "interactions.Interaction",
            "interactions.Customer",
            "interactions.RawMail",
            "interactions.Delivery",
            "interactions.RulesVersion",
            "agents.StatusChange",
            "agents.Lease",
            "admin.LogEntry",
        ],
    ),
]


class CentreSite(admin.AdminSite):
    site_title = site_header = _("Contact centre")
    index_title = _("Administration")
    # Filled in by the app that knows: what is configured so that it cannot work, and what is to be kept of a change.
    find_problems: Callable[[HttpRequest], Iterable[Any]] = staticmethod(lambda request: [])
    changing: Callable[[Any], AbstractContextManager[Any]] = staticmethod(lambda person: nullcontext())

    def has_permission(self, request: HttpRequest) -> bool:
        person: Any = request.user
        return person.is_authenticated and person.is_active and person.is_administrator

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door, where guesses are counted; whoever came through it and is no administrator stays out."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """As everywhere: by POST, and what the person has open closes."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        person: Any = request.user
        if person.is_authenticated:
            logout(request)
            person.reconnect_screens()
        return redirect("login")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {"problems": list(self.find_problems(request))} | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By subject rather than by app."""
        listed = {
            f"{app}.{model['object_name']}": model
            for app, entry in self._build_app_dict(request).items()
            for model in entry["models"]
        }
        sections = []
        for number, (name, labels) in enumerate(SECTIONS):
            models_ = [listed[label] for label in labels if label in listed and label.startswith(app_label or "")]
            if models_:
                sections.append({"name": name, "app_label": f"section-{number}", "app_url": "", "models": models_})
        return sections


LONGEST = 366 * 24 * 3600  # seconds; a longer span is a slip of the hand


class SecondsInput(forms.NumberInput):
    def __init__(self) -> None:
        super().__init__({"class": "vIntegerField"})

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<span class="seconds">{} {}</span>', super().render(*args, **kwargs), _("s"))


class SecondsField(forms.IntegerField):
    """A span of time, asked for as a number of seconds."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SecondsInput())
        kwargs |= {"min_value": 0, "max_value": LONGEST}
        for unknown in ("encoder", "decoder", "max_length"):
            kwargs.pop(unknown, None)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return int(value.total_seconds()) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> Any:
        seconds = super().clean(value)
        return None if seconds is None else timedelta(seconds=seconds)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


in_seconds: dict[type[models.Field], Any] = {models.DurationField: {"form_class": SecondsField}}


class CentreAdmin(admin.ModelAdmin):
    """What the admin pages here share: filters from an allow-list, only changed columns written, the router woken."""

    formfield_overrides = in_seconds
    list_per_page = 50
    save_on_top = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        with self._changing(request):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        with self._changing(request):
            return super().delete_view(request, object_id, extra_context)

    def _changing(self, request: HttpRequest) -> AbstractContextManager[Any]:
        site: Any = self.admin_site
        return site.changing(request.user) if request.method == "POST" else nullcontext()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the page offers as a filter: `?secret__startswith=` must be no oracle."""
        offered = [name for name in self.get_list_filter(request) if isinstance(name, str)]
        offered += [self.date_hierarchy] if self.date_hierarchy else []
        return any(lookup == name or lookup.removeprefix(f"{name}__") in LOOKUPS for name in [*offered, "id"])

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed here and nothing else: an agent's status may have moved since the page was opened."""
        if change:
            columns = {field.name for field in obj._meta.concrete_fields}
            if changed := [name for name in form.changed_data if name in columns]:
                obj.save(update_fields=changed)
        else:
            obj.save()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            gone.delete()
        for obj, changed in formset.changed_objects:
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=[name for name in changed if name in columns])
        for obj in formset.new_objects:
            obj.save()
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        wake_router()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        wake_router()


class LookOnly:
    """Nothing is added, changed or deleted here."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
