"""How much is matched of what could be, and how fast virtual time goes by: nothing but computation."""

import time
from collections import Counter

import networkx
from django.utils import timezone

from agents.models import Capacity
from contactcenter.benches import Figure, at_least
from contactcenter.benches.router.floor import Intake, open_queues, sign_in
from interactions.models import Interaction
from interactions.routing.heads import rows_of
from interactions.routing.load import load_pool
from interactions.routing.match import Waiting, match
from interactions.routing.pool import Pool
from interactions.virtual.steady import Traffic, simulate

OF_MAXIMUM, SIMULATED = 0.95, 20_000


def matching(size: int) -> Figure:
    """Places count by channel only (a unit each), for then the most that could be matched is a maximum flow."""
    intake = Intake(open_queues())
    sign_in(size // 10)
    intake.let_in(size)
    Capacity.objects.update(units=1)
    now = timezone.now()
    pool = load_pool(now)
    waiting = rows_of(Interaction.objects.waiting().values_list("pk", flat=True), now)
    most = maximum_flow(waiting, pool)
    name = f"matched of what could be, {size:,} waiting, mixed skills"
    return at_least(name, len(match(waiting, pool, now)), "items", baseline=most, target=OF_MAXIMUM)


def maximum_flow(waiting: list[Waiting], pool: Pool) -> int:
    """From the lines to the places of those who may take their work now."""
    graph = networkx.DiGraph()
    for line, count in Counter(work.line for work in waiting).items():
        graph.add_edge("work", line, capacity=count)
    for agent in pool.agents.values():
        for channel, place in agent.places.items():
            graph.add_edge((agent.id, channel, "places"), "done", capacity=place.maximum - place.load)
            for queue, join in agent.joins.items():
                if not join.step and (queue, channel) in graph:
                    graph.add_edge((queue, channel), (agent.id, channel, "places"))
    return int(networkx.maximum_flow_value(graph, "work", "done"))


def virtual_time(seconds: float) -> Figure:
    """Calls to fourteen agents, the size that is checked against Erlang C; the warm-up is work too, but not counted."""
    calls = Traffic(arrivals_per_hour=200, aht=180, agents=14, target=20, patience=None, hours=100 * min(seconds, 20))
    started = time.perf_counter()
    simulate(calls, seed=1)
    speed = calls.arrivals_per_hour * calls.hours / (time.perf_counter() - started)
    return at_least("virtual time: interactions simulated", speed, "per s", target=SIMULATED)
