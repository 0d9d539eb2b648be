"""Before calls are offered to an agent: what their page needs to try the phone, and what it found."""

from django import forms
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agents.access import AgentRequest, agent_required
from agents.models import PhoneCheck
from interactions.adapters.voice.ice import ice_servers


class CheckForm(forms.Form):
    troubles = forms.MultipleChoiceField(choices=PhoneCheck.Trouble, required=False)
    device = forms.CharField(max_length=120, required=False)
    microphone = forms.CharField(max_length=120, required=False)
    round_trip = forms.IntegerField(min_value=0, max_value=600_000, required=False)


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: AgentRequest) -> HttpResponse:
    """GET: the servers by which pages find each other. POST: the result, kept for whoever asks why no call comes."""
    if request.method == "GET":
        return JsonResponse({"ice": ice_servers(f"check-{request.agent.pk}")})
    form = CheckForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    PhoneCheck.objects.record(request.agent, **form.cleaned_data)
    return HttpResponse(status=204)
