"""What was taken for spam: nobody's work until a supervisor says it is somebody's."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agents.access import PersonRequest, supervisor_required
from interactions.models import Interaction, Message
from interactions.models.states import State

SHOWN = 100


@supervisor_required
@never_cache
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """The latest first."""
    return _page(request)


@supervisor_required
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """It is none: in line, with its age."""
    get_object_or_404(_visible(request), pk=pk).no_spam(by=request.user)
    return _page(request, "#list") if request.htmx else redirect("spam")


def _visible(request: PersonRequest) -> QuerySet[Interaction]:
    return Interaction.objects.visible_to(request.user).filter(state=State.SPAM)


def _page(request: PersonRequest, part: str = "") -> HttpResponse:
    said = Message.objects.filter(interaction=OuterRef("pk"), kind=Message.Kind.INBOUND).order_by("seq")
    found = _visible(request).select_related("queue", "customer").annotate(words=Subquery(said.values("text")[:1]))
    work = list(found.order_by("-ended_at")[:SHOWN])
    return render(request, f"wallboard/spam.html{part}", {"work": work})
