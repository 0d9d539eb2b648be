"""Who could take work: available, really there, with room; and which queues they serve with enough skill."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from agents.models import Agent, AgentSkill, Capacity
from interactions.models.queue import Membership, Queue, QueueSkill
from interactions.routing.match import Free


def free_agents(now: datetime) -> dict[int, Free]:
    """Everyone the router may ring, with room per channel; ranks are filled in by `serve`."""
    places = (
        Capacity.objects.filter(agent__in=Agent.objects.ready(now), load__lt=F("maximum"))
        .values_list("agent", "channel", "agent__engagement", "agent__idle_since")
        .annotate(room=F("maximum") - F("load"))
    )
    free: dict[int, Free] = {}
    for agent, channel, engagement, idle_since, room in places:
        entry = free.setdefault(agent, Free(agent, engagement == Agent.Engagement.INFORMAL, idle_since, {}))
        entry.room[channel] = room
    return free


def serve(free: dict[int, Free], queues: Iterable[int]) -> None:
    """Write into each free agent the rank at which they serve these queues."""
    for queue, agent, rank in ranks(queues, free):
        known = free[agent].ranks.get(queue)
        free[agent].ranks[queue] = rank if known is None else min(rank, known)


def ranks(queues: Iterable[int], agents: Iterable[int]) -> list[tuple[int, int, int]]:
    """(queue, agent, rank) of every member, directly or by team, who has all skills the queue asks."""
    queues, agents = list(queues), list(agents)
    serving = Membership.objects.filter(queue__in=queues)
    directly = serving.filter(agent__in=agents).values_list("queue", "agent", "rank")
    by_team = serving.filter(team__agents__in=agents).values_list("queue", "team__agents", "rank")
    rows = list(directly.union(by_team, all=True))
    required: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for queue, skill, level in QueueSkill.objects.filter(queue__in=queues).values_list("queue", "skill", "level"):
        required[queue].append((skill, level))
    if not required:
        return rows
    levels = {
        (agent, skill): level
        for agent, skill, level in AgentSkill.objects.filter(agent__in=agents).values_list("agent", "skill", "level")
    }
    return [row for row in rows if all(levels.get((row[1], skill), 0) >= level for skill, level in required[row[0]])]


def serving_agents(queue: Queue, channel: str) -> set[int]:
    """Who could ever take this queue's work on this channel, were they there."""
    able = Agent.objects.active().filter(capacities__channel=channel, capacities__maximum__gt=0)
    return {agent for _queue, agent, _rank in ranks([queue.pk], able.values_list("pk", flat=True))}


def attended(queue: Queue, channel: str, now: datetime) -> bool:
    """Somebody who could take it is at work, free or busy: waiting makes sense."""
    return Agent.objects.ready(now).filter(pk__in=serving_agents(queue, channel)).exists()
