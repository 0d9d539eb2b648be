"""The agent wraps up; a supervisor frees one whose wrap-up got stuck."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, PersonRequest, agent_required, supervisor_required
from agents.errors import StaleState
from agents.models import Agent
from interactions.models import Disposition, Interaction
from interactions.views import panes
from interactions.views.desk import after_move


class WrapUpForm(forms.Form):
    disposition = forms.ModelChoiceField(
        Disposition.objects.none(), required=False, error_messages={"required": _("Choose what came of it.")}
    )
    note = forms.CharField(max_length=4000, required=False)

    def __init__(self, interaction: Interaction, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        chosen: forms.ModelChoiceField = self.fields["disposition"]  # type: ignore[assignment]
        chosen.queryset = Disposition.objects.for_queue(interaction.queue)
        chosen.required = interaction.queue.disposition_required


@agent_required
@require_POST
def create(request: AgentRequest, pk: int) -> HttpResponse:
    """Say what came of it; the work is done."""
    interaction = get_object_or_404(request.agent.interactions.select_related("queue", "customer"), pk=pk)
    if interaction.state != interaction.State.WRAP_UP:  # the server's timer may have been quicker
        raise StaleState(_("This conversation has moved on."))
    form = WrapUpForm(interaction, request.POST)
    if not form.is_valid():
        context = panes.conversation(request.agent, interaction) | {"form": form}
        return render(request, "desk/_talk.html#wrap_up_reply", context, status=422)
    interaction.wrap_up(form.cleaned_data["disposition"], form.cleaned_data["note"], by=request.agent)
    return after_move(request)


@agent_required
@require_POST
def keep(request: AgentRequest, pk: int) -> HttpResponse:
    """What is chosen and noted so far, saved at a pause; what cannot be is left as it was."""
    interaction = get_object_or_404(request.agent.interactions.select_related("queue"), pk=pk)
    form = WrapUpForm(interaction, request.POST)
    form.full_clean()
    said = form.cleaned_data
    interaction.keep_wrap_up(said.get("disposition"), said.get("note", interaction.disposition_note), by=request.agent)
    return HttpResponse(status=204)


@agent_required
@require_POST
def ask(request: AgentRequest, pk: int) -> HttpResponse:
    """Time afterwards, please; or not after all (`wanted` is "yes" or "no")."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    interaction.ask_for_wrap_up(request.POST.get("wanted") == "yes", by=request.agent)
    return after_move(request, interaction)


@agent_required
@require_POST
def extend(request: AgentRequest, pk: int) -> HttpResponse:
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    interaction.extend_wrap_up(by=request.agent)
    return after_move(request, interaction)


@supervisor_required
@require_POST
def complete(request: PersonRequest, pk: int) -> HttpResponse:
    """Whatever this agent wraps up is done, so that their places are free."""
    agent = get_object_or_404(Agent.objects.visible_to(request.user), pk=pk)
    stuck = list(Interaction.objects.filter(agent=agent, state="wrap_up", holds_place=True).order_by("pk"))
    if not stuck:
        raise StaleState(_("Nothing is being wrapped up there any more."))
    for interaction in stuck:
        interaction.complete_wrap_up(by=request.user)
    return HttpResponse(status=204) if request.htmx else redirect("wallboard")
