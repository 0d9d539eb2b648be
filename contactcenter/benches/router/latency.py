"""From a commit to the offer it leads to, as a third process sees both; and what the router spends on it.

The time begins when the first transaction is sent, since a busy machine may tell the router of its commit before us;
so that commit is part of the figures, and of those of the bare processes.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

import psycopg
from django.db import connection

from contactcenter.benches import Figure, at_most, percentile
from contactcenter.benches.router.baselines import bare_router, thin_tables
from contactcenter.benches.router.floor import Intake, channel_of, open_queues, send_home_all_work, sign_in, tidy
from contactcenter.benches.router.process import active, database_url, routers, wait_until
from interactions.models import Offer

RATES = (50, 200)  # per second
WITHIN_P50, WITHIN_P99, TIMES_BARE = 10, 50, 10  # ms, ms, times the p99
CPU_PER_ITEM = 2.5  # ms
TAKES_OVER_WITHIN = 2.0  # s
HELD_FOR = 1.0  # seconds, by an agent
FREED_FOR = 20.0  # seconds at most: what fills everybody rings for 30, and would then be offered anew
WARM_UP = 2.0  # seconds that do not count
LEAST_AGENTS = 300  # fewer would be busy at these rates, and what waits for somebody is no latency of ours

# Every offer is told at its commit; so our clock starts and stops in one process.
TELL = """
    create function tell_offer() returns trigger language plpgsql as
    $$begin perform pg_notify('bench', new.interaction_id || ' ' || new.agent_id); return null; end$$;
    create trigger tell_offer after insert on interactions_offer for each row execute function tell_offer();
"""
ARRIVE_BARE = """
    with arrived as (insert into thin_item (queue) values (1) returning id)
    select id, pg_notify('thin_wakeup', id::text) from arrived
"""
# As the end of a conversation leaves it: the place is free, and the router is told.
FINISH = """
    with over as (
        update interactions_offer set state = 'rescinded', ended_at = now()
        where interaction_id = %(item)s and agent_id = %(agent)s and state = 'pending' returning agent_id
    ), closed as (
        update interactions_interaction set state = 'closed', ended_at = now(), closed_at = now()
        where id = %(item)s returning channel
    ), freed as (
        update agents_capacity set load = load - 1
        where agent_id = %(agent)s and channel = (select channel from closed) and load > 0
    )
    select pg_notify('router_wakeup', 'agent ' || agent_id) from over
"""


@dataclass
class Told:
    """What was offered, and when we heard of it."""

    at: dict[int, float] = field(default_factory=dict)  # by interaction
    to: dict[int, int] = field(default_factory=dict)
    by_agent: dict[int, float] = field(default_factory=dict)  # the last one

    def hear(self, session: psycopg.Connection, stop: threading.Event) -> None:
        while not stop.is_set():
            for notice in session.notifies(timeout=0.2):
                now = time.perf_counter()
                item, agent = map(int, notice.payload.split())
                self.at.setdefault(item, now)
                self.to.setdefault(item, agent)
                self.by_agent[agent] = now


@contextmanager
def told(channel: str) -> Iterator[Told]:
    heard, stop = Told(), threading.Event()
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(f"listen {channel}")
        thread = threading.Thread(target=heard.hear, args=(session, stop))
        thread.start()
        try:
            yield heard
        finally:
            stop.set()
            thread.join()


def run(size: int, seconds: float) -> list[Figure]:
    """Offers at each rate beside the same done bare, slots that are freed, and routers that are killed."""
    figures: list[Figure] = []
    queues, agents = open_queues(), max(size // 10, LEAST_AGENTS)
    sign_in(agents)
    intake = Intake(queues)
    tidy()
    with connection.cursor() as cursor:
        cursor.execute(TELL)
    for rate in RATES:
        with told("bench") as heard:
            figures += _at_rate(rate, seconds, intake, heard)
    with told("bench") as heard:
        figures.append(_failover(intake, heard, times=5 if seconds >= 30 else 1))
        send_home_all_work()
        chats = Intake([queue for queue in queues if channel_of(queue) == "chat"])
        chats.let_in(20 * agents)
        tidy()
        figures.append(_freed(min(seconds, FREED_FOR), heard))
    with connection.cursor() as cursor:
        cursor.execute("drop function tell_offer() cascade")
    return figures


def _at_rate(rate: int, seconds: float, intake: Intake, heard: Told) -> list[Figure]:
    bare_seconds = min(seconds, 20)
    with thin_tables(), bare_router(), told("thin") as of_thin:
        _arrivals(rate, min(seconds, WARM_UP), ARRIVE_BARE, [()], of_thin)
        bare = _milliseconds(_arrivals(rate, bare_seconds, ARRIVE_BARE, [()], of_thin), of_thin)
    samples = [(sample,) for sample in intake.samples]
    with routers() as (router,):
        _arrivals(rate, min(seconds, WARM_UP), intake.one, samples, heard, finish=True)
        cpu = router.cpu()
        begun = _arrivals(rate, seconds, intake.one, samples, heard, finish=True)
        spent = router.cpu() - cpu
    waits = _milliseconds(begun, heard)
    p99 = percentile(waits, 99)
    name = f"item committed to offer committed, {rate}/s"
    figures = [
        at_most(f"{name}: p50", percentile(waits, 50), "ms", target=WITHIN_P50),
        at_most(f"{name}: p99", p99, "ms", target=WITHIN_P99),
        at_most(f"{name}: p99 beside bare", p99, "ms", baseline=percentile(bare, 99), target=TIMES_BARE),
        at_most(f"{name}: never offered", len(begun) - len(waits), "items", target=0),
    ]
    if rate == max(RATES):
        per_item = 1000 * spent / len(begun)
        figures.append(at_most(f"router CPU per item, {rate}/s", per_item, "ms", target=CPU_PER_ITEM))
    return figures


def _arrivals(
    rate: int, seconds: float, sql: str, values: list[tuple], heard: Told, *, finish: bool = False
) -> dict[int, float]:
    """At random moments; returns when each was committed. Agents finish what they have after a while."""
    dice, begun = random.Random(rate), {}
    unfinished: list[tuple[float, int]] = []
    samples = cycle(values)
    with psycopg.connect(database_url(), autocommit=True, prepare_threshold=0) as session:
        started = due = time.perf_counter()
        while (due := due + dice.expovariate(rate)) < started + seconds:
            while finish and unfinished and unfinished[0][0] + HELD_FOR < due:
                _began, item = unfinished.pop(0)
                if item in heard.to:
                    session.execute(FINISH, {"item": item, "agent": heard.to[item]})
            time.sleep(max(0.0, due - time.perf_counter()))
            sent = time.perf_counter()
            (item, _told) = session.execute(sql, next(samples)).fetchone() or (0, "")
            begun[item] = sent
            unfinished.append((begun[item], item))
        _let_come(lambda: begun.keys() <= heard.at.keys())
        for _began, item in unfinished if finish else []:
            if item in heard.to:
                session.execute(FINISH, {"item": item, "agent": heard.to[item]})
    return begun


def _let_come(all_there: Callable[[], bool], within: float = 1.0) -> None:
    """The last ones; what takes longer counts as never offered."""
    until = time.perf_counter() + within
    while time.perf_counter() < until and not all_there():
        time.sleep(0.02)


def _milliseconds(begun: dict[int, float], heard: Told) -> list[float]:
    return [1000 * (heard.at[item] - at) for item, at in begun.items() if item in heard.at]


def _freed(seconds: float, heard: Told) -> Figure:
    """Everybody is full and chats wait; 50 a second come to an end, one agent's next offer after the other."""
    waits = []
    with routers(), psycopg.connect(database_url(), autocommit=True, prepare_threshold=0) as session:
        wait_until(_settled())
        pending = list(Offer.objects.pending().order_by("?").values_list("interaction", "agent"))
        freed: dict[int, float] = {}
        started = time.perf_counter()
        for nth, (item, agent) in enumerate(pending):
            due = started + nth / RATES[0]
            if due > started + seconds:
                break
            if agent in freed:
                continue  # once each, so that it is known which offer came of which end
            time.sleep(max(0.0, due - time.perf_counter()))
            freed[agent] = time.perf_counter()
            session.execute(FINISH, {"item": item, "agent": agent})
        _let_come(lambda: all(heard.by_agent[agent] > at for agent, at in freed.items()))
        waits = [1000 * (heard.by_agent[agent] - at) for agent, at in freed.items() if heard.by_agent[agent] > at]
    lost = len(freed) - len(waits)
    name = f"slot freed to next offer committed, p99 of {len(waits)}" + (f", {lost} without" if lost else "")
    return at_most(name, percentile(waits, 99) if waits else 1e9, "ms", target=WITHIN_P99)


def _settled():
    """True once the number of offers has not changed between two looks half a second apart."""
    seen: list[int] = []

    def settled() -> bool:
        seen.append(Offer.objects.pending().count())
        time.sleep(0.5)
        return seen[-1] > 0 and seen[-1] == Offer.objects.pending().count()

    return settled


def _failover(intake: Intake, heard: Told, times: int) -> Figure:
    """The active router is killed while work comes in: how long until the next offer, at worst."""
    worst, samples = 0.0, cycle(intake.samples)
    with psycopg.connect(database_url(), autocommit=True, prepare_threshold=0) as session:
        for _ in range(times):
            with routers(2) as running:
                before = active()
                session.execute(intake.one, [next(samples)])
                time.sleep(0.7)
                leader = next(router for router in running if router.pid == before)
                killed = time.perf_counter()
                leader.stop()
                items: list[int] = []
                while not (offered := [heard.at[item] for item in items if item in heard.at]):
                    row = session.execute(intake.one, [next(samples)]).fetchone()
                    items.append(row[0] if row else 0)
                    time.sleep(0.02)
                worst = max(worst, min(offered) - killed)
    return at_most(f"kill -9 to the next offer, worst of {times}", worst, "s", target=TAKES_OVER_WITHIN)
