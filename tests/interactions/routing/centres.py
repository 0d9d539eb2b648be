"""Centres on paper: rules, agents and waiting work without a database, for whatever runs the matcher."""

from datetime import UTC, datetime, timedelta

from agents.attention import Place
from interactions.routing.match import Waiting
from interactions.routing.pool import AtWork, Pool
from interactions.routing.rules import QueueRules, Rules

NOW = datetime(2026, 3, 2, 10, 40, tzinfo=UTC)
QUEUE = 1


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def work(id_, waited=1, *, queue=QUEUE, channel="chat", held_for=None, **fields):
    """A piece of work that has waited so many minutes."""
    until = None if held_for is None else NOW + timedelta(seconds=held_for)
    fields.setdefault("place_at", ago(waited))
    excluded = dict.fromkeys(fields.pop("excluded", ()), NOW + timedelta(seconds=30))
    return Waiting(id_, queue, channel, ago(waited), preferred_until=until, excluded=excluded, **fields)


def agent(id_, idle=1, *, room=1, informal=False, team=None, channel="chat", places=None):
    """Somebody at work, with room for so many chats that cost them nothing else, unless places are given."""
    return AtWork(id_, informal, team, ago(idle), places or {channel: Place(room, 0, 1)})


def usual(**loads):
    """The usual places: one call, three chats, five emails."""
    most = {"voice": 1, "chat": 3, "email": 5}
    return {channel: Place.of(channel, n, loads.get(channel, 0), None, None) for channel, n in most.items()}


def queue(id_=QUEUE, members=(), **fields):
    """A queue that these serve, at rank 1 unless a mapping says otherwise."""
    return QueueRules(id_, members=members if isinstance(members, dict) else dict.fromkeys(members, 1), **fields)


def centre(agents, *queues, skills=(), backups=()):
    queues = queues or (queue(members=[a.id for a in agents]),)
    return Pool(Rules({q.id: q for q in queues}, dict(skills), dict(backups)), agents)
