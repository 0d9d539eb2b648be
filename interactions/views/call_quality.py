"""What an agent's page measures of its line, told now and then."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.calls.news import LEVELS, measured
from interactions.models import CallLeg


class QualityForm(forms.Form):
    level = forms.ChoiceField(choices=LEVELS.items())
    rtt = forms.FloatField(min_value=0, max_value=600_000)
    jitter = forms.FloatField(min_value=0, max_value=600_000)
    loss = forms.FloatField(min_value=0, max_value=100)


@agent_required
@require_POST
def create(request: AgentRequest, peer: str) -> HttpResponse:
    """A page may not know yet that its call is over; what it tells then is nobody's to keep."""
    leg = get_object_or_404(CallLeg.objects.select_related("call"), peer=peer, agent=request.agent)
    form = QualityForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    if leg.state != CallLeg.State.LEFT:
        measured(leg, **form.cleaned_data)
    return HttpResponse(status=204)
