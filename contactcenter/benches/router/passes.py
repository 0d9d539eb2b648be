"""What a pass costs, and how that grows: with the backlog, with the agents, under an old snapshot."""

import time
from collections.abc import Callable, Iterable
from statistics import median

import psycopg
from django.db import connection, transaction

from contactcenter.benches import Figure, at_least, at_most
from contactcenter.benches.router.baselines import one_per_transaction
from contactcenter.benches.router.floor import Intake, fill_everyone, open_queues, send_home_all_work, sign_in, tidy
from contactcenter.benches.router.process import database_url, routers, wait_until
from interactions.models import Offer, Queue
from interactions.routing.router import Router

TIMES_ONE, TIMES_BACKLOG, TIMES_AGENTS, TIMES_SNAPSHOT, MEMORY = 8, 1.5, 2, 3, 300
FREE = (0, 10)  # agents
REPEATED = 15  # times, of which the median counts


def throughput(size: int, seconds: float) -> list[Figure]:
    """So many wait, a tenth as many agents sign in: all that can be given is given."""
    queues = open_queues()
    sign_in(size // 10)
    intake = Intake(queues)
    speeds = []
    for _ in range(3):
        intake.let_in(size)
        tidy()
        router = Router()
        router.know()
        started = time.perf_counter()
        offers = router.serve_all()
        speeds.append(len(offers) / (time.perf_counter() - started))
        send_home_all_work()
    one = one_per_transaction(min(seconds, 5))
    name = f"assignments, {size:,} waiting, {size // 10:,} agents, beside pgbench one per transaction"
    return [at_least(name, median(speeds), "per s", baseline=one, target=TIMES_ONE)]


def backlog(size: int) -> list[Figure]:
    """A pass over all lines with nobody and with ten agents free: little, more and much waiting."""
    intake = Intake(open_queues())
    sign_in(size // 10)
    let_in, costs = 0, {}
    for waiting in (size // 10, size, 10 * size):
        intake.let_in(waiting - let_in)
        let_in = waiting
        tidy()
        for free in FREE:
            agents = fill_everyone(but=free)
            costs[waiting, free] = _cost(agents, lambda router: router.one_pass(set(router.know().lines)))
    figures = [
        Figure(f"pass, {free} agents free, {waiting:,} waiting", cost, "ms") for (waiting, free), cost in costs.items()
    ]
    for free in FREE:
        least, most = costs[size // 10, free], costs[10 * size, free]
        name = f"pass, {free} agents free: {10 * size:,} waiting against {size // 10:,}"
        figures.append(at_most(name, most, "ms", baseline=least, target=TIMES_BACKLOG))
    return figures


def signed_in(size: int) -> list[Figure]:
    """A pass with ten new items: few, more and many agents signed in. The last centre is left as it is."""
    intake = Intake(open_queues())
    intake.let_in(10)
    queues, there, costs = list(Queue.objects.values_list("pk", flat=True)[:10]), 0, {}
    for agents in (size // 10, size):
        sign_in(agents - there)
        there = agents
        tidy()
        costs[agents] = _cost([], lambda router: router.serve(queues=queues))
    least, most = costs[size // 10], costs[size]
    name = f"pass, 10 new items: {size:,} agents signed in against {size // 10:,}"
    return [at_most(name, most, "ms", baseline=least, target=TIMES_AGENTS)]


def memory(size: int) -> list[Figure]:
    """Of the router's process with many agents, all of whom have something in hand, and ten times as much waiting."""
    Intake(Queue.objects.all()).let_in(10 * size)
    tidy()
    with routers() as (router,):
        wait_until(lambda: Offer.objects.pending().exists())
        most, offered = router.memory(), -1
        while offered != (offered := Offer.objects.pending().count()):
            for _ in range(20):
                time.sleep(0.1)
                most = max(most, router.memory())
    name = f"memory of the router, {10 * size:,} waiting, {size:,} agents"
    return [at_most(name, most, "MB", target=MEMORY)]


def old_snapshot(size: int) -> list[Figure]:
    """A small pass before and after very many assignments during which a session looked at an old snapshot."""
    intake = Intake(open_queues())
    sign_in(size // 10)
    queues = list(Queue.objects.values_list("pk", flat=True)[:10])

    def small() -> float:
        intake.let_in(10)
        cost = _cost([], lambda router: router.serve(queues=queues))
        send_home_all_work()
        return cost

    before, made = small(), 0
    with psycopg.connect(database_url()) as somebody:
        somebody.execute("set transaction isolation level repeatable read")
        somebody.execute("select count(*) from interactions_queue")
        while made < 5 * size:
            intake.let_in(size)
            made += len(Router().serve_all())
            send_home_all_work()
        held = small()
    name = f"small pass under a snapshot {made:,} assignments old, which ends after {_time_out()}"
    figure = at_most(name, held, "ms", baseline=before, target=TIMES_SNAPSHOT)
    return [figure]


def _time_out() -> str:
    """How long any session of ours may keep a snapshot without doing anything."""
    with connection.cursor() as cursor:
        cursor.execute("show idle_in_transaction_session_timeout")
        return str(cursor.fetchone()[0])


def _cost(agents: Iterable[int], act: Callable[[Router], object]) -> float:
    """Milliseconds, median; rolled back each time, so that each finds the same."""
    router, costs = Router(), []
    router.know()
    for _ in range(REPEATED):
        with transaction.atomic():
            started = time.perf_counter()
            act(router)
            costs.append(1000 * (time.perf_counter() - started))
            transaction.set_rollback(True)
        router.look_at(list(agents) or list(router.know().agents))
    return median(costs)
