"""The router process: one active, any number standing by."""

import logging
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.db import Error, InterfaceError, OperationalError, connection

from contactcenter.wakeup import WAKEUP_CHANNEL, News
from interactions.board_publisher import publishing
from interactions.routing import ROUTER_LOCK
from interactions.routing.router import Router
from interactions.routing.timers import follow_agents, sweep

log = logging.getLogger(__name__)
SWEEP_EVERY = 1.0  # seconds
STANDBY_ASKS_EVERY = 0.5  # seconds
LONGEST_BACK_OFF = 5.0  # seconds


class Command(BaseCommand):
    help = "Offer waiting work to agents; start as many as you like: one is active, the others stand by."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
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
        params.pop("pool", None)
        params.pop("cursor_factory", None)
        params.pop("context", None)
        return psycopg.connect(**params, autocommit=True)

    def serve(self, wakeups: psycopg.Connection) -> None:
        while not self.stopping and not self.active(wakeups):
            time.sleep(STANDBY_ASKS_EVERY)
        if self.stopping:
            return
        log.info("router is active")
        wakeups.execute(f"listen {WAKEUP_CHANNEL}")
        router = Router()
        with publishing():
            while not self.stopping:
                started = time.monotonic()
                sweep()
                follow_agents()
                self.attempt(router, router.serve_all)
                while not self.stopping and (left := SWEEP_EVERY - (time.monotonic() - started)) > 0:
                    heard = [notice.payload for notice in wakeups.notifies(timeout=left, stop_after=1)]
                    if heard:
                        self.attempt(router, partial(self.follow, router, News.of(heard)))
                wakeups.execute("select 1")  # notices a dead connection, and with it the lost lock

    def active(self, wakeups: psycopg.Connection) -> bool:
        row = wakeups.execute("select pg_try_advisory_lock(%s)", [ROUTER_LOCK]).fetchone()
        return bool(row and row[0])

    def follow(self, router: Router, news: News) -> None:
        if news.rules:
            router.forget()
            router.serve_all()
            return
        router.look_at(news.agents)
        if news.agents:
            follow_agents(news.agents)
        router.serve(news.queues, news.agents)

    def attempt(self, router: Router, act: Callable[[], object]) -> None:
        try:
            act()
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            router.forget()
            log.exception("a pass failed; the next one comes within a second")
