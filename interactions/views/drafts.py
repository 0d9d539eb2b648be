from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from agents.models import Channel
from interactions.models import Draft
from interactions.models.letter import MOST_CHARS
from interactions.views.letters import head_of, text_of, typed_at


@agent_required
@require_POST
def keep(request: AgentRequest, pk: int) -> HttpResponse:
    """What is being written, saved at a pause."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    longest = MOST_CHARS if interaction.channel == Channel.EMAIL else settings.MESSAGE_MAX_CHARS
    head = head_of(request.POST) if request.POST.get("head") == "own" else {}
    text = text_of(request.POST)[:longest]
    Draft.objects.keep(interaction, request.agent, text, typed_at=typed_at(request.POST), **head)
    return HttpResponse(status=204)
