"""Set a conversation aside until a moment, and take it up again."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import AgentRequest, agent_required
from interactions.views.desk import after_move

LONGEST = timedelta(days=90)
MORNING = 9


class ParkForm(forms.Form):
    until = forms.ChoiceField(
        choices=[
            ("15", _("15 minutes")),
            ("60", _("1 hour")),
            ("240", _("4 hours")),
            ("tomorrow", _("Tomorrow at 9")),
            ("then", _("Another moment")),
        ],
        initial="60",
    )
    then = forms.DateTimeField(required=False)
    why = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moment = self._moment(cleaned)
        if moment is None or not timezone.now() < moment <= timezone.now() + LONGEST:
            self.add_error("then", _("Choose a moment in the next 90 days."))
        return cleaned | {"moment": moment}

    def _moment(self, cleaned: dict[str, Any]) -> datetime | None:
        match cleaned.get("until"):
            case "then":
                return cleaned.get("then")
            case "tomorrow":
                morning = timezone.localtime() + timedelta(days=1)
                return morning.replace(hour=MORNING, minute=0, second=0, microsecond=0)
            case str(minutes):
                return timezone.now() + timedelta(minutes=int(minutes))
        return None


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def park(request: AgentRequest, pk: int) -> HttpResponse:
    interaction = get_object_or_404(request.agent.interactions.select_related("customer", "queue"), pk=pk)
    form = ParkForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "interaction": interaction}
        return render(request, "desk/_park.html", context, status=422 if form.is_bound else 200)
    interaction.park(form.cleaned_data["moment"], by=request.agent, why=form.cleaned_data["why"])
    return after_move(request, interaction)


@agent_required
@require_POST
def resume(request: AgentRequest, pk: int) -> HttpResponse:
    """Back to work on it: through the queue, and to this agent first."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    interaction.wake(why="taken up again", by=request.agent)
    return after_move(request, interaction)
