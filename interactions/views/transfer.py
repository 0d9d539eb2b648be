"""Hand a conversation on: to a queue, or to a colleague for a short while before that queue."""

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agents.access import AgentRequest, agent_required
from agents.models import Agent, Capacity, Channel
from interactions.models import Interaction, Queue
from interactions.views.desk import after_move

SHOWN = 50


class TransferForm(forms.Form):
    to = forms.RegexField(r"^(queue|agent)-\d{1,18}$", error_messages={"required": _("Choose where it should go.")})
    note = forms.CharField(max_length=2000, required=False)


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def transfer(request: AgentRequest, pk: int) -> HttpResponse:
    interaction = get_object_or_404(request.agent.interactions.select_related("queue", "customer"), pk=pk)
    form = TransferForm(request.POST or None)
    if not form.is_valid():
        template = "desk/_transfer.html#places" if "places" in request.GET else "desk/_transfer.html"
        context = {"form": form, "interaction": interaction, **_places(request, interaction)}
        return render(request, template, context, status=422 if form.is_bound else 200)
    kind, _dash, target = form.cleaned_data["to"].partition("-")
    note = form.cleaned_data["note"]
    if kind == "queue":
        interaction.transfer_to(get_object_or_404(Queue, pk=target), by=request.agent, note=note)
    else:
        colleague = get_object_or_404(Agent.objects.active().exclude(pk=request.agent.pk), pk=target)
        interaction.transfer_to(interaction.queue, by=request.agent, agent=colleague, note=note)
    return after_move(request)


def _places(request: AgentRequest, interaction: Interaction) -> dict[str, object]:
    """Where it could go and who is there right now, free colleagues first."""
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:80]
    return {
        "queues": _queues().filter(name__icontains=wanted)[:SHOWN],
        "colleagues": _colleagues(request.agent, interaction.channel).filter(person__name__icontains=wanted)[:SHOWN],
        "q": wanted,
    }


def _queues() -> QuerySet[Queue]:
    serving = Q(memberships__queue=OuterRef("pk")) | Q(team__memberships__queue=OuterRef("pk"))
    ready = Agent.objects.ready().filter(serving).order_by().values("engagement").annotate(n=Count("pk", distinct=True))
    waiting = Interaction.objects.waiting().filter(queue=OuterRef("pk")).order_by().values("queue")
    return Queue.objects.annotate(
        available=Coalesce(Subquery(ready.filter(engagement="formal").values("n")), 0),
        waiting=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
    )


def _colleagues(agent: Agent, channel: str) -> QuerySet[Agent]:
    room = Capacity.objects.filter(agent=OuterRef("pk"), channel=channel, load__lt=F("maximum"))
    if channel == Channel.VOICE:
        room = room.filter(phone_passed=True)
    return (
        Agent.objects.active()
        .exclude(pk=agent.pk)
        .select_related("person", "team", "away_reason")
        .annotate(room=Exists(room), there=Exists(Agent.objects.ready().filter(pk=OuterRef("pk"))))
        .order_by("-there", "-room", "person__name")
    )
