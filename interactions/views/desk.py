"""The desk at /desk/, with or without a conversation open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from agents.access import AgentRequest, agent_required
from interactions.models import Interaction
from interactions.views import panes


@agent_required
@require_GET
@never_cache
def show(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """The whole page, or all panes for a desk that is already there; the browser asks the same URL for both."""
    return _panes(request, panes.find(request.agent, pk) if pk else None)


def after_move(request: AgentRequest, interaction: Interaction | None = None) -> HttpResponse:
    """What a verb answers with: the desk as it is now, this conversation open or, without one, the next."""
    found = panes.find(request.agent, interaction.pk) if interaction else panes.next_of(request.agent)
    if request.htmx:
        response = render(request, "desk/desk.html#moved", panes.screen(request.agent, found))
        response["HX-Replace-Url"] = reverse("conversation", args=[found.pk]) if found else reverse("desk")
        return response
    return redirect("conversation", found.pk) if found else redirect("desk")


def _panes(request: AgentRequest, interaction: Interaction | None) -> HttpResponse:
    template = "desk/desk.html#screen" if partial_wanted(request) else "desk/desk.html"
    return render(request, template, panes.screen(request.agent, interaction))


def partial_wanted(request: HttpRequest) -> bool:
    """htmx asks for a part; its Back button asks for the whole page."""
    return request.htmx.request_type == "partial"  # type: ignore[attr-defined]
