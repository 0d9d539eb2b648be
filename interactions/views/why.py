"""Why work waits and why nothing is offered to somebody, for supervisors: opened from the wallboard, or by address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents.access import PersonRequest, supervisor_required
from agents.channels import FULL, Channel
from agents.models import Agent
from interactions.calls.news import in_words
from interactions.models import Call, CallEvent, Interaction, Queue
from interactions.routing.explain import Candidate, why_waiting
from interactions.routing.explain_agent import LineOfAgent, why_nothing
from interactions.routing.obstacles import Obstacle
from interactions.routing.words import Words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 50  # of each list
CHECKS_SHOWN = 3  # of the phone, the latest first


@dataclass(frozen=True)
class Said:
    text: str
    at: datetime | None = None  # until when, or when


@dataclass(frozen=True)
class Somebody:
    agent: Agent
    kept_by: list[Said]  # none: they get it next
    from_when: datetime | None


@dataclass(frozen=True)
class Ahead:
    """What goes first in another line."""

    queue: str
    channel: "StrOrPromise"
    count: int


@dataclass(frozen=True)
class LineShown:
    line: LineOfAgent
    queue: str
    channel: "StrOrPromise"
    kept_by: list[Said]


@supervisor_required
@never_cache
@require_safe
def line(request: PersonRequest, pk: int) -> HttpResponse:
    """Who waits in this queue, in the order in which they are served on each channel."""
    queue = get_object_or_404(Queue.objects.visible_to(request.user), pk=pk)
    found = Interaction.objects.waiting().in_queue(queue).next_first()
    work = list(found.select_related("customer")[: SHOWN + 1])
    more = found.count() - SHOWN if len(work) > SHOWN else 0
    return _show(request, "line", {"queue": queue, "waiting": work[:SHOWN], "more": more})


@supervisor_required
@never_cache
@require_safe
def work(request: PersonRequest, pk: int) -> HttpResponse:
    """One piece of work: its place, who could take it, what changes when. Agents of other teams are counted only."""
    fields = ("queue__hours", "customer", "visitor", "agent__person")
    interaction = get_object_or_404(
        Interaction.objects.visible_to(request.user).select_related(*fields),
        pk=pk,
    )
    why = why_waiting(interaction)
    if why is None:
        return _show(request, "over", {"work": interaction, "rings_at": _rings_at(interaction)})
    seen = set(Agent.objects.visible_to(request.user).values_list("pk", flat=True))
    words = Words.read(seen & {candidate.agent.pk for candidate in why.candidates})
    mine = [_somebody(each, words) for each in why.candidates if each.agent.pk in seen]
    context = {
        "work": interaction,
        "why": why,
        "next": [agent for agent in why.next if agent.pk in seen],
        "ahead": [
            Ahead(words.queues[queue], Channel(channel).label, count)
            for (queue, channel), count in why.elsewhere.items()
        ],
        "candidates": mine[:SHOWN],
        "more": len(mine[SHOWN:]),
        "others": len(why.candidates) - len(mine),
        "soonest": min((each.from_when for each in mine if each.from_when), default=None),
        "changes": [Said(words.of_change(change), change.at) for change in why.changes],
    }
    return _show(request, "work", context)


@supervisor_required
@never_cache
@require_safe
def agent(request: PersonRequest, pk: int) -> HttpResponse:
    """One agent: how they stand, what room they have, and what keeps the work of each of their lines from them."""
    found = get_object_or_404(Agent.objects.visible_to(request.user), pk=pk)
    why = why_nothing(found.pk)
    words = Words.read([pk])
    lines = [
        LineShown(each, words.queues[each.queue], Channel(each.channel).label, _said(each.obstacles, words))
        for each in why.lines
    ]
    call = Call.objects.filter(legs__in=found.call_legs.live(), state__in=["talking", "held"]).first()
    quality = call and call.events.filter(what=CallEvent.What.QUALITY, leg__agent=found).last()
    context = {
        "why": why,
        "full": FULL,
        "standing": words.of(why.standing) if why.standing else "",
        "no_room": _said((full for full in why.room.values() if full), words),
        "lines": lines[:SHOWN],
        "waiting": sum(each.waiting for each in why.lines),
        "call": call,
        "measured": in_words(quality) if quality else "",
        "checks": list(found.phone_checks.order_by("-pk")[:CHECKS_SHOWN]),
    }
    return _show(request, "agent", context)


def _somebody(candidate: Candidate, words: Words) -> Somebody:
    return Somebody(candidate.agent, _said(candidate.obstacles, words), candidate.from_when)


def _said(obstacles: Iterable[Obstacle], words: Words) -> list[Said]:
    return [Said(words.of(obstacle), obstacle.until) for obstacle in obstacles]


def _rings_at(interaction: Interaction) -> list[str]:
    offers = interaction.offers.pending().select_related("agent__person")
    return [offer.agent.name for offer in offers]


def _show(request: PersonRequest, what: str, context: dict[str, Any]) -> HttpResponse:
    """A page of its own; for the wallboard a dialog, or what is in it anew."""
    context |= {"fragment": f"wallboard/_why_{what}.html", "again": "again" in request.GET}
    if not (request.htmx and request.htmx.request_type == "partial"):
        return render(request, "wallboard/why.html", context)
    in_dialog = (request.htmx.target or "").endswith("#why")
    return render(request, context["fragment"] if in_dialog else "wallboard/_why_dialog.html", context)
