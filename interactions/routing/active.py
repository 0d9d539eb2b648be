"""The active router at work: it serves whoever waits, does what is due, and follows wake-ups all the while."""

import logging
import time
from collections.abc import Callable
from functools import partial

import psycopg
from django.db import InterfaceError, OperationalError

from contactcenter.wakeup import News
from interactions.routing import poison
from interactions.routing.clock import Clock, agrees, move_along
from interactions.routing.router import Router
from interactions.routing.timers import follow_agents, sweep

log = logging.getLogger(__name__)
SWEEP_EVERY = 1.0  # seconds
SEARCH_EVERY = 60  # sweeps


class Active:
    """Works on the wake-ups of one connection, for as long as that holds the router's lock."""

    def __init__(self, wakeups: psycopg.Connection) -> None:
        self.wakeups, self.router, self.clock = wakeups, Router(), Clock()
        self.well = True  # what has just failed waits for the next sweep, however often we are called
        self.sweeps = 0

    def work(self) -> None:
        """For a second: all lines once, what is due, and until the second is over whatever we are called for."""
        started = time.monotonic()
        self.well = True
        # All this takes a tenth of a second at times, and a thousand offers may fall due at once: between any two parts
        # of it, who can be served is.
        self.attempt(partial(follow_agents, between=self.hear))
        self.attempt(self.reread)
        self.hear()
        self.attempt(self.router.serve_all)
        self.attempt(partial(sweep, between=self.hear))
        if self.sweeps % SEARCH_EVERY == 0:
            self.attempt(partial(poison.search, self.router))
        self.sweeps += 1
        while (left := SWEEP_EVERY - (time.monotonic() - started)) > 0:
            self.hear(left)

    def hear(self, seconds: float = 0.0) -> None:
        """Wait so long to be called, and follow."""
        heard = [notice.payload for notice in self.wakeups.notifies(timeout=seconds, stop_after=1)]
        if heard and self.well and not self.clock.jump():
            self.attempt(partial(self.follow, News.of(heard)))

    def follow(self, news: News) -> None:
        if news.rules:
            self.router.forget()
            self.reread()
            self.router.serve_all()
            return
        if news.agents and (moved := self.router.look_at(news.agents)):
            follow_agents(moved)
        self.router.serve(news.queues, news.agents)

    def reread(self) -> None:
        """Who turns out to be back has their conversations back before one of them is offered."""
        if moved := self.router.reread():
            follow_agents(moved)

    def trusts_its_clock(self) -> bool:
        """Go along with a clock that has jumped, unless only ours has: then somebody else had better be the router."""
        agreed = same_time(self.wakeups)  # notices a dead connection, too, and with it the lost lock
        if by := self.clock.jump():
            if not agreed:
                log.error("only our clock has jumped: standing by until it is right", extra={"by": str(by)})
                return False
            move_along(by)
            self.clock.noticed()
            self.router.forget()
        return True

    def attempt(self, act: Callable[[], object]) -> None:
        """What goes wrong is tried again by the next sweep, from what the database says then."""
        try:
            act()
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            self.well = False
            self.router.forget()
            log.exception("a pass failed; the next one comes within a second")


def same_time(connection: psycopg.Connection) -> bool:
    """Whether the database's clock shows the same as ours."""
    row = connection.execute("select clock_timestamp()").fetchone()
    return bool(row and agrees(row[0]))
