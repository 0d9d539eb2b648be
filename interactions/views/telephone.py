"""The telephone network from the desk: to be the telephone of one call, and to call a customer."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, PersonRequest, agent_required, person_required
from interactions.adapters.twilio import dialling
from interactions.adapters.twilio.tokens import access_token, configured
from interactions.adapters.twilio.twiml import leg_signer
from interactions.models import Call, CallLeg, Interaction, PhoneGrant
from interactions.views.desk import after_move


@person_required
@never_cache
@require_POST
def create(request: PersonRequest, peer: str) -> HttpResponse:
    """For the agent's own leg alone, or a supervisor's; it ends with the session it was asked from."""
    if not configured():
        raise Http404
    mine = CallLeg.objects.live().filter(Q(agent__person=request.user) | Q(person=request.user))
    leg = get_object_or_404(mine, peer=peer, call__provider=Call.Provider.TWILIO)
    grant = PhoneGrant.objects.give(request.user, request.session.session_key or "")
    leave = {"token": access_token(grant), "leg": leg_signer.sign(leg.peer)}
    return JsonResponse(leave | {"host": settings.TWILIO_SIGNALLING_HOST})


@agent_required
@require_POST
def dial(request: AgentRequest, pk: int) -> HttpResponse:
    """Call the customer of the work one has in hand: one's own page first, then their telephone."""
    interaction = get_object_or_404(Interaction, pk=pk, agent=request.agent)
    try:
        dialling.dial(interaction, request.agent, request.POST.get("number", ""))
    except ValidationError as error:
        return render(request, "409.html#notice", {"notice": " ".join(error.messages)}, status=422)
    return after_move(request, interaction)
