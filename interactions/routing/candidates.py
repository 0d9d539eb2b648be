"""Who could take work: which queues they serve with enough skill."""

from collections import defaultdict
from collections.abc import Iterable

from agents.models import AgentSkill
from interactions.models.membership import Membership, QueueSkill


def ranks(queues: Iterable[int], agents: Iterable[int]) -> list[tuple[int, int, int]]:
    """(queue, agent, rank) of every member, directly or by team, who has all skills the queue asks."""
    queues, agents = list(queues), list(agents)
    serving = Membership.objects.filter(queue__in=queues)
    directly = serving.filter(agent__in=agents).values_list("queue", "agent", "rank")
    by_team = serving.filter(team__agents__in=agents).values_list("queue", "team__agents", "rank")
    rows = list(directly.union(by_team, all=True))
    required: dict[int, list[tuple[int, int]]] = defaultdict(list)
    asked = QueueSkill.objects.filter(queue__in=queues, required=True)
    for queue, skill, level in asked.values_list("queue", "skill", "level"):
        required[queue].append((skill, level))
    if not required:
        return rows
    levels = {
        (agent, skill): level
        for agent, skill, level in AgentSkill.objects.filter(agent__in=agents).values_list("agent", "skill", "level")
    }
    return [row for row in rows if all(levels.get((row[1], skill), 0) >= level for skill, level in required[row[0]])]
