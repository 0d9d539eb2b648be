"""From the database into the router's memory: the rules of all queues, and the agents who are at work."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from agents.attention import Place
from agents.models import Agent, AgentSkill
from contactcenter.prepared import Prepared, rows
from contactcenter.sql import among, array
from interactions.models.membership import Membership, QueueSkill
from interactions.models.offer_rule import OfferRule
from interactions.models.queue import Ordering, Queue
from interactions.models.relaxation import Step, StepSkill
from interactions.routing.pool import AtWork, Pool
from interactions.routing.rules import QueueRules, Rules, StepRules

AGENT = ("pk", "engagement", "team", "idle_since")
READY: Prepared[Any] = Prepared(
    lambda now, agents: Agent.objects.ready(now).filter(among(agents)).values_list(*AGENT).order_by()
)
# Who they are, and what each can do and has in hand.
WITH_PLACES = """
    with them (pk, engagement, team, idle_since) as materialized ({them})
    select them.*, channel, maximum, load, units, interrupted_by, phone_passed
    from them left join agents_capacity on agent_id = pk and maximum > 0
"""


def load_pool(now: datetime) -> Pool:
    """Everything the router knows, read anew."""
    last_rung = {pk: last for pk, last in Queue.objects.order_by().values_list("pk", "last_rung") if last}
    return Pool(load_rules(), load_agents(now), last_rung)


def load_rules() -> Rules:
    """Every queue with all it asks, in a fixed number of queries."""
    asked: dict[tuple[int, bool], dict[int, int]] = defaultdict(dict)
    for queue, required, skill, level in QueueSkill.objects.values_list("queue", "required", "skill", "level"):
        asked[queue, required][skill] = level
    members: dict[int, dict[int, int]] = defaultdict(dict)
    teams: dict[int, dict[int, int]] = defaultdict(dict)
    for queue, agent, team, rank in Membership.objects.values_list("queue", "agent", "team", "rank"):
        (members if agent else teams)[queue][agent or team] = rank
    rings_at: dict[int, dict[str, int]] = defaultdict(dict)
    for queue, channel, at in OfferRule.objects.filter(rings_at__gt=1).values_list("queue", "channel", "rings_at"):
        rings_at[queue][channel] = at
    skills: dict[int, dict[int, int]] = defaultdict(dict)
    for agent, skill, level in AgentSkill.objects.values_list("agent", "skill", "level"):
        skills[agent][skill] = level
    steps = _steps()
    queues = {
        queue.pk: QueueRules(
            id=queue.pk,
            strict=queue.ordering == Ordering.STRICT,
            strategy=queue.strategy,
            answer_within=queue.answer_within,
            overflow_after=queue.informal_after,
            overflowed_at=queue.overflowed_at,
            prefer_within=queue.prefer_within,
            required=asked[queue.pk, True],
            liked=asked[queue.pk, False],
            members=members[queue.pk],
            teams=teams[queue.pk],
            steps=tuple(steps[queue.pk]),
            rings_at=rings_at[queue.pk],
        )
        for queue in Queue.objects.all()
    }
    backups = Agent.objects.values_list("pk", "backup")
    return Rules(queues, skills, {agent: backup for agent, backup in backups if backup})


def _steps() -> dict[int, list[StepRules]]:
    lowered: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, skill, level in StepSkill.objects.values_list("step", "skill", "level"):
        lowered[pk][skill] = level
    steps: dict[int, list[StepRules]] = defaultdict(list)
    for step in Step.objects.order_by("queue", "position"):
        steps[step.queue_id].append(
            StepRules(
                after=step.after,
                last_held_at=step.last_held_at,
                informal=step.informal,
                skills=lowered[step.pk],
                queues=(step.add_queue_id,) if step.add_queue_id else (),
                teams=(step.add_team_id,) if step.add_team_id else (),
            )
        )
    return steps


def load_agents(
    now: datetime, only: Iterable[int] | None = None, *, after: int = 0, at_most: int | None = None
) -> list[AtWork]:
    """Those who may be rung now, busy ones included: of these ids only, or so many in the order of their ids."""
    if only is not None:
        return with_places(*READY.written(now, array(only)))
    ready = Agent.objects.ready(now).filter(pk__gt=after).order_by("pk")
    return with_places(*ready.values_list(*AGENT)[:at_most].query.sql_with_params())


def with_places(them: str, params: tuple[Any, ...]) -> list[AtWork]:
    """As the pool has them, those that a statement finds by AGENT."""
    found: dict[int, AtWork] = {}
    for pk, engagement, team, idle_since, channel, *place in rows(WITH_PLACES.format(them=them), params):
        if pk not in found:
            found[pk] = AtWork(pk, engagement == Agent.Engagement.INFORMAL, team, idle_since, {})
        if channel:
            found[pk].places[channel] = Place.of(channel, *place)
    return list(found.values())
