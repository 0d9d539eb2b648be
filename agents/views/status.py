"""The status an agent chooses: available, away for a reason, offline; with work in hand it comes next."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from agents.models import Agent, AwayReason
from contactcenter.prepared import Prepared


@agent_required
@require_POST
def choose(request: AgentRequest) -> HttpResponse:
    """`status` is "available", "away", "away:<reason>", "offline", or "stay" to drop the next status."""
    chosen, _, reason_id = request.POST.get("status", "").partition(":")
    reason = get_object_or_404(AwayReason, pk=reason_id, active=True) if reason_id.isdecimal() else None
    if chosen == "stay":
        request.agent.cancel_next_status(by=request.user)
    elif chosen in Agent.Status.values:
        request.agent.choose_status(chosen, reason, by=request.user)
    else:
        return HttpResponseBadRequest()
    response = render(request, "desk/_status.html#reply", status_of(request.agent))
    response["HX-Trigger"] = "stale"
    return response


_reasons = Prepared(lambda: AwayReason.objects.filter(active=True))


def status_of(agent: Agent) -> dict[str, object]:
    """What the status menu shows."""
    return {"agent": agent, "reasons": _reasons.all(), "busy": agent.busy}
