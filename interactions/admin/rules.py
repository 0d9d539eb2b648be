"""Every state the rules were in: who changed what, and the way back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from contactcenter.admin import CentreAdmin, LookOnly
from interactions.models import RulesVersion
from interactions.rules.change import Change, changes
from interactions.rules.snapshot import snapshot
from interactions.rules.versions import Refused, apply, changing, plan

MOST_ROWS = 500


@admin.register(RulesVersion)
class RulesVersionAdmin(LookOnly, CentreAdmin):
    list_display = ["number", "at", "by", "note", "restores"]
    list_display_links = ["number", "at"]
    list_select_related = ["by"]
    search_fields = ["note", "by__name"]
    date_hierarchy = "at"
    change_form_template = "admin/interactions/rulesversion/change_form.html"
    sortable_by = []

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("rules")

    @admin.display(description=gettext_lazy("version"))
    def number(self, version: RulesVersion) -> str:
        return str(version)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        newest = RulesVersion.objects.values_list("pk", flat=True).first()
        context |= shown(changes_of(obj)) | {"newest": obj.pk == newest}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(never_cache(self.roll_back))
        return [path("<int:pk>/roll-back/", view, name="interactions_rulesversion_roll_back"), *super().get_urls()]

    def roll_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows what would change, and does it when the button is pressed."""
        version = get_object_or_404(RulesVersion, pk=pk)
        if not self.admin_site.has_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            try:
                done = apply(version.rules, by=request.user, restores=version)  # type: ignore[arg-type]
            except Refused as refused:
                for reason in refused.reasons:
                    messages.error(request, str(reason))
                return redirect(request.path)
            self.log_change(request, version, _("Rolled back to version %s") % version)
            for gone in done.gone:
                messages.warning(request, _("Left out, since it is no longer there: %s.") % gone)
            text = _("The rules are as they were in version %s.") % version
            messages.success(request, text if done.changes else _("The rules were like that already."))
            return redirect("admin:interactions_rulesversion_changelist")
        context = self.admin_site.each_context(request) | {
            "title": _("Roll back to version %s") % version,
            "opts": self.opts,
            "version": version,
            "plan": (planned := plan(version.rules, snapshot())),
            "media": self.media,
            **shown(planned.changes),
        }
        return TemplateResponse(request, "admin/interactions/rulesversion/roll_back.html", context)


def shown(found: list[Change]) -> dict[str, Any]:
    """As many as a person would read."""
    return {"changes": found[:MOST_ROWS], "more": max(0, len(found) - MOST_ROWS)}


def changes_of(version: RulesVersion) -> list[Change]:
    """What this version changed of the one before it."""
    previous = RulesVersion.objects.filter(pk__lt=version.pk).first()
    return changes(previous.rules, version.rules) if previous else []


admin.site.changing = changing  # type: ignore[attr-defined]
