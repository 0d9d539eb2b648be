"""What a page needs to be the telephone of one call: an hour's leave for Twilio, a minute's for the call."""

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.adapters.twilio.tokens import access_token, configured
from interactions.adapters.twilio.twiml import leg_signer
from interactions.models import Call, CallLeg, PhoneGrant


@agent_required
@never_cache
@require_POST
def create(request: AgentRequest, peer: str) -> HttpResponse:
    """For the agent's own leg alone, or a supervisor's; it ends with the session it was asked from."""
    if not configured():
        raise Http404
    mine = CallLeg.objects.live().filter(Q(agent=request.agent) | Q(person=request.user))
    leg = get_object_or_404(mine, peer=peer, call__provider=Call.Provider.TWILIO)
    grant = PhoneGrant.objects.give(request.agent, request.session.session_key or "")
    return JsonResponse({"token": access_token(grant), "leg": leg_signer.sign(leg.peer)})
