"""The simulator while it lives: webhooks go out by themselves, sound is mixed, music is fetched, recordings are made.

It works in threads of its own: one that mixes and speaks with pages, and one that alone asks our app, one request after
the other.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, Protocol
from xml.etree import ElementTree

import numpy as np
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from websockets.asyncio.server import ServerConnection, serve

from tests.twilio.caller import Caller
from tests.twilio.gateway import Page, certificate
from tests.twilio.mixer import mixed
from tests.twilio.peer import Peer
from tests.twilio.simulator import Twilio
from tests.twilio.sound import FRAME, RATE, SILENCE, Handset, Music, mp3
from tests.twilio.telephone import Line

BEAT = FRAME / RATE  # seconds
LOOKS_EVERY = 0.05  # seconds, for what is to be told or done
PATIENCE = 60  # seconds; a busy machine is no failure
LONGEST_MESSAGE = 180 * RATE // FRAME  # frames
BEEP, BEEPS_FOR = Handset(1000).speak(), 25  # frames, each of whole waves


class Voice(Protocol):
    """Whoever is at the end of a line."""

    def speak(self) -> np.ndarray: ...

    def hear(self, samples: np.ndarray) -> None: ...


class App:
    """Our own app; its address here is named once it is known."""

    def __init__(self) -> None:
        self.url = ""
        self.session = requests.Session()  # Twilio tries again, too, what it cannot reach
        self.session.headers["Connection"] = "close"
        self.session.mount("http://", HTTPAdapter(max_retries=Retry(connect=5, backoff_factor=0.2)))

    def post(self, path: str, form: dict[str, str], HTTP_X_TWILIO_SIGNATURE: str) -> requests.Response:
        signed = {"X-Twilio-Signature": HTTP_X_TWILIO_SIGNATURE}
        return self.session.post(self.url + path, form, headers=signed, timeout=PATIENCE)

    def get(self, path: str) -> bytes:
        answer = self.session.get(self.url + path, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.content


class Exchange:
    """Its signalling is behind TLS at a free port; or plain at an open door, for pages of these origins alone."""

    def __init__(self, twilio: Twilio, door: socket.socket | None = None, origins: list[str] | None = None) -> None:
        self.twilio, self.telephone = twilio, twilio.telephone
        self.app = self.telephone.client = App()
        self.voices: dict[str, Voice] = {}
        self.music: dict[str, Music] = {}
        self.pages: set[Page | Caller] = set()
        self.messages: dict[str, list[np.ndarray]] = {}  # that are being spoken
        self.lost: dict[str, tuple[Line, Peer]] = {}  # lines whose page may come back
        self.believed: list[str] = []  # as whom pages came
        self.believes_nobody = False
        self.leave_lasts = 3600  # seconds
        self.beats = 0
        self.host = ""
        self._door: dict[str, Any] = {"sock": door} if door else {"host": "127.0.0.1", "port": 0, "ssl": certificate()}
        self._origins: Any = origins
        self._asking = ThreadPoolExecutor(1, "exchange")
        self._ready, self._thread = Event(), Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self.trouble: BaseException | None = None

    # what people do

    def ring(self, frequency: int) -> tuple[Line, Handset]:
        """Somebody calls from a telephone, and speaks with this voice."""
        line, handset = self._asking.submit(self.telephone.ring).result(PATIENCE), Handset(frequency)
        self.voices[line.sid] = handset
        return line, handset

    def press(self, line: Line, key: str) -> None:
        self._asking.submit(self.telephone.press, line, key).result(PATIENCE)

    def pick_up(self, line: Line, handset: Handset) -> None:
        """A telephone that rings is answered."""
        self._asking.submit(self.telephone.answer, line).result(PATIENCE)
        self.voices[line.sid] = handset

    def hang_up(self, line: Line) -> None:
        self._asking.submit(self.telephone.hang_up, line).result(PATIENCE)

    def put_down(self, line: Line) -> None:
        """Hang up, which is the end of a voicemail, too; by whom `do` asks for it."""
        if said := self.messages.pop(line.sid, []):
            self.telephone.speak(line, len(said) * FRAME // RATE, mp3([(frame, frame) for frame in said]))
        else:
            self.telephone.hang_up(line)

    def close_lines(self) -> None:
        """Nobody speaks any more, and all of it was told."""
        for line in list(self.telephone.lines.values()):
            self.hang_up(line)
        self._asking.submit(self._ask).result(PATIENCE)

    def cut(self) -> None:
        """Every page loses its websocket, and nothing else."""
        for page in list(self.pages):
            self._loop.call_soon_threadsafe(page.socket.transport.abort)

    async def do[T](self, what: Callable[..., T], *about: Any) -> T:
        """Something that may ask our app, in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, what, *about)

    # what Twilio does

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._meet, origins=self._origins, **self._door) as door:
            self.host = f"127.0.0.1:{next(iter(door.sockets)).getsockname()[1]}"
            self._ready.set()
            working = {asyncio.create_task(part) for part in (self._beat(), self._work(), self._stop.wait())}
            done, others = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
            self.trouble = next((task.exception() for task in done if task.exception()), None)

    async def _meet(self, socket: ServerConnection) -> None:
        page = (Caller if socket.request and socket.request.path == "/caller" else Page)(self, socket)
        self.pages.add(page)
        try:
            await page.serve()
        finally:
            self.pages.discard(page)

    async def wait_for(self, lines: dict[str, tuple[Line, Peer]], seconds: int) -> None:
        """A page is gone: what it does not come back to is over."""
        self.lost |= lines
        await asyncio.sleep(seconds if lines else 0)
        for sid, (line, peer) in lines.items():
            if self.lost.pop(sid, None):
                await self.do(self.telephone.hang_up, line)
                await peer.close()

    async def _beat(self) -> None:
        """Every 20 ms; a beat that was late is made up for."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while True:
            self._mix()
            self.beats += 1
            await asyncio.sleep(start + self.beats * BEAT - loop.time())

    def _mix(self) -> None:
        spoken = {sid: voice.speak() for sid, voice in list(self.voices.items())}
        music = {url: one.frame(self.beats) for url, one in list(self.music.items())}
        heard = {sid: samples for room in self.telephone.rooms for sid, samples in mixed(room, spoken, music)}
        lines = list(self.telephone.lines.values())
        heard |= {line.sid: music.get(line.queue["waitUrl"], SILENCE) for line in lines if line.queue}
        speaking = [line for line in lines if line.records and not line.over and time.monotonic() > line.waits_until]
        heard |= {line.sid: BEEP for line in speaking if len(self.messages.get(line.sid, ())) < BEEPS_FOR}
        for sid, voice in list(self.voices.items()):
            voice.hear(heard.get(sid, SILENCE))
        for line in speaking:
            if line.sid in spoken:
                said = self.messages.setdefault(line.sid, [])
                said += [spoken[line.sid]] if len(said) < LONGEST_MESSAGE else []
        for one in self.telephone.recordings:
            if one.line in spoken:
                one.take(spoken[one.line], heard.get(one.line, SILENCE))

    async def _work(self) -> None:
        while True:
            await self.do(self._ask)
            for page in list(self.pages):
                await page.keep_up()
            await asyncio.sleep(LOOKS_EVERY)

    def _ask(self) -> None:
        self.telephone.run()
        for line in list(self.telephone.lines.values()):
            if line.over:
                self.voices.pop(line.sid, None)
            elif line.goes_on and time.monotonic() > line.waits_until:
                self.telephone.fetch(line, line.goes_on)
            elif line.gathers and self.telephone.letter_takes and time.monotonic() > line.keys_until:
                self.telephone.go_on(line)
            elif line.rings and not line.room and time.monotonic() > line.rings_until:
                self.telephone.refuse(line, "no-answer")
        for one in self.telephone.recordings:
            if one.status != "completed" and self.telephone.lines[one.line].over:
                self.telephone.recordings.finish(one)
        for line in list(self.telephone.lines.values()):
            for url in self._music_of(line) - {"", *self.music}:
                self.music[url] = self._fetch_music(url, line)
        self.telephone.deliver()

    def _music_of(self, line: Line) -> set[str]:
        """Where what they hear who wait comes from."""
        if line.queue:
            return {line.queue["waitUrl"]}
        person = self.telephone.rooms[line.room].people.get(line.sid) if line.room else None
        return {person.wait_url, person.hold_url} if person else set()

    def _fetch_music(self, url: str, line: Line) -> Music:
        twiml = self.twilio.knock(self.app, url, self.telephone.about(line)).content
        played = self.twilio.path(ElementTree.fromstring(twiml).findtext(".//Play", ""))
        return Music(self.app.get(played))

    # its life

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    @contextmanager
    def open(self) -> Iterator["Exchange"]:
        self._thread.start()
        assert self._ready.wait(10)
        yield self
        with suppress(RuntimeError):  # it has stopped by itself, which is raised below
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._asking.shutdown()
        if self.trouble:
            raise self.trouble
