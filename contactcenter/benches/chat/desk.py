"""An agent as a browser: signs in, holds the desk's socket, accepts what rings and replies."""

import asyncio
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from html import unescape
from typing import Any, Self

import aiohttp

OFFER = re.compile(r'hx-post="(/offers/\d+/acceptance/)"')
ROW = re.compile(r'data-interaction="(\d+)"')
TALK = re.compile(r'(?:id|hx-target)="#?messages-(\d+)"')
BUBBLE = re.compile(r'data-seq="(\d+)" data-prev="(\d+)" data-kind="(\w+)"(.*?)</article>', re.S)
BODY = re.compile(r'class="message__body">(.*?)</div>', re.S)
TOKEN = re.compile(r'"x-csrftoken": "(\w+)"|name="csrfmiddlewaretoken" value="(\w+)"')
TAG = re.compile(r"<[^>]+>")
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
AGAIN = 2.0  # seconds
LIVE_PATIENCE = 3.0
PATIENCE = aiohttp.ClientTimeout(total=20)

Lost = (aiohttp.ClientError, OSError)  # TimeoutError is an OSError
OnLine = Callable[[int, str, str], None]  # interaction, kind, text


class AgentClient:
    """What desk.html and its scripts do, without a screen: bubbles by number, once each, holes fetched again."""

    def __init__(self, base: str, on_line: OnLine = lambda interaction, kind, text: None) -> None:
        self.base, self.on_line = base, on_line
        self.bubbles: dict[int, dict[int, str]] = defaultdict(dict)
        self.open = asyncio.Event()
        self._http = aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=PATIENCE)
        self._headers = FRAGMENT | {"Origin": base}
        self._socket: aiohttp.ClientWebSocketResponse
        self._accepted: set[str] = set()
        self._read: dict[int, int] = defaultdict(int)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def sign_in(self, username: str, password: str) -> None:
        form = await self._page("/login/")
        data = {"username": username, "password": password, "csrfmiddlewaretoken": form}
        async with self._http.post("/login/", data=data, headers={"Referer": self.base}) as response:
            if "sessionid" not in {cookie.key for cookie in self._http.cookie_jar}:
                raise PermissionError(f"{username} may not sign in ({response.status})")
        await self.load()

    async def resume(self, session: str) -> None:
        """Come with a session cookie instead of a password."""
        self._http.cookie_jar.update_cookies({"sessionid": session})
        await self.load()

    async def load(self) -> None:
        """The page itself, once."""
        self._headers["X-CSRFToken"] = await self._page("/desk/")

    async def _page(self, path: str) -> str:
        async with self._http.get(path) as response:
            found = TOKEN.search(await response.text())
            if not found:
                raise PermissionError(f"{path} answered {response.status}")
            return found[1] or found[2]

    def start(self) -> None:
        """Be at the desk until the client is closed."""
        self._spawn(self._stay())

    async def _stay(self) -> None:
        pause = 0.1
        while True:
            try:
                async with self._http.ws_connect("/ws/desk/", origin=self.base) as socket:
                    pause = 0.1
                    self._socket = socket
                    self.open.set()
                    self._spawn(self._see_all())
                    async for frame in socket:
                        self._take(frame.data)
            except Lost:
                pass
            self.open.clear()
            for number in self._asked:
                self._said(number, "")
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1)

    def _take(self, text: str) -> None:
        if not text.startswith("{"):
            self._show(text)
            return
        match json.loads(text):
            case {"type": "resync"}:
                self._spawn(self._see_all())
            case {"type": "said", "number": number, "html": html}:
                self._said(number, html)

    def _show(self, html: str, interaction: int | None = None) -> None:
        """Draw a fragment: offers are accepted, bubbles are put in their conversation."""
        for offer in OFFER.findall(html):
            if offer not in self._accepted:
                self._accepted.add(offer)
                self._spawn(self._accept(offer))
        marks = [(found.start(), int(found[1])) for found in TALK.finditer(html)]
        for bubble in BUBBLE.finditer(html):
            where = [pk for start, pk in marks if start < bubble.start()]
            pk = where[-1] if where else interaction
            assert pk, "a bubble outside any conversation"
            self._bubble(pk, int(bubble[1]), int(bubble[2]), bubble[3], bubble[4])

    def _bubble(self, pk: int, seq: int, prev: int, kind: str, rest: str) -> None:
        shown = self.bubbles[pk]
        if seq in shown:
            return
        body = BODY.search(rest)
        shown[seq] = unescape(TAG.sub("", body[1])) if body else ""
        self.on_line(pk, kind, shown[seq])
        if prev and prev not in shown and len(shown) > 1:
            self._spawn(self._fetch(pk))
        if kind != "outbound":
            self._spawn(self._tell_read(pk, seq))

    async def _accept(self, offer: str) -> None:
        try:
            async with self._http.post(offer, headers=self._headers) as response:
                if where := response.headers.get("HX-Location"):
                    await self._get(json.loads(where)["path"])
                elif response.status >= 500:
                    self._accepted.discard(offer)
        except Lost:
            self._accepted.discard(offer)

    async def _see_all(self) -> None:
        """What the page does once its line is open: fetch what is true now, and the lines that were missed."""
        for pk in {int(row) for row in ROW.findall(await self._get_for_sure("/desk/"))}:
            await self._fetch(pk)

    async def _fetch(self, pk: int) -> None:
        if self.bubbles[pk]:
            await self._get_for_sure(f"/interactions/{pk}/messages/?after={min(self.bubbles[pk])}", pk)
        else:
            await self._get_for_sure(f"/desk/{pk}/")

    async def _get_for_sure(self, path: str, pk: int | None = None) -> str:
        """As long as the line is open, what fails is asked for again; a new line asks for everything."""
        while self.open.is_set():
            with suppress(*Lost):
                return await self._get(path, pk)
            await asyncio.sleep(AGAIN * random.uniform(0.5, 1.5))
        return ""

    async def _get(self, path: str, pk: int | None = None) -> str:
        async with self._http.get(path, headers=self._headers) as response:
            html = await response.text()
            if response.status >= 500:
                response.raise_for_status()
            if response.status == 200:
                self._show(html, pk)
            return html

    async def _tell_read(self, pk: int, seq: int) -> None:
        if seq <= self._read[pk]:
            return
        self._read[pk] = seq
        await self.open.wait()
        with suppress(*Lost):
            await self._socket.send_json({"type": "read", "interaction": pk, "seq": str(seq)})

    async def say(self, pk: int, text: str, client_id: str) -> int:
        """The status of one attempt; the page keeps words and client id until one of them is below 300."""
        if html := await self._said_live(pk, text, client_id):
            self._show(html, pk)
            return 200
        data = {"text": text, "client_id": client_id, "kind": "reply"}
        async with self._http.post(f"/interactions/{pk}/messages/", data=data, headers=self._headers) as response:
            html = await response.text()
            if response.status == 200:
                self._show(html, pk)
            return response.status

    async def _said_live(self, pk: int, text: str, client_id: str) -> str:
        """Up the line, if it is open and answers; all else is a request."""
        if not self.open.is_set():
            return ""
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(LIVE_PATIENCE):
                frame = {"type": "say", "number": number, "interaction": pk, "text": text, "client_id": client_id}
                await self._socket.send_json(frame)
                return await self._asked[number]
        except Lost:
            return ""
        finally:
            del self._asked[number]

    def _said(self, number: int, html: str) -> None:
        if (answer := self._asked.get(number)) and not answer.done():
            answer.set_result(html)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) and not isinstance(failure, Lost):
            raise failure
