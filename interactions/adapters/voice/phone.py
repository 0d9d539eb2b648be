"""One page's place in a call, held by its socket: it comes to the line, exchanges what a connection takes, is lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.models import Q

from agents.errors import StaleState
from contactcenter.prepared import Prepared
from contactcenter.realtime import Screen, in_db, push
from interactions.adapters.voice.ice import ice_servers
from interactions.adapters.voice.plan import plan_of
from interactions.calls import line
from interactions.models.call import CallLeg, CallLegQuerySet

SIGNALS = ("sdp", "ice")

type Find = Callable[[str], CallLeg | None]


class Phone:
    """`send` answers the page; `find` looks up a live leg that whoever holds the socket may be, by its name."""

    def __init__(self, screen: Screen, send: Callable[[dict[str, Any]], Any], find: Find) -> None:
        self.screen, self.send, self.find = screen, send, find
        self.leg: CallLeg | None = None
        self.page = 0
        self.told: dict[str, Any] | None = None
        self.ice: list[dict[str, Any]] = []
        self._looking = asyncio.Lock()

    async def heard(self, data: dict[str, Any]) -> None:
        """A `call.…` frame of the page; what makes no sense is passed over."""
        match data:
            case {"type": "call.join", "leg": str(peer)}:
                page = data.get("page")
                await self._join(peer, page if type(page) is int else None)
            case {"type": "call.signal", "to": str(to), "page": int(page)} if self.leg:
                self._signal(to, page, {key: data[key] for key in SIGNALS if key in data})
            case {"type": "call.alive", "peer": str(peer)} if self._fellow(peer):
                await in_db(self._about, peer, line.still_heard)
            case {"type": "call.lost", "peer": str(peer)} if self._fellow(peer):
                await in_db(self._about, peer, line.lose)

    async def look(self) -> None:
        """The call has changed: the page is told what that means for it."""
        async with self._looking:  # so that nothing older is told after it
            if (leg := self.leg) is None:
                return
            plan = await in_db(self._plan, leg.pk, self.page)
            if self.leg is not leg:  # put down meanwhile
                return
            if plan.get("page", self.page) != self.page:
                plan = {"type": "call", "call": plan["call"], "me": plan["me"], "over": True, "why": "elsewhere"}
            if plan != self.told:
                self.told = plan
                await self.send(plan | {"ice": self.ice})
            if plan.get("over"):
                await self._put_down()

    async def close(self) -> None:
        """The socket is gone, which need not mean that the page is."""
        if self.leg:
            leg, page = self.leg, self.page
            await self._put_down()
            with suppress(StaleState):  # it was over anyway
                await in_db(line.lose, leg, page)

    async def _join(self, peer: str, page: int | None) -> None:
        leg = await in_db(self.find, peer)
        if leg is None:
            await self.send({"type": "call", "me": peer, "over": True, "why": "unknown"})
            return
        if self.leg is None or self.leg.peer != peer:
            await self._put_down()
            await self.screen.join(leg.screen)
        joined = await in_db(line.join, leg, page)
        self.leg, self.page, self.told = joined, joined.page, None
        self.ice = ice_servers(joined.peer)
        await self.look()

    async def _put_down(self) -> None:
        if self.leg:
            await self.screen.leave(self.leg.screen)
        self.leg, self.told = None, None

    def _fellow(self, peer: str) -> dict[str, Any] | None:
        """Whom the matrix joins to this page, as it was told last."""
        return next((one for one in (self.told or {}).get("peers", ()) if one["peer"] == peer), None)

    def _signal(self, to: str, page: int, said: dict[str, Any]) -> None:
        """To those alone whom the matrix joins to this page. Who it is from is ours to say."""
        fellow = self._fellow(to)
        if self.leg is None or fellow is None or fellow["page"] != page:
            return
        about = {"type": "call.signal", "from": self.leg.peer, "role": self.leg.role, "page": self.page, "to": page}
        push(f"leg-{to}", {"type": "screen.json", "data": said | about})

    @staticmethod
    def _plan(pk: int, page: int) -> dict[str, Any]:
        leg = _leg.get(pk)
        if leg.back_by and leg.state == CallLeg.State.JOINED and leg.page == page:
            line.join(leg, page)  # somebody took it for lost, but its page is here
            leg = _leg.get(pk)
        return plan_of(leg)

    def _about(self, peer: str, verb: Callable[[CallLeg], None]) -> None:
        if self.leg and (leg := _legs().filter(peer=peer, call=self.leg.call_id).first()):
            with suppress(StaleState):
                verb(leg)


def _legs() -> CallLegQuerySet:
    return CallLeg.objects.select_related("call__interaction__queue", "agent__person", "person", "via")


_leg = Prepared(lambda pk: _legs().filter(pk=pk))
_customers = Prepared(lambda interaction: _legs().filter(call__interaction=interaction, role="customer").live())
_persons = Prepared(lambda person, peer: _legs().live().filter(Q(agent__person=person) | Q(person=person), peer=peer))


def leg_of_customer(interaction_id: int) -> CallLeg | None:
    return _customers.first(interaction_id)


def leg_of_person(person_id: int, peer: str) -> CallLeg | None:
    """An agent's own leg, or a supervisor's."""
    return _persons.first(person_id, peer)
