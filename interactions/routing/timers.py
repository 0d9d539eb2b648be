"""What is due: rows with a moment, swept by the router. Each move is a verb in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import django_rq
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent, Lease
from interactions import outbox
from interactions.adapters.voice import recordings
from interactions.calls import line
from interactions.models.call import CallLeg
from interactions.models.hold import hold_and_resume
from interactions.models.interaction import Interaction, Segment
from interactions.models.message import Message
from interactions.models.offer import Exclusion, Offer
from interactions.models.recording import Recording
from interactions.routing import overdue

log = logging.getLogger(__name__)
AT_MOST = 500  # of each kind per sweep; the next one comes within a second


def sweep(between: Callable[[], object] = lambda: None) -> int:
    """Do everything that is due, and `between` two questions or moves something else; returns how many moves."""
    now = timezone.now()
    return (
        sum(
            _each(due, move, between)
            for due, move in (
                (_dead_desks(now), lambda agent: agent.close_lease()),
                (_gone(now), lambda agent: agent.withhold(Agent.Withheld.DISCONNECTED, why="no desk open")),
                (_cooled(now), Agent.ask_again),
                (_ringing().due(now), Offer.time_out),
                (_ringing().accepting(now), lambda offer: offer.accept(by_itself=True)),
                (_off_the_line(now), line.give_up),
                (_left_alone(now), lambda interaction: interaction.return_to_queue(why="agent's desk is gone")),
                (_to_wake(now), lambda interaction: interaction.wake(why="it was time")),
                (_silent(now), Interaction.park_silent),
                (_wrapped_up(now), Interaction.time_up),
                (_deserted(now), lambda interaction: _desert(interaction, now)),
                (overdue.out_of_time(now), lambda interaction: interaction.set_aside(why="nobody took it in its time")),
                (overdue.unserved(now), lambda found: found.interaction.overflow(found.queue, found.rule)),
                (overdue.too_long(now), lambda found: found.interaction.overflow(found.queue, found.rule)),
                (overdue.untold(), lambda found: found.interaction.tell_emergency(found.queue.emergency_text)),
            )
        )
        + _each(recordings.due(now), _have_joined, between)
        + hold_and_resume()
        + overdue.note_full_lines(now)
        + outbox.sweep()
        + Exclusion.objects.filter(until__lte=now).delete()[0]
    )


def follow_agents(agents: Iterable[int] | None = None, between: Callable[[], object] = lambda: None) -> int:
    """What cannot wait for the sweep when agents (these, or any) come and go, before the line is served.

    Those who have left, gone away or lost their desk stop ringing, so that the customer is offered to others at once;
    those who are back take their own conversations back; those who are leaving are not kept by what they have parked.
    """
    now = timezone.now()
    ringing, returned, kept = _ringing().to_nobody_there(now), _to_take_back(now), _kept_by_the_leaving()
    if agents is not None:
        ringing, returned = ringing.filter(agent__in=agents), returned.filter(returned_from__in=agents)
        kept = kept.filter(agent__in=agents)
    returned = returned[:AT_MOST]
    return sum(
        _each(due, move, between)
        for due, move in (
            (ringing, lambda offer: offer.rescind(why="agent not ready any more")),
            (returned, lambda interaction: interaction.take_back(interaction.returned_from)),
            (kept[:AT_MOST], Interaction.let_go),
        )
    )


def _each(due: Iterable[Any], move: Callable[[Any], None], between: Callable[[], object] = lambda: None) -> int:
    """One bad row never stops the sweep; a lost race is no error."""
    moved = 0
    between()
    for row in due:
        try:
            move(row)
            moved += 1
        except StaleState:
            pass
        except Exception:
            log.exception("sweep failed", extra={"row": repr(row)})
        between()
    return moved


def _dead_desks(now: datetime) -> models.QuerySet[Agent]:
    """Desks that died silently, and those whose web process did."""
    dead = Agent.objects.filter(leases__expires_at__lte=now)
    return dead.select_related("person").distinct()[:AT_MOST]


def _gone(now: datetime) -> models.QuerySet[Agent]:
    """Shown as away once the desk has been gone for a while."""
    gone = Agent.objects.filter(status="available", withheld="", gone_since__lte=now - settings.AWAY_AFTER)
    return gone.select_related("person")[:AT_MOST]


def _ringing() -> Any:
    return Offer.objects.select_related("interaction", "agent__person").order_by("pk")


def _cooled(now: datetime) -> models.QuerySet[Agent]:
    return Agent.objects.filter(cooling_until__lte=now).select_related("person")[:AT_MOST]


def _left_alone(now: datetime) -> models.QuerySet[Interaction]:
    """A customer on the line is kept waiting so long only; a message left, for as long as its agent may come back."""
    on_the_line = Q(live=True, agent__gone_since__lte=now - F("queue__return_after"))
    for_good = Q(agent__person__is_active=False, agent__gone_since__isnull=False)
    left_alone = Interaction.objects.filter(on_the_line | for_good, state="active")
    return left_alone.select_related("agent__person", "queue")[:AT_MOST]


def _off_the_line(now: datetime) -> models.QuerySet[CallLeg]:
    """Of a call, those who were waited for and have not come."""
    legs = CallLeg.objects.overdue(now).select_related("call__interaction__queue", "agent__person", "person")
    return legs.order_by("back_by")[:AT_MOST]


def _have_joined(recording: Recording) -> None:
    recordings.claim(recording)
    django_rq.get_queue().enqueue("interactions.jobs.join_recording", recording.pk)


def _to_take_back(now: datetime) -> models.QuerySet[Interaction]:
    there = Lease.objects.live(now).filter(agent=OuterRef("returned_from"))
    returned = Interaction.objects.filter(
        Exists(there), state="queued", returned_from__isnull=False, returned_from__status="available"
    )
    return returned.select_related("returned_from__person", "queue")


def _kept_by_the_leaving() -> models.QuerySet[Interaction]:
    return Interaction.objects.filter(state="parked", holds_place=True).exclude(agent__next_status="")


def _silent(now: datetime) -> models.QuerySet[Interaction]:
    """Answered and not written to since for as long as the queue says; found among the work in hand."""
    last = Message.objects.filter(interaction=OuterRef("pk"), kind="outbound").order_by("-seq").values("at")[:1]
    silent_since = now - F("queue__inactive_after")
    quiet = Interaction.objects.filter(
        state="active",
        queue__inactive_after__isnull=False,
        unanswered_since=None,
        interrupted_since=None,
        replied_at__lte=silent_since,
    )
    legs = Segment.objects.filter(interaction=OuterRef("pk"), ended_at=None, started_at__lte=silent_since)
    return quiet.alias(said_at=Subquery(last)).filter(Exists(legs), said_at__lte=silent_since)[:AT_MOST]


def _to_wake(now: datetime) -> models.QuerySet[Interaction]:
    return Interaction.objects.filter(state="parked", parked_until__lte=now)[:AT_MOST]


def _wrapped_up(now: datetime) -> models.QuerySet[Interaction]:
    return Interaction.objects.filter(state="wrap_up", wrap_up_until__lte=now)[:AT_MOST]


def _deserted(now: datetime) -> models.QuerySet[Interaction]:
    """Once answered, work is never abandoned: an agent asked to have it back, or passed it on."""
    waiting = Interaction.objects.filter(state__in=["queued", "offered"], live=True, answered_at=None)
    waiting = waiting.filter(visitor__seen_at__lte=now - F("queue__abandoned_after"))
    return waiting.select_related("queue")[:AT_MOST]


def _desert(interaction: Interaction, now: datetime) -> None:
    unseen_since = now - interaction.queue.abandoned_after
    interaction.abandon(why="the customer's page is gone", unseen_since=unseen_since)
