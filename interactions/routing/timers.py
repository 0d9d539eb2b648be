"""What is due: rows with a moment, swept by the router. Each move is a verb in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import django_rq
from django.conf import settings
from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent, Lease
from contactcenter.prepared import Prepared
from contactcenter.sql import array, within
from interactions import outbox
from interactions.adapters.voice import recordings
from interactions.calls import line
from interactions.models.call import CallLeg
from interactions.models.hold import hold_and_resume
from interactions.models.interaction import Interaction, Segment
from interactions.models.message import Message
from interactions.models.offer import Exclusion, Offer, OfferQuerySet
from interactions.models.recording import Recording
from interactions.routing import overdue

log = logging.getLogger(__name__)
AT_MOST = 500  # of each kind per sweep; the next one comes within a second


def _moment(now: Any) -> ExpressionWrapper:
    """To take a time from that differs by row."""
    return ExpressionWrapper(now, DateTimeField())


def _ringing() -> OfferQuerySet:
    return Offer.objects.select_related("interaction", "agent__person").order_by("pk")


# Desks that died silently, and those whose web process did.
DEAD_DESKS = Prepared(
    lambda now: Agent.objects.filter(leases__expires_at__lte=now).select_related("person").distinct()[:AT_MOST]
)
# Shown as away once the desk has been gone for a while.
GONE = Prepared(
    lambda since: Agent.objects.filter(status="available", withheld="", gone_since__lte=since).select_related("person")[
        :AT_MOST
    ]
)
COOLED = Prepared(lambda now: Agent.objects.filter(cooling_until__lte=now).select_related("person")[:AT_MOST])
MISSED = Prepared(lambda now: _ringing().due(now))
ACCEPTING = Prepared(lambda now: _ringing().accepting(now))
# Of a call, those who were waited for and have not come.
OFF_THE_LINE = Prepared(
    lambda now: (
        CallLeg.objects.overdue(now)
        .select_related("call__interaction__queue", "agent__person", "person")
        .order_by("back_by")[:AT_MOST]
    )
)
# A customer on the line is kept waiting so long only; a message left, for as long as its agent may come back.
LEFT_ALONE = Prepared(
    lambda now: Interaction.objects.filter(
        Q(live=True, agent__gone_since__lte=_moment(now) - F("queue__return_after"))
        | Q(agent__person__is_active=False, agent__gone_since__isnull=False),
        state="active",
    ).select_related("agent__person", "queue")[:AT_MOST]
)
TO_WAKE = Prepared(lambda now: Interaction.objects.filter(state="parked", parked_until__lte=now)[:AT_MOST])
WRAPPED_UP = Prepared(lambda now: Interaction.objects.filter(state="wrap_up", wrap_up_until__lte=now)[:AT_MOST])
# Once answered, work is never abandoned: an agent asked to have it back, or passed it on.
DESERTED = Prepared(
    lambda now: Interaction.objects.filter(
        visitor__seen_at__lte=_moment(now) - F("queue__abandoned_after"),
        state__in=["queued", "offered"],
        live=True,
        answered_at=None,
    ).select_related("queue")[:AT_MOST]
)


def _silent(now: Any) -> models.QuerySet[Interaction]:
    """Answered and not written to since for as long as the queue says; found among the work in hand."""
    last = Message.objects.filter(interaction=OuterRef("pk"), kind="outbound").order_by("-seq").values("at")[:1]
    silent_since = _moment(now) - F("queue__inactive_after")
    quiet = Interaction.objects.filter(
        state="active",
        queue__inactive_after__isnull=False,
        unanswered_since=None,
        interrupted_since=None,
        replied_at__lte=silent_since,
    )
    legs = Segment.objects.filter(interaction=OuterRef("pk"), ended_at=None, started_at__lte=silent_since)
    return quiet.alias(said_at=Subquery(last)).filter(Exists(legs), said_at__lte=silent_since)[:AT_MOST]


SILENT = Prepared(_silent)

TO_NOBODY = Prepared(lambda now, agents: _ringing().to_nobody_there(now).filter(within("agent", agents)))
TO_TAKE_BACK = Prepared(
    lambda now, agents: Interaction.objects.filter(
        within("returned_from", agents),
        Exists(Lease.objects.live(now).filter(agent=OuterRef("returned_from"))),
        state="queued",
        returned_from__isnull=False,
        returned_from__status="available",
    ).select_related("returned_from__person", "queue")[:AT_MOST]
)
KEPT_BY_THE_LEAVING = Prepared(
    lambda agents: Interaction.objects.filter(within("agent", agents), state="parked", holds_place=True).exclude(
        agent__next_status=""
    )[:AT_MOST]
)


def sweep(between: Callable[[], object] = lambda: None) -> int:
    """Do everything that is due, and `between` two questions or moves something else; returns how many moves."""
    now = timezone.now()
    return (
        sum(
            _each(partial(due, now), move, between)
            for due, move in (
                (DEAD_DESKS.all, lambda agent: agent.close_lease()),
                (_gone, lambda agent: agent.withhold(Agent.Withheld.DISCONNECTED, why="no desk open")),
                (COOLED.all, Agent.ask_again),
                (MISSED.all, Offer.time_out),
                (ACCEPTING.all, lambda offer: offer.accept(by_itself=True)),
                (OFF_THE_LINE.all, line.give_up),
                (LEFT_ALONE.all, lambda interaction: interaction.return_to_queue(why="agent's desk is gone")),
                (TO_WAKE.all, lambda interaction: interaction.wake(why="it was time")),
                (SILENT.all, Interaction.park_silent),
                (WRAPPED_UP.all, Interaction.time_up),
                (DESERTED.all, partial(_desert, now)),
                (overdue.out_of_time, lambda interaction: interaction.set_aside(why="nobody took it in its time")),
                (overdue.unserved, lambda found: found.interaction.overflow(found.queue, found.rule)),
                (overdue.too_long, lambda found: found.interaction.overflow(found.queue, found.rule)),
                (overdue.untold, lambda found: found.interaction.tell_emergency(found.queue.emergency_text)),
                (recordings.due, _have_joined),
            )
        )
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
    now, these = timezone.now(), None if agents is None else array(agents)
    return sum(
        _each(due, move, between)
        for due, move in (
            (partial(TO_NOBODY.all, now, these), lambda offer: offer.rescind(why="agent not ready any more")),
            (partial(TO_TAKE_BACK.all, now, these), lambda work: work.take_back(work.returned_from)),
            (partial(KEPT_BY_THE_LEAVING.all, these), Interaction.let_go),
        )
    )


def _each(
    due: Callable[[], Iterable[Any]], move: Callable[[Any], None], between: Callable[[], object] = lambda: None
) -> int:
    """One bad row never stops the sweep; a lost race is no error."""
    moved = 0
    between()
    for row in due():
        try:
            move(row)
            moved += 1
        except StaleState:
            pass
        except Exception:
            log.exception("sweep failed", extra={"row": repr(row)})
        between()
    return moved


def _gone(now: datetime) -> list[Agent]:
    return GONE.all(now - settings.AWAY_AFTER)


def _have_joined(recording: Recording) -> None:
    recordings.claim(recording)
    django_rq.get_queue().enqueue("interactions.jobs.join_recording", recording.pk)


def _desert(now: datetime, interaction: Interaction) -> None:
    unseen_since = now - interaction.queue.abandoned_after
    interaction.abandon(why="the customer's page is gone", unseen_since=unseen_since)
