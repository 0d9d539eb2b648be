"""The telephone at the desk: what an agent presses while in a call. Each press is one verb on the agent's own leg."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import AgentRequest, agent_required
from agents.errors import StaleState
from agents.models import Agent
from interactions.calls import line, talk
from interactions.models import CallLeg
from interactions.views.panes import phones_of

SHOWN = 50


class ColleagueForm(forms.Form):
    to = forms.IntegerField(error_messages={"required": _("Choose whom to ask.")})


def _leg(request: AgentRequest, peer: str) -> CallLeg:
    """The agent's own, for as long as it lasts; anybody else's is not found."""
    mine = CallLeg.objects.select_related("call__interaction__queue", "agent__person", "person", "via")
    leg = get_object_or_404(mine, peer=peer, agent=request.agent)
    if leg.state == CallLeg.State.LEFT:
        raise StaleState(_("You are no longer in this call."))
    return leg


def _fellow(leg: CallLeg, peer: str) -> CallLeg:
    """Another in the same call; without a name, the customer."""
    others = leg.call.legs.live().select_related("call__interaction__queue", "agent__person", "person")
    which: dict[str, Any] = {"peer": peer} if peer else {"role": CallLeg.Role.CUSTOMER}
    if (fellow := others.filter(**which).first()) is None:
        raise StaleState(_("They are no longer in this call."))
    return fellow


def _shown(request: AgentRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("desk")
    context = {"agent": request.agent, "phones": phones_of(request.agent)}
    return render(request, "desk/_phone.html#reply", context)


@agent_required
@require_POST
def mute(request: AgentRequest, peer: str) -> HttpResponse:
    talk.mute(_leg(request, peer), request.POST.get("on") == "yes")
    return _shown(request)


@agent_required
@require_POST
def hold(request: AgentRequest, peer: str) -> HttpResponse:
    leg = _leg(request, peer)
    talk.hold(_fellow(leg, request.POST.get("whom", "")), request.POST.get("on") == "yes", by=leg)
    return _shown(request)


@agent_required
@require_POST
def keys(request: AgentRequest, peer: str) -> HttpResponse:
    talk.press(_leg(request, peer), request.POST.get("digits", ""))
    return HttpResponse(status=204)


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def consult(request: AgentRequest, peer: str) -> HttpResponse:
    """Choose a colleague, formal or informal, and ask them to the line while the customer hears music."""
    leg = _leg(request, peer)
    form = ColleagueForm(request.POST or None)
    if not form.is_valid():
        template = "desk/_consult.html#colleagues" if "colleagues" in request.GET else "desk/_consult.html"
        wanted = request.GET.get("q", "").replace("\0", "").strip()[:80]
        found = _colleagues(leg).filter(person__name__icontains=wanted)[:SHOWN]
        context = {"form": form, "leg": leg, "colleagues": found}
        return render(request, template, context, status=422 if form.is_bound else 200)
    talk.consult(leg, get_object_or_404(_colleagues(leg), pk=form.cleaned_data["to"]))
    response = _shown(request)
    response.content += b'<hx-partial hx-target="#dialogs" hx-swap="innerHTML"></hx-partial>' if request.htmx else b""
    return response


def _colleagues(leg: CallLeg) -> QuerySet[Agent]:
    """Who is at their desk comes first, then who is not in another call."""
    on_the_line = CallLeg.objects.live().filter(agent=OuterRef("pk"))
    ready = Agent.objects.ready().filter(pk=OuterRef("pk"))
    colleagues = Agent.objects.active().exclude(pk=leg.handler.pk).select_related("person", "team", "away_reason")
    return colleagues.annotate(there=Exists(ready), talks=Exists(on_the_line)).order_by(
        "-there", "talks", "person__name"
    )


@agent_required
@require_POST
def conference(request: AgentRequest, peer: str) -> HttpResponse:
    talk.merge(_leg(request, peer))
    return _shown(request)


@agent_required
@require_POST
def handover(request: AgentRequest, peer: str) -> HttpResponse:
    talk.hand_over(_leg(request, peer))
    return _shown(request)


@agent_required
@require_POST
def refusal(request: AgentRequest, peer: str) -> HttpResponse:
    """No time for a colleague, or no wish to talk with a customer one writes with."""
    leg = _leg(request, peer)
    if leg.call.interaction.agent_id == request.agent.pk:
        line.back_to_writing(leg.call, why="refused", by=request.user)
    else:
        talk.refuse(leg)
    return _shown(request)


@agent_required
@require_POST
def removal(request: AgentRequest, peer: str) -> HttpResponse:
    """Have a colleague who was asked, or joined, leave the line; the customer stays as they were."""
    leg = _leg(request, peer)
    whom = _fellow(leg, request.POST.get("whom", ""))
    if leg.consulted or whom.role != CallLeg.Role.AGENT or whom.pk == leg.pk:
        return HttpResponse(status=403)
    line.leave(whom, why="let go", by=request.user)
    return _shown(request)


@agent_required
@require_POST
def recording(request: AgentRequest, peer: str) -> HttpResponse:
    talk.pause_recording(_leg(request, peer), request.POST.get("paused") == "yes")
    return _shown(request)


@agent_required
@require_POST
def hang_up(request: AgentRequest, peer: str) -> HttpResponse:
    line.hang_up(_leg(request, peer))
    return _shown(request)
