"""Days on paper for the virtual clock: random traffic, and a ledger that remembers every call."""

import random
from datetime import UTC, datetime, timedelta

from agents.attention import Place
from interactions.routing.pool import AtWork
from interactions.routing.rules import Rules
from interactions.virtual.clock import VirtualTime
from interactions.virtual.draws import exponential
from interactions.virtual.happenings import Arrival, Leg

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


def seconds(number):
    return timedelta(seconds=number)


class Memory:
    """Every answer and abandon as (seconds after arrival), every stretch of work in seconds of the morning."""

    def __init__(self):
        self.waits, self.left, self.off, self.work = {}, {}, {}, []

    def answered(self, arrival, now):
        self.waits[arrival.id] = (now - arrival.at).total_seconds()

    def abandoned(self, arrival, now):
        self.left[arrival.id] = (now - arrival.at).total_seconds()

    def diverted(self, arrival, now):
        self.off[arrival.id] = (now - arrival.at).total_seconds()

    def worked(self, agent, since, until):
        self.work.append((agent, *((moment - MORNING).total_seconds() for moment in (since, until))))


def call(id_, at, takes=60, *, queue=1, channel="voice", patience=None, legs=(), **leg):
    """Comes so many seconds into the morning."""
    legs = legs or (Leg(queue, seconds(takes), **leg),)
    return Arrival(id_, MORNING + seconds(at), channel, tuple(legs), None if patience is None else seconds(patience))


def agent(id_, *, informal=False, idle=0, team=None, places=None):
    return AtWork(id_, informal, team, MORNING - timedelta(minutes=idle), places or {"voice": Place(1, 0, 100)})


def happen(calls, agents, *queues, skills=(), **how):
    """Let it happen; what the ledger remembers."""
    memory = Memory()
    centre = VirtualTime(Rules({queue.id: queue for queue in queues}, dict(skills)), agents, memory, **how)
    centre.run(sorted(calls, key=lambda each: each.at))
    return memory


def traffic(seed, n, *, per_hour, aht, patience=None, first=1, **leg):
    """So many calls at random."""
    dice = random.Random(seed)
    gaps, takes = exponential(3600 / per_hour, dice, about=n), exponential(aht, dice, about=n)
    gives_up = exponential(patience, dice, about=n) if patience else None
    at, calls = 0.0, []
    for number in range(first, first + n):
        at += next(gaps).total_seconds()
        calls.append(
            call(number, at, next(takes).total_seconds(), patience=gives_up and next(gives_up).total_seconds(), **leg)
        )
    return calls
