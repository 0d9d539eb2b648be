"""What the database alone could do: `pgbench` on a thin table, and two bare processes that only commit and notify."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from contactcenter.benches.router.process import database_url, wait_until
from contactcenter.embedded import var_dir
from contactcenter.embedded.postgresql import PostgreSQL

# No events, no history, no capacity: an item waits, is taken by an update, and an offer is written.
THIN = """
    create table thin_item (id bigserial primary key, queue int, state int default 0, at timestamptz default now());
    create table thin_offer (id bigserial primary key, item bigint, agent bigint);
    insert into thin_item (queue) select g % 50 from generate_series(1, {items}) g;
    create index thin_line on thin_item (queue, at, id) where state = 0;
    analyze thin_item;
"""
TAKE_ONE = """
\\set queue random(0, 49)
with taken as (
    update thin_item set state = 1 where id = (
        select id from thin_item where state = 0 and queue = :queue order by at, id limit 1 for update skip locked
    ) returning id
)
insert into thin_offer (item, agent) select id, 1 from taken;
"""


def one_per_transaction(seconds: float) -> float:
    """Assignments per second by pgbench: one client, prepared, each in a transaction of its own."""
    with thin_tables(items=int(10_000 * seconds) + 10_000), tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(TAKE_ONE)
        script.flush()
        pgbench = PostgreSQL(var_dir() / "postgresql").programs / "pgbench"
        options = ["-n", "-M", "prepared", "-c", "1", "-T", str(max(1, round(seconds))), "-f", script.name]
        done = subprocess.run([pgbench, *options, database_url()], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


@contextmanager
def thin_tables(items: int = 0) -> Iterator[None]:
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(THIN.format(items=items))
        try:
            yield
        finally:
            session.execute("drop table thin_item, thin_offer")


@contextmanager
def bare_router() -> Iterator[None]:
    """A process that answers each committed and notified thin item with a committed thin offer, and nothing else."""
    process = subprocess.Popen([sys.executable, Path(__file__).with_name("bare.py"), database_url()])
    try:
        wait_until(_listens)
        yield
    finally:
        process.terminate()
        process.wait()


def _listens() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select from pg_stat_activity where application_name = 'bare router'")
        return bool(cursor.fetchall())
