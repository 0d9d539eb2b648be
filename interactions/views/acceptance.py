import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required


@agent_required
@require_POST
def create(request: AgentRequest, pk: int) -> HttpResponse:
    """Take what rings; the desk then opens the conversation by itself."""
    offer = get_object_or_404(request.agent.offers.select_related("interaction"), pk=pk)
    interaction = offer.accept()
    if not request.htmx:
        return redirect("conversation", interaction.pk)
    where = {"path": reverse("conversation", args=[interaction.pk]), "target": "#desk", "swap": "none"}
    return HttpResponse(headers={"HX-Location": json.dumps(where)})
