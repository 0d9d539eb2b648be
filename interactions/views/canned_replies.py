from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from agents.access import AgentRequest, agent_required
from interactions.models import CannedReply

SHOWN = 12


@agent_required
@require_GET
def index(request: AgentRequest, pk: int) -> HttpResponse:
    """The replies that match what stands after the slash, with this conversation's names filled in."""
    interaction = get_object_or_404(request.agent.interactions.select_related("customer", "queue"), pk=pk)
    wanted = request.GET.get("text", "").replace("\0", "").removeprefix("/").strip()[:80]
    replies = CannedReply.objects.for_queue(interaction.queue).filter(
        Q(shortcut__istartswith=wanted) | Q(text__icontains=wanted)
    )
    names = {
        "customer_name": str(interaction.customer),
        "agent_name": request.user.get_short_name(),
        "queue_name": str(interaction.queue),
    }
    found = sorted(replies, key=lambda reply: not reply.shortcut.startswith(wanted.lower()))[:SHOWN]
    filled = [(reply, reply.filled_in(**names)) for reply in found]
    return render(request, "desk/_canned.html", {"replies": filled})
