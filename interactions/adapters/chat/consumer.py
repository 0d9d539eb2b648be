"""The visitor's live connection: lines and marks both ways, one conversation per socket."""

import asyncio
import json
import logging
from typing import Any

from django.utils import translation

from agents.errors import StaleState
from contactcenter.realtime import Screen, in_db
from interactions import broadcasts
from interactions.adapters.chat.coming import current
from interactions.adapters.chat.door import check_origin, find_entry_point, find_visitor
from interactions.adapters.chat.refusals import Refusal
from interactions.adapters.chat.standing import as_it_is, lines_after, standing
from interactions.adapters.chat.throttle import Bucket, Buckets
from interactions.adapters.chat.words import client_id_of, number_of, text_of
from interactions.adapters.voice.phone import leg_of_customer
from interactions.adapters.voice.visiting import VisitorPhone
from interactions.models import CallLeg, EntryPoint, Interaction, Visitor
from interactions.models.marks import Mark
from interactions.presence import get_presence
from interactions.shortly import get_shortly

log = logging.getLogger(__name__)

BAD_TOKEN, FOREIGN, UNKNOWN_ENTRY, FLOOD, PROTOCOL = 4401, 4403, 4404, 4408, 4400
HELLO_WITHIN = 15.0  # seconds
PAGES = 20  # of one visitor at once
PATIENCE = 200  # frames over the limit before the socket is closed
# What one visitor may do, over all their sockets: say a line, type, ask for all the lines.
_lines = Buckets(burst=20, per_second=2)
_strokes = Buckets(burst=10, per_second=1)
_recitals = Buckets(burst=30, per_second=0.5)


class VisitorConsumer(Screen):
    entry_point: EntryPoint
    visitor: Visitor | None = None
    interaction_id: int | None = None
    agent_id: int | None = None
    told: dict[str, Any] | None = None
    said_up_to = 0

    async def connect(self) -> None:
        self.frames, self.excess = Bucket(burst=60, per_second=15), 0
        self.client_ids: set[str] = set()
        self.phone = VisitorPhone(self, self.answer, self._leg)
        headers = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        try:
            self.entry_point = await in_db(find_entry_point, self.scope["url_route"]["kwargs"]["key"])
            check_origin(self.entry_point, headers.get(b"origin", ""), headers.get(b"host", ""))
        except Refusal as refusal:
            await self.refuse(UNKNOWN_ENTRY if refusal.code == "unknown_entry" else FOREIGN)
            return
        await self.accept()
        self._deadline = asyncio.get_running_loop().call_later(HELLO_WITHIN, self._impatient)

    async def disconnect(self, code: int) -> None:
        if deadline := getattr(self, "_deadline", None):
            deadline.cancel()
        if self.visitor:
            get_presence().leave(self.visitor.pk)
            await self.phone.close()

    def _impatient(self) -> None:
        if self.visitor is None:
            self.drop(BAD_TOKEN)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Count before reading: a flood must cost us less than it costs its sender."""
        if self.frames.take():
            await super().websocket_receive(message)
            return
        self.excess += 1
        if self.excess % 50 == 1:
            await self.answer(Refusal("flood").as_data() | {"type": "error"})
        if self.excess > PATIENCE:
            await self.close(code=FLOOD)

    async def misread(self, why: str) -> None:
        await self.answer(Refusal(why).as_data() | {"type": "error"})

    async def receive_json(self, data: dict[str, Any]) -> None:
        kind = data.get("type")
        try:
            if kind == "hello" and self.visitor is None:
                await self.hello(data)
            elif self.visitor is None:
                await self.close(code=PROTOCOL)
            elif isinstance(kind, str) and kind in self.UNDERSTOOD:
                await self.UNDERSTOOD[kind](self, data)
            elif isinstance(kind, str) and kind.startswith("call."):
                await self.phone.heard(data)
            else:
                raise Refusal("unknown_type")
        except Refusal as refusal:
            await self.refused(refusal, data)
        except StaleState as late:
            await self.refused(Refusal("rated" if kind == "rate" else "closed", str(late)), data)
        except Exception:
            log.exception("a visitor's frame failed")
            await self.refused(Refusal("server"), data)

    async def refused(self, refusal: Refusal, data: dict[str, Any]) -> None:
        client_id = data.get("client_id")
        about = {"client_id": client_id} if isinstance(client_id, str) and len(client_id) <= 64 else {}
        await self.answer(refusal.as_data() | {"type": "error"} | about)
        if self.visitor is None:
            await self.close(code=BAD_TOKEN if refusal.code == "token" else PROTOCOL)

    async def answer(self, data: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(data))

    # What a visitor's page says

    async def hello(self, data: dict[str, Any]) -> None:
        after = number_of(data.get("after"))
        visitor = await in_db(find_visitor, self.entry_point, data.get("token"))
        if get_presence().visitors[visitor.pk] >= PAGES or not _recitals.take(visitor.pk):
            await self.close(code=FLOOD)
            return
        self.interaction_id, language = await in_db(self._current, visitor)
        if language:
            translation.activate(language)  # for this connection's task alone
        self.phone.interaction_id = self.interaction_id
        if self.interaction_id:
            await self.join(broadcasts.visitor_screen(self.interaction_id))
        self.visitor = visitor
        await get_presence().enter(visitor.pk)
        if not self.interaction_id:
            await self.answer({"type": "state", "interaction": None, "state": "none"})
            return
        await self.stand()
        await self.phone.look()
        of_this = data.get("interaction") in (None, self.interaction_id)
        await self.tell_after(after if of_this else 0)

    @staticmethod
    def _current(visitor: Visitor) -> tuple[int | None, str]:
        interaction = current(visitor)
        return (interaction.pk, interaction.language) if interaction else (None, "")

    async def say(self, data: dict[str, Any]) -> None:
        text, client_id = text_of(data.get("text")), client_id_of(data.get("client_id"))
        if not text:
            raise Refusal("empty")
        assert self.visitor is not None
        if not _lines.take(self.visitor.pk):
            raise Refusal("flood")
        with get_shortly().standing_back():
            seq = await in_db(self._hear, text, client_id)
        # The push is the receipt. A line that was here before this socket, or is said again, is pushed no more.
        if client_id and (client_id in self.client_ids or seq <= self.said_up_to):
            for frame in (await in_db(lines_after, self.conversation, seq - 1))[:1]:
                await self.answer(frame)
        self.client_ids.add(client_id)

    def _hear(self, text: str, client_id: str) -> int:
        return Interaction(pk=self.conversation).hear(text, client_id=client_id).seq

    async def typing(self, data: dict[str, Any]) -> None:
        assert self.visitor is not None
        if self.agent_id and _strokes.take(self.visitor.pk):
            broadcasts.customer_types(self.agent_id, self.conversation)

    async def read(self, data: dict[str, Any]) -> None:
        seq = number_of(data.get("seq"))
        get_shortly().mark(Mark(self.conversation, "customer_read"), seq)

    async def received(self, data: dict[str, Any]) -> None:
        seq = number_of(data.get("seq"))
        get_shortly().mark(Mark(self.conversation, "customer_received"), seq)

    async def end(self, data: dict[str, Any]) -> None:
        await in_db(lambda: self._interaction().leave())

    async def rate(self, data: dict[str, Any]) -> None:
        stars, comment = data.get("stars"), text_of(data.get("comment"), 2000)
        if not isinstance(stars, int) or isinstance(stars, bool) or not 1 <= stars <= 5:
            raise Refusal("invalid")
        await in_db(lambda: self._interaction().rate(stars, comment))

    async def later(self, data: dict[str, Any]) -> None:
        await in_db(lambda: self._interaction().answer_later())

    async def resume(self, data: dict[str, Any]) -> None:
        after = number_of(data.get("after"))
        assert self.visitor is not None
        if not _recitals.take(self.visitor.pk):
            raise Refusal("flood")
        await self.tell_after(after)

    async def ping(self, data: dict[str, Any]) -> None:
        """The line moves without a word to those further back: they hear of it here."""
        if self.told and self.told["state"] == "queued":
            await self.stand(if_new=True)
        await self.answer({"type": "pong"})

    UNDERSTOOD = {
        "say": say,
        "typing": typing,
        "read": read,
        "received": received,
        "end": end,
        "rate": rate,
        "later": later,
        "resume": resume,
        "ping": ping,
    }

    # What it is told

    async def refresh(self, event: dict[str, Any]) -> None:
        if event["what"] == "call":
            await self.phone.look()
        else:
            await self.stand()

    async def resynced(self) -> None:
        """The page compares the number of the last line with its own, and asks for what it has missed."""
        await self.stand()
        await self.phone.look()

    async def stand(self, *, if_new: bool = False) -> None:
        state, self.agent_id = await in_db(self._standing)
        if not if_new or state != self.told:
            self.told = state
            await self.answer(state)

    def _standing(self) -> tuple[dict[str, Any], int | None]:
        interaction = self._interaction()
        return standing(interaction), interaction.agent_id

    async def tell_after(self, after: int) -> None:
        while frames := await in_db(lines_after, self.conversation, after):
            for frame in frames:
                await self.answer(frame)
            after = frames[-1]["seq"]
            self.said_up_to = max(self.said_up_to, after)

    @property
    def conversation(self) -> int:
        if self.interaction_id is None:
            raise Refusal("closed")
        return self.interaction_id

    def _leg(self, peer: str) -> CallLeg | None:
        leg = leg_of_customer(self.conversation)
        return leg if leg and leg.peer == peer else None

    def _interaction(self) -> Interaction:
        return as_it_is(self.conversation)
