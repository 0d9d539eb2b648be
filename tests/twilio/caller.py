"""Somebody outside with a telephone, which is a page: signalling by websocket at /caller, sound by WebRTC.

What is said is JSON. The page says `here {number}`, `call {to, sdp}`, `answer {sdp}`, `key {key}` and `hang_up`; it is
told `rings {caller}`, `sdp {sdp}`, `said {words}`, `state {state}` and `over {why}`.
"""

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.twilio.peer import Peer
from tests.twilio.telephone import REFUSED

if TYPE_CHECKING:
    from tests.twilio.exchange import Exchange
    from tests.twilio.telephone import Line


class Caller:
    def __init__(self, exchange: "Exchange", socket: ServerConnection) -> None:
        self.exchange, self.socket, self.telephone = exchange, socket, exchange.telephone
        self.number = ""
        self.ringing: Line | None = None
        self.line: Line | None = None
        self.peer: Peer | None = None
        self.heard, self.state = 0, ""
        self.being_said: deque[str] = deque()
        self.said_at = 0.0  # time.monotonic(), when the last of them was begun and is over
        self.mine = False  # who hung up
        self.can: dict[str, Callable[..., Awaitable[None]]] = {
            "here": self.be_here,
            "call": self.call,
            "answer": self.answer,
            "key": self.press,
            "hang_up": self.hang_up,
        }

    async def serve(self) -> None:
        """Until the page goes, which hangs up."""
        try:
            with suppress(ConnectionClosed):
                async for text in self.socket:
                    message = json.loads(text)
                    await self.can[message.pop("type")](**message)
        finally:
            await self.hang_up()
            await self._let_go()

    async def keep_up(self) -> None:
        """Tell what has happened since."""
        if self.line is None:
            await self._look_who_rings()
            return
        await self._say_on(self.line)
        if self.line.over and not self.being_said:
            why = "mine" if self.mine else "refused" if REFUSED in self.line.heard else "theirs"
            await self._let_go()
            await self._tell("over", why=why)
        elif (state := self._state(self.line)) != self.state:
            self.state = state
            if state == "talking":
                self._say_no_more()
            await self._tell("state", state=state)

    async def _say_on(self, line: "Line") -> None:
        """One after the other, each as long as it takes; who talks with somebody or pressed a key hears no more."""
        news = line.heard[self.heard :]
        self.being_said += [words for words in news if words != REFUSED and not words.startswith(("→", "♪"))]
        self.heard = len(line.heard)
        while self.being_said and time.monotonic() >= self.said_at:
            words = self.being_said.popleft()
            self.said_at = time.monotonic() + len(words) * self.telephone.letter_takes
            await self._tell("said", words=words)

    def _say_no_more(self) -> None:
        self.being_said.clear()
        self.said_at = 0.0

    # what the page says

    async def be_here(self, number: str) -> None:
        self.number = number

    async def call(self, to: str, sdp: str) -> None:
        if self.line:
            return
        try:
            line = await self.exchange.do(self.telephone.ring, to, self.number)
        except AssertionError:  # our app would not have it
            await self._tell("over", why="failed")
            return
        await self._speak(line, sdp)

    async def answer(self, sdp: str) -> None:
        if self.ringing and not self.ringing.over:
            line, self.ringing = self.ringing, None
            await self.exchange.do(self.telephone.answer, line)
            await self._speak(line, sdp)

    async def press(self, key: str) -> None:
        if self.line and not self.line.over and self.line.records:
            await self.hang_up()  # any key ends a voicemail, and nothing comes after it
        elif self.line and not self.line.over and self.line.gathers:
            self.heard = len(self.line.heard)
            self._say_no_more()
            await self.exchange.do(self.telephone.press, self.line, key)

    async def hang_up(self) -> None:
        self.mine = True
        self._say_no_more()
        if self.line and not self.line.over:
            await self.exchange.do(self.exchange.put_down, self.line)
        elif self.ringing and not self.ringing.over:
            await self.exchange.do(self.telephone.refuse, self.ringing)

    # what it is told

    async def _speak(self, line: "Line", sdp: str) -> None:
        self.line, self.mine = line, False
        if line.over:
            return
        peer = self.peer = self.exchange.voices[line.sid] = Peer()
        await self._tell("sdp", sdp=await peer.answer(sdp))

    async def _look_who_rings(self) -> None:
        if self.ringing:
            if self.ringing.over:
                self.ringing = None
                await self._tell("over", why="mine" if self.mine else "missed")
            return
        rings = (one for one in self.telephone.rung if one.to == self.number and not one.over and not one.room)
        if one := next(rings, None):
            self.ringing, self.mine = one, False
            await self._tell("rings", caller=one.caller)

    async def _let_go(self) -> None:
        if self.line and self.peer:
            self.exchange.voices.pop(self.line.sid, None)
            await self.peer.close()
        self.line = self.peer = None
        self.heard, self.state = 0, ""
        self._say_no_more()

    def _state(self, line: "Line") -> str:
        """What somebody with a telephone at their ear would say is going on."""
        if line.records:
            return "recording"
        if line.queue:
            return "waiting"
        room = self.telephone.rooms[line.room] if line.room else None
        if room is None:
            return "menu" if line.gathers else "listening"
        if room.people[line.sid].hold if line.sid in room.people else False:
            return "held"
        return "talking" if room.started else "waiting"

    async def _tell(self, kind: str, **more: Any) -> None:
        with suppress(ConnectionClosed):
            await self.socket.send(json.dumps({"type": kind} | more))
