"""`manage.py router` as it runs in production, in processes of their own."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection

from interactions.routing import ROUTER_LOCK

PATIENCE = 60  # seconds

ROUTERS = """
    select a.application_name, l.pid is not null from pg_stat_activity a
    left join pg_locks l on l.pid = a.pid and l.locktype = 'advisory' and l.objid = %s and l.granted
    where a.datname = current_database() and a.application_name like 'router %%'
"""


def database_url() -> str:
    """Of the database this process is connected to."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


class RouterProcess:
    def __init__(self) -> None:
        environment = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL, "LOG_LEVEL": "ERROR"}
        environment["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE)
        self.process = psutil.Popen(
            [sys.executable, "manage.py", "router"], cwd=settings.BASE_DIR, env=os.environ | environment
        )

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident, in MB."""
        return float(self.process.memory_info().rss) / 1e6

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextmanager
def routers(count: int = 1) -> Iterator[list[RouterProcess]]:
    """So many, of which one is active when the block begins."""
    running = [RouterProcess() for _ in range(count)]
    try:
        wait_until(lambda: len(standing()) == count and active())
        yield running
    finally:
        for router in running:
            router.stop()
        wait_until(lambda: not standing())


def standing() -> dict[int, bool]:
    """Pids of the routers that are connected, and which of them is active."""
    with connection.cursor() as cursor:
        cursor.execute(ROUTERS, [ROUTER_LOCK])
        return {int(name.split()[1]): active for name, active in cursor.fetchall()}


def active() -> int | None:
    return next((pid for pid, is_active in standing().items() if is_active), None)


def wait_until(true: Callable[[], object], within: float = PATIENCE) -> None:
    until = time.monotonic() + within
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"not so within {within} s")
        time.sleep(0.02)
