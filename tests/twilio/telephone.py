"""Twilio's telephone side: lines that obey TwiML, and the webhooks that tell of them.

Webhooks of rooms wait in `news` until a test delivers them, so that it may do that twice, late or in another order.
What REST orders a line to do (`update(url=…)`) is done by `run`, in the test's own thread, where its database is.
"""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tests.twilio.answers import ACCOUNT, Answer, Asked, Form, Verb, listed, refused, told
from tests.twilio.recordings import MP3, Recordings
from tests.twilio.rooms import Rooms

if TYPE_CHECKING:
    from tests.twilio.simulator import Twilio

PLAYED_FOR = 8  # seconds: our music
REFUSED = "refused"  # stands in what a line heard


@dataclass
class Line:
    """A telephone line, what it hears and where TwiML has led it."""

    sid: str
    caller: str
    to: str
    heard: list[str] = field(default_factory=list)
    room: str = ""
    gathers: str = ""  # where keys go
    unpressed: list[ElementTree.Element] = field(default_factory=list)  # what follows if none is
    tells_silence: bool = False  # or that none was pressed is told as if it were one
    keys_until: float = 0.0  # time.monotonic()
    pressed: str = ""  # by its page
    goes_on: str = ""  # where it was redirected to
    waits_until: float = 0.0  # time.monotonic(), before it goes on; by then all was said
    queue: dict[str, str] | None = None  # the Enqueue it waits in
    records: str = ""  # where the webhook of its voicemail goes
    over: bool = False
    rings: str = ""  # the room it was rung for
    rings_until: float = 0.0  # time.monotonic()
    label: str = ""
    callback: str = ""


class Telephone:
    def __init__(self, twilio: "Twilio") -> None:
        self.twilio = twilio
        self.client: Any = None
        self.letter_takes = 0.0  # seconds to say; 0: nothing does, and for keys there is time without end
        self.lines: dict[str, Line] = {}
        self.rooms = Rooms(self)
        self.recordings = Recordings(self)
        self.news: list[tuple[str, Form]] = []
        self.dialled: Line | None = None  # the last that came in by the SDK
        self.rung: list[Line] = []
        self.orders: list[tuple[str, str]] = []
        self.announcements: list[tuple[str, str]] = []

    @property
    def routes(self) -> list[tuple[str, str, Verb]]:
        return [
            ("POST", r"/Calls/(\w+)\.json", self.update_call),
            ("GET", r"/Conferences/(\w+)/Participants\.json", self.list_participants),
            *self.rooms.routes,
            *self.recordings.routes,
        ]

    # what people do

    def ring(self, to: str = "+3197010281234", caller: str = "+31612345678", **more: str) -> Line:
        line = Line(self.twilio.sid("CA"), caller, to)
        self.lines[line.sid] = line
        self.fetch(line, "/hooks/twilio/voice/", CallStatus="ringing", Direction="inbound", **more)
        return line

    def dial_in(self, identity: str, leg: str) -> Line:
        """As the SDK of an agent's page does."""
        line = self.dialled = Line(self.twilio.sid("CA"), f"client:{identity}", "")
        self.lines[line.sid] = line
        self.fetch(line, "/hooks/twilio/agent/", leg=leg, Direction="inbound", CallStatus="ringing")
        return line

    def press(self, line: Line, key: str) -> None:
        self.fetch(line, line.gathers, Digits=key)

    def hang_up(self, line: Line, status: str = "completed") -> None:
        if line.over:
            return
        line.over = True
        self.rooms.leave(line, "participant_hung_up")
        self.news.append(("/hooks/twilio/voice/status/", self.about(line, CallStatus=status, SequenceNumber="0")))

    def answer(self, line: Line) -> None:
        """Somebody picks up a telephone that was rung."""
        self.rooms.answer(line)

    def refuse(self, line: Line, status: str = "busy") -> None:
        line.over = True
        self.news.append((line.callback, self.about(line, CallStatus=status, SequenceNumber="1")))

    def speak(self, line: Line, seconds: int = 7, sound: bytes = MP3) -> None:
        """Leave a voicemail and hang up."""
        sid = self.twilio.sid("RE")
        self.twilio.files[sid] = ("audio/mpeg", sound)
        said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": str(seconds)}
        said |= {
            "RecordingSource": "RecordVerb",
            "RecordingChannels": "1",
            "RecordingUrl": f"https://evil.example/{sid}",
        }
        self.news.append((line.records, self.about(line) | said))
        self.hang_up(line)

    # what Twilio does

    def deliver(self, *, times: int = 1, shuffled: int | None = None) -> None:
        """Send what waits to be told, each so many times; `shuffled` by this seed."""
        while self.news:
            news = [self.news.pop(0) for _each in range(len(self.news))] * times
            if shuffled is not None:
                random.Random(shuffled).shuffle(news)
            for path, form in news:
                response = self.twilio.knock(self.client, path, form)
                assert response.status_code in (200, 204), (path, form, response.status_code)

    def run(self) -> None:
        """Do what REST ordered lines to do."""
        while self.announcements:  # to one of a room alone
            sid, path = self.announcements.pop(0)
            response = self.twilio.knock(self.client, path, self.about(self.lines[sid]))
            self._obey(self.lines[sid], ElementTree.fromstring(response.content))
        while self.orders:
            sid, path = self.orders.pop(0)
            line = self.lines[sid]
            if waited := line.queue:
                line.queue = None
                self.twilio.knock(self.client, waited["action"], self.about(line, QueueResult="redirected"))
            self.rooms.leave(line, "participant_updated_via_api")
            self.fetch(line, path)

    def fetch(self, line: Line, path: str, **more: str) -> None:
        response = self.twilio.knock(self.client, path, self.about(line, **more))
        assert response.status_code == 200, (path, response.status_code)
        line.gathers = line.goes_on = ""
        line.waits_until = time.monotonic()
        self._obey(line, ElementTree.fromstring(response.content))

    def about(self, line: Line, **more: str) -> Form:
        return {"CallSid": line.sid, "AccountSid": ACCOUNT, "From": line.caller, "To": line.to} | more

    def go_on(self, line: Line) -> None:
        """No key was pressed, and it is time."""
        if line.tells_silence:
            self.fetch(line, line.gathers, Digits="")
            return
        line.gathers = ""
        self._obey(line, line.unpressed)

    def _obey(self, line: Line, verbs: Iterable[ElementTree.Element]) -> None:
        verbs = list(verbs)
        for number, verb in enumerate(verbs):
            if verb.tag in ("Say", "Play"):
                words = verb.text or ""
                line.heard.append(words if verb.tag == "Say" else "♪")
                takes = len(words) * self.letter_takes if verb.tag == "Say" else PLAYED_FOR if self.letter_takes else 0
                line.waits_until = max(line.waits_until, time.monotonic()) + takes
            elif verb.tag == "Gather":
                self._obey(line, verb)
                line.gathers = self.twilio.path(verb.get("action", ""))
                line.unpressed = verbs[number + 1 :]
                line.tells_silence = verb.get("actionOnEmptyResult") == "true"
                line.keys_until = max(line.waits_until, time.monotonic()) + int(verb.get("timeout", "5"))
                return
            elif verb.tag == "Enqueue":
                line.queue = {name: self.twilio.path(verb.get(name, "")) for name in ("action", "waitUrl")}
                self.fetch(line, line.queue["waitUrl"], QueuePosition="1")
                return
            elif verb.tag == "Leave" and line.queue:
                action, line.queue = line.queue["action"], None
                self.fetch(line, action, QueueResult="leave")
                return
            elif verb.tag == "Dial":
                self.rooms.enter(line, verb[0])
                return
            elif verb.tag == "Record":
                line.records = self.twilio.path(verb.get("recordingStatusCallback", ""))
                return
            elif verb.tag == "Pause":
                line.waits_until = max(line.waits_until, time.monotonic()) + int(verb.get("length", "1"))
            elif verb.tag == "Redirect":
                line.goes_on = self.twilio.path(verb.text or "")
                line.heard.append(f"→ {line.goes_on}")
                return  # a test, or the exchange, decides when time goes on
            elif verb.tag in ("Hangup", "Reject"):
                if verb.tag == "Reject":
                    line.heard.append(REFUSED)
                self.hang_up(line)
                return

    def rung_for(self, room: str, label: str, form: Form) -> Line:
        """A telephone that REST has rung, to come into a room."""
        line = Line(self.twilio.sid("CA"), form["From"], form["To"], rings=room, label=label)
        line.callback = self.twilio.path(form.get("StatusCallback", ""))
        line.rings_until = time.monotonic() + int(form.get("Timeout", "60"))
        self.lines[line.sid] = line
        self.rung.append(line)
        return line

    # what it is asked

    def update_call(self, sid: str, form: Asked) -> Answer:
        line = self.lines.get(sid)
        if line is None or line.over:
            return refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.get("Status") == ["completed"]:
            self.hang_up(line)
        if "Url" in form:
            self.orders.append((sid, self.twilio.path(form["Url"][0])))
        return told(200, {"sid": sid, "status": "completed" if line.over else "in-progress"})

    def list_participants(self, room_sid: str, _form: Any) -> Answer:
        found = [
            {"call_sid": line.sid, "conference_sid": room_sid, "label": line.label}
            for line in self.rung
            if self.rooms[line.rings].sid == room_sid
        ]
        return listed("participants", found)
