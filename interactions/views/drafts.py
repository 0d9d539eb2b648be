from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.models import Draft


@agent_required
@require_POST
def keep(request: AgentRequest, pk: int) -> HttpResponse:
    """What is being written, saved at a pause."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    text = request.POST.get("text", "").replace("\0", "")[: settings.MESSAGE_MAX_CHARS]
    Draft.objects.keep(interaction, request.agent, text)
    return HttpResponse(status=204)
