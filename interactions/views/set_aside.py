"""What was taken out of the line: why, since when, and what a supervisor makes of it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agents import reasons
from agents.access import PersonRequest, supervisor_required
from interactions.models import Interaction
from interactions.models.states import State

SHOWN = 100


@dataclass(frozen=True)
class Row:
    interaction: Interaction
    why: str  # in the viewer's language; empty for what only the router can say
    first_words: str


@supervisor_required
@never_cache
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """The longest set aside first."""
    return _page(request)


@supervisor_required
@require_POST
def put_back(request: PersonRequest, pk: int) -> HttpResponse:
    """In line again, with its age."""
    get_object_or_404(_visible(request), pk=pk).put_back(by=request.user)
    return _after(request)


@supervisor_required
@require_POST
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """Nothing is left to be done."""
    get_object_or_404(_visible(request), pk=pk).close_set_aside(by=request.user)
    return _after(request)


def _visible(request: PersonRequest) -> QuerySet[Interaction]:
    return Interaction.objects.visible_to(request.user).filter(state=State.SET_ASIDE)


def _after(request: PersonRequest) -> HttpResponse:
    return _page(request, "#list") if request.htmx else redirect("set-aside")


def _page(request: PersonRequest, part: str = "") -> HttpResponse:
    # Fetched apart, not joined: a row without a queue is here because of that.
    found = _visible(request).prefetch_related("queue", "customer").order_by("ended_at", "pk")
    work = list(found[:SHOWN])
    heard = Interaction.objects.filter(pk__in=[one.pk for one in work], messages__kind="inbound").distinct("pk")
    first = dict(heard.order_by("pk", "messages__seq").values_list("pk", "messages__text"))
    rows = [Row(one, _known(one.set_aside_why), first.get(one.pk, "")) for one in work]
    total = found.count() if len(rows) == SHOWN else len(rows)
    return render(request, f"wallboard/set_aside.html{part}", {"rows": rows, "more": total - len(rows)})


def _known(why: str) -> str:
    return reasons.shown(why) if why in reasons.REASONS else ""
