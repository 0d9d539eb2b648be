from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.views import panes


@agent_required
@require_POST
def create(request: AgentRequest, pk: int) -> HttpResponse:
    """Not now: it goes back to the line and rings elsewhere first."""
    offer = get_object_or_404(request.agent.offers.select_related("interaction"), pk=pk)
    offer.decline(reason=request.POST.get("reason", "").replace("\0", ""))
    if not request.htmx:
        return redirect("desk")
    return render(request, "desk/_work.html#reply", {"agent": request.agent, "work": panes.work_of(request.agent)})
