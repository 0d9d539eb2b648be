"""The router as it runs: `manage.py router` in a process of its own, on the database of the test."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from interactions.models import Interaction, Offer
from interactions.routing import ROUTER_LOCK
from tests.cast import make_chat, numbers_of
from tests.interleaving import sessions, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
SOON = 20.0  # seconds, for a busy machine; how fast it is, the bench says


class Router:
    def __init__(self) -> None:
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "contactcenter.settings"}
        self.process = subprocess.Popen([sys.executable, "manage.py", "router"], cwd=ROOT, env=environment)

    def kill(self, with_signal: int = signal.SIGKILL) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(10)


@pytest.fixture
def start_router(transactional_db):
    routers = []

    def start():
        routers.append(Router())
        return routers[-1]

    yield start
    for router in routers:
        if router.process.poll() is None:
            router.kill()
    wait_until(lambda: holders() == [])


@pytest.fixture
def router(start_router):
    router = start_router()
    wait_until(holders)
    return router


def holders():
    """The backend that holds the router's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_locks where locktype = 'advisory' and objid = %s and granted"
            " and database = (select oid from pg_database where datname = current_database())",
            [ROUTER_LOCK],
        )
        return [pid for (pid,) in cursor.fetchall()]


def ringing_at(agent):
    return list(Offer.objects.pending().filter(agent=agent).values_list("interaction", flat=True))


def test_reads_lines_by_their_index_also_where_they_are_short(transactional_db, start_router, entry_point):
    """Planned for one row, they would be read from beginning to end when they are long, hundreds of times a sweep."""
    make_chat(entry_point)
    with connection.cursor() as cursor:
        cursor.execute("analyze interactions_interaction")
    before = index_scans()
    start_router()
    wait_until(lambda: index_scans() > before + 100, SOON)


def index_scans():
    """Of interactions, by all sessions of this database."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")  # what this session read is no news later
        cursor.execute("select idx_scan from pg_stat_user_tables where relname = 'interactions_interaction'")
        return cursor.fetchone()[0]


def test_r05_freed_room_serves_the_oldest_at_once(router, maya, omar, entry_point, billing, solved):
    """One morning: whatever frees a place, the next in line rings there."""
    maya.capacities.filter(channel="chat").update(maximum=1)
    omar.choose_status("away", by=omar.person)
    line = [make_chat(entry_point) for _ in range(8)]

    def next_rings_at(agent):
        chat = line.pop(0)
        wait_until(lambda: ringing_at(agent) == [chat.pk], SOON)
        return Offer.objects.pending().get(interaction=chat).accept()

    talk = next_rings_at(maya)

    talk.end(by=maya)
    talk.wrap_up(solved, by=maya)
    talk = next_rings_at(maya)

    talk.end(by=maya)  # R15: she closes the browser, the server's timer ends the wrap-up
    Interaction.objects.filter(pk=talk.pk).update(wrap_up_until=timezone.now())
    talk = next_rings_at(maya)

    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    talk = next_rings_at(maya)

    talk.transfer_to(billing, by=maya)
    next_rings_at(maya)

    maya.capacities.filter(channel="chat").update(maximum=2)
    next_rings_at(maya)

    omar.capacities.filter(channel="chat").update(maximum=1)
    omar.choose_status("available", by=omar.person)
    talk = next_rings_at(omar)

    desk = omar.leases.get().connection
    omar.close_lease(desk)
    talk.end(by=omar)
    talk.wrap_up(solved, by=omar)
    omar.open_lease(desk)
    next_rings_at(omar)
    assert line == []


def test_r10_a_closed_desk_rings_elsewhere_at_once(router, maya, omar, chat):
    wait_until(lambda: Offer.objects.pending().exists(), SOON)
    rung = Offer.objects.pending().get().agent
    rung.close_lease(rung.leases.get().connection)
    wait_until(lambda: ringing_at(omar if rung == maya else maya) == [chat.pk], SOON)


def test_r22_a_standby_takes_over_and_nothing_is_lost_or_doubled(router, start_router, maya, omar, entry_point):
    """The leader is killed in the middle of its work: what it had begun is undone by the database and done anew."""
    for agent in (maya, omar):
        agent.capacities.filter(channel="chat").update(maximum=20, units=5)
    before, (leader,) = backends(), holders()
    standby = start_router()
    wait_until(lambda: backends() - before)
    chats = [make_chat(entry_point) for _ in range(10)]
    wait_until(lambda: Offer.objects.exists())
    router.kill()
    chats += [make_chat(entry_point) for _ in range(10)]
    wait_until(lambda: holders() not in ([], [leader]), SOON)
    wait_until(lambda: Offer.objects.pending().count() == 20, 2 * SOON)
    assert Offer.objects.count() == 20, "each was offered once"
    assert standby.process.poll() is None
    for chat in chats:
        chat.refresh_from_db()
        assert numbers_of(chat) == list(range(1, chat.last_seq + 1))


def held_up(victim):
    """The router's backend that stands at this session's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database() and %s = any(pg_blocking_pids(pid))",
            [victim.pid],
        )
        return [pid for (pid,) in cursor.fetchall()]


def held(sql, pk):
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])


@pytest.fixture
def commits_wait(transactional_db):
    """The commit of an offer stands at this lock when somebody keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("""
            create function wait_at_commit() returns trigger language plpgsql as
                $$ begin perform pg_advisory_xact_lock_shared(new.queue_id); return null; end $$;
            create constraint trigger wait_at_commit after insert on interactions_offer
                deferrable initially deferred for each row execute function wait_at_commit();
        """)
        yield
        cursor.execute("drop trigger wait_at_commit on interactions_offer; drop function wait_at_commit")


@pytest.mark.parametrize(
    ("lock", "of"),
    [
        ("select from agents_capacity where agent_id = %s for update", "agent"),
        ("select from interactions_queue where id = %s for no key update", "queue"),
        ("select pg_advisory_xact_lock(%s)", "queue"),
    ],
    ids=["while it locks", "while it writes", "while it commits"],
)
def test_r22_killed_at_any_point_of_a_pass(commits_wait, router, start_router, maya, queue, entry_point, lock, of):
    """Its last pass stands at a lock that somebody keeps: the standby ends it, and has a pass of its own."""
    if lock.endswith("no key update"):
        type(queue).objects.update(strategy="round_robin")
    (leader,) = holders()
    start_router()
    with sessions("somebody") as (somebody,):
        with somebody.holding():
            somebody.do(held, lock, {"agent": maya, "queue": queue}[of].pk)
            chat = make_chat_quietly(entry_point)
            (left_over,) = wait_until(lambda: held_up(somebody))
            router.kill()
            wait_until(lambda: holders() not in ([], [leader]), SOON)
            wait_until(lambda: left_over not in held_up(somebody))
        wait_until(lambda: ringing_at(maya) == [chat.pk], SOON)
    chat.refresh_from_db()
    assert Offer.objects.count() == 1
    assert numbers_of(chat) == list(range(1, chat.last_seq + 1))


def make_chat_quietly(entry_point):
    """Without needing the queue's row, which somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        chat = make_chat(entry_point)
        cursor.execute("set session_replication_role = default")
    return chat


def backends():
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


def test_it_finds_the_database_again_and_stops_when_asked(start_router, maya, entry_point):
    ours = backends()
    router = start_router()
    for victims in ("listener", "all"):
        before = wait_until(holders)
        with connection.cursor() as cursor:
            doomed = before if victims == "listener" else [*backends() - ours]
            cursor.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) pid", [doomed])
        wait_until(lambda before=before: holders() not in ([], before))
        chat = make_chat(entry_point)
        wait_until(lambda chat=chat: chat.pk in ringing_at(maya), 2 * SOON)
    assert router.kill(signal.SIGTERM) == 0
    wait_until(lambda: holders() == [])
