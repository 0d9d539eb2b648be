from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.views.desk import after_move


@agent_required
@require_POST
def create(request: AgentRequest, pk: int) -> HttpResponse:
    """The conversation is over; the wrap-up begins."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    interaction.end(by=request.agent)
    return after_move(request, interaction)
