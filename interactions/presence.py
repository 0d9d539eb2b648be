"""Who is really there, kept true by the web process that holds the sockets: one statement per beat for all of them.

A socket that dies is noticed by daphne's pings, and its lease ends at once; a web process that dies stops renewing,
and its leases run out. Nothing depends on a timer in a browser, which a hidden tab may slow down.
"""

import asyncio
import logging
from collections import Counter
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error

from agents.models import Agent, Lease
from contactcenter.realtime import in_db
from interactions.models.customer import Visitor

log = logging.getLogger(__name__)
VISITORS_EVERY = 4  # beats


class Presence:
    def __init__(self) -> None:
        self.desks: dict[UUID, tuple[Agent, str]] = {}
        self.visitors: Counter[int] = Counter()
        self._beats: asyncio.Task[None] | None = None

    async def open_desk(self, agent: Agent, device: str) -> UUID:
        """A desk of this agent is connected; returns the connection's id, to be given to `close_desk`."""
        connection = uuid4()
        await in_db(agent.open_lease, connection, device)
        self.desks[connection] = (agent, device)
        self._start()
        return connection

    async def close_desk(self, connection: UUID) -> None:
        agent, _device = self.desks.pop(connection)
        await in_db(agent.close_lease, connection)

    async def enter(self, visitor: int) -> None:
        """A page of this visitor is connected."""
        self.visitors[visitor] += 1
        await in_db(Visitor.objects.saw, [visitor])
        self._start()

    def leave(self, visitor: int) -> None:
        self.visitors[visitor] -= 1
        self.visitors += Counter()  # drops those at zero

    def _start(self) -> None:
        if self._beats is None or self._beats.done():
            self._beats = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        beat = 0
        while self.desks or self.visitors:
            await asyncio.sleep(settings.LEASE_RENEWAL.total_seconds())
            beat += 1
            try:
                await in_db(self._renew, list(self.desks))
                if beat % VISITORS_EVERY == 0 and self.visitors:
                    await in_db(Visitor.objects.saw, list(self.visitors))
            except Error as error:
                log.warning("presence could not be renewed, trying again", extra={"error": str(error)})

    def _renew(self, connections: list[UUID]) -> None:
        """Extend all leases; one that ran out although its socket lives (a stall, a lost database) is opened anew."""
        if not connections or Lease.objects.renew(connections) == len(connections):
            return
        alive = set(Lease.objects.filter(connection__in=connections).values_list("connection", flat=True))
        for connection in set(connections) - alive:
            if desk := self.desks.get(connection):
                agent, device = desk
                agent.open_lease(connection, device)


_presences: WeakKeyDictionary[asyncio.AbstractEventLoop, Presence] = WeakKeyDictionary()


def get_presence() -> Presence:
    """The presence of the running loop, which in a web process is the only one."""
    return _presences.setdefault(asyncio.get_running_loop(), Presence())
