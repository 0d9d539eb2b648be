"""A supervisor in a call: listens to the agent, whispers to them, talks along. The customer's page never knows."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agents.access import PersonRequest, supervisor_required
from interactions.adapters.twilio.tokens import plain_signalling
from interactions.calls import line, talk
from interactions.models import Call, CallLeg, Interaction


class ListeningForm(forms.Form):
    mode = forms.ChoiceField(choices=[*CallLeg.Mode.choices, ("leave", "")])


@supervisor_required
@never_cache
@require_http_methods(["GET", "POST"])
def listen(request: PersonRequest, pk: int) -> HttpResponse:
    visible = Interaction.objects.visible_to(request.user)
    calls = Call.objects.select_related("interaction__customer", "interaction__agent__person")
    call = get_object_or_404(calls, pk=pk, interaction__in=visible)
    form = ListeningForm(request.POST or None)
    if form.is_valid():
        _take_part(call, request, form.cleaned_data["mode"])
    leg = call.legs.live().filter(person=request.user, role=CallLeg.Role.SUPERVISOR).first()
    context = {"call": call, "leg": leg, "modes": CallLeg.Mode.choices, "plain_signalling": plain_signalling()}
    if request.POST and not request.htmx:
        return redirect("listen", pk)
    template = "wallboard/listen.html#listening" if request.htmx and request.POST else "wallboard/listen.html"
    return render(request, template, context, status=422 if form.is_bound and not form.is_valid() else 200)


def _take_part(call: Call, request: PersonRequest, mode: str) -> None:
    if mode != "leave":
        talk.supervise(call, request.user, mode)
    elif leg := call.legs.live().filter(person=request.user, role=CallLeg.Role.SUPERVISOR).first():
        line.leave(leg, by=request.user)
