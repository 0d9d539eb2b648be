"""The router process: one active, any number standing by."""

import logging
import os
import signal
import time
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.db import Error, connection

from contactcenter.wakeup import WAKEUP_CHANNEL
from interactions.board_publisher import publishing
from interactions.routing import PASS_LOCK, ROUTER_LOCK
from interactions.routing.active import Active, same_time

log = logging.getLogger(__name__)
STANDBY_ASKS_EVERY = 0.5  # seconds
LONGEST_BACK_OFF = 5.0  # seconds

# The lock must end with us also when our machine or the network does: the server asks whether we are still there.
ALIVE = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=2000"
OURS_TOO = {"connect_timeout": 3, "keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 2}

# A router reads a few rows of any table, however long. A statement that was planned while a table was short would read
# all of it from then on, and a sweep asks for hundreds of lines. Where no index serves, the price of what is switched
# off would have the statement compiled first: that is off, too. What is read lies in memory, where a page costs the
# same wherever it is: taken for four times as dear, an index is passed over and a claim reads the leases of everybody.
BY_INDEX = "-c enable_seqscan=off -c random_page_cost=1.1 -c jit=off"

# A killed router's last pass may still stand at somebody's lock, and hold up ours meanwhile.
END_LEFTOVERS = """
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and objid = %s and granted
        and database = (select oid from pg_database where datname = current_database())
"""


class Command(BaseCommand):
    help = "Offer waiting work to agents; start as many as you like: one is active, the others stand by."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = self.doubted = False
        of_sessions = connection.settings_dict["OPTIONS"]
        of_sessions["options"] = f"{of_sessions.get('options', '')} {BY_INDEX}".strip()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        back_off = 0.1
        while not self.stopping:
            try:
                with self.listening() as wakeups:
                    back_off = 0.1
                    self.serve(wakeups)
            except (psycopg.Error, Error) as error:
                log.warning("database lost, trying again", extra={"error": str(error), "seconds": back_off})
                connection.close()
                time.sleep(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF)

    def stop(self, *_: Any) -> None:
        self.stopping = True

    def listening(self) -> psycopg.Connection:
        """A connection of its own: it holds the router's lock for as long as it lives, and hears the wake-ups."""
        params = connection.get_connection_params()
        for name in ("pool", "cursor_factory", "context"):
            params.pop(name, None)
        params["options"] = f"{params.get('options', '')} {ALIVE}".strip()
        params["application_name"] = f"router {os.getpid()}"
        return psycopg.connect(**(OURS_TOO | params), autocommit=True)

    def serve(self, wakeups: psycopg.Connection) -> None:
        while not self.stopping and not self.active(wakeups):
            time.sleep(STANDBY_ASKS_EVERY)
        if self.stopping:
            return
        log.info("router is active")
        wakeups.execute(END_LEFTOVERS, [PASS_LOCK])
        wakeups.execute(f"listen {WAKEUP_CHANNEL}")
        work = Active(wakeups)
        with publishing():
            while not self.stopping:
                if not work.trusts_its_clock():
                    self.doubted = True
                    return
                work.work()

    def active(self, wakeups: psycopg.Connection) -> bool:
        if self.doubted and not same_time(wakeups):
            return False
        self.doubted = False
        row = wakeups.execute("select pg_try_advisory_lock(%s)", [ROUTER_LOCK]).fetchone()
        return bool(row and row[0])
