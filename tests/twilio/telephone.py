"""Twilio's telephone side: lines that obey TwiML, rooms, and the webhooks that tell of them.

Webhooks of rooms wait in `news` until a test delivers them, so that it may do that twice, late or in another order.
What REST orders a line to do (`update(url=…)`) is done by `run`, in the test's own thread, where its database is.
"""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

if TYPE_CHECKING:
    from tests.twilio.simulator import Answer, Form, Twilio

PUBLIC = "https://desk.example"


@dataclass
class Line:
    """A telephone line, what it hears and where TwiML has led it."""

    sid: str
    caller: str
    to: str
    heard: list[str] = field(default_factory=list)
    room: str = ""
    gathers: str = ""  # where keys go
    queue: dict[str, str] | None = None  # the Enqueue it waits in
    records: str = ""  # where the webhook of its voicemail goes
    over: bool = False
    rings: str = ""  # the room it was rung for
    label: str = ""
    callback: str = ""


@dataclass
class Room:
    sid: str
    callback: str = ""
    started: bool = False
    over: bool = False
    sequence: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict)


class Telephone:
    def __init__(self, twilio: "Twilio") -> None:
        self.twilio = twilio
        self.client: Any = None
        self.lines: dict[str, Line] = {}
        self.rooms: dict[str, Room] = {}
        self.recordings: dict[str, dict[str, Any]] = {}
        self.news: list[tuple[str, Form]] = []
        self.dialled: Line | None = None  # the last that came in by the SDK
        self.rung: list[Line] = []
        self.orders: list[tuple[str, str]] = []

    @property
    def routes(self) -> list[tuple[str, str, Any]]:
        return [
            ("POST", r"/Calls/(\w+)\.json", self.update_call),
            ("POST", r"/Conferences/(\w+)/Participants/(\w+)\.json", self.update_participant),
            ("POST", r"/Conferences/(\w+)/Participants\.json", self.create_participant),
            ("GET", r"/Conferences/(\w+)/Participants\.json", self.list_participants),
            ("POST", r"/Calls/(\w+)/Recordings\.json", self.create_recording),
            ("GET", r"/Calls/(\w+)/Recordings\.json", self.list_recordings),
            ("POST", r"/Calls/(\w+)/Recordings/([\w.]+)\.json", self.update_recording),
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
        self._leave_room(line, "participant_hung_up")
        self.news.append(("/hooks/twilio/voice/status/", self._about(line, CallStatus=status, SequenceNumber="0")))

    def answer(self, line: Line) -> None:
        """Somebody picks up a telephone that was rung."""
        line.room, room = line.rings, self.rooms[line.rings]
        room.people[line.sid] = {
            "label": line.label,
            "muted": False,
            "hold": False,
            "coaching": False,
            "coached": "",
            "ends": True,
        }
        self._tell(room, "participant-join", line.sid, ParticipantLabel=line.label)

    def refuse(self, line: Line, status: str = "busy") -> None:
        line.over = True
        self.news.append((line.callback, self._about(line, CallStatus=status, SequenceNumber="1")))

    def speak(self, line: Line, seconds: int = 7) -> None:
        """Leave a voicemail and hang up."""
        sid = self.twilio.sid("RE")
        self.twilio.files[sid] = ("audio/mpeg", MP3)
        said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": str(seconds)}
        said |= {
            "RecordingSource": "RecordVerb",
            "RecordingChannels": "1",
            "RecordingUrl": f"https://evil.example/{sid}",
        }
        self.news.append((line.records, self._about(line) | said))
        self.hang_up(line)

    # what Twilio does

    def deliver(self, *, times: int = 1, shuffled: int | None = None) -> None:
        """Send what waits to be told, each so many times; `shuffled` by this seed."""
        while self.news:
            news, self.news = self.news * times, []
            if shuffled is not None:
                random.Random(shuffled).shuffle(news)
            for path, form in news:
                response = self.twilio.knock(self.client, path, form)
                assert response.status_code in (200, 204), (path, form, response.status_code)

    def run(self) -> None:
        """Do what REST ordered lines to do."""
        while self.orders:
            sid, path = self.orders.pop(0)
            line = self.lines[sid]
            if waited := line.queue:
                line.queue = None
                self.twilio.knock(self.client, waited["action"], self._about(line, QueueResult="redirected"))
            self._leave_room(line, "participant_updated_via_api")
            self.fetch(line, path)

    def fetch(self, line: Line, path: str, **more: str) -> None:
        response = self.twilio.knock(self.client, path, self._about(line, **more))
        assert response.status_code == 200, (path, response.status_code)
        line.gathers = ""
        self._obey(line, ElementTree.fromstring(response.content))

    def _about(self, line: Line, **more: str) -> "Form":
        from tests.twilio.simulator import ACCOUNT

        return {"CallSid": line.sid, "AccountSid": ACCOUNT, "From": line.caller, "To": line.to} | more

    def _obey(self, line: Line, verbs: ElementTree.Element) -> None:
        for verb in verbs:
            if verb.tag in ("Say", "Play"):
                line.heard.append((verb.text or "") if verb.tag == "Say" else "♪")
            elif verb.tag == "Gather":
                self._obey(line, verb)
                line.gathers = _path(verb.get("action", ""))
                return
            elif verb.tag == "Enqueue":
                line.queue = {"action": _path(verb.get("action", "")), "wait": _path(verb.get("waitUrl", ""))}
                self.fetch(line, line.queue["wait"], QueuePosition="1")
                return
            elif verb.tag == "Leave" and line.queue:
                action, line.queue = line.queue["action"], None
                self.fetch(line, action, QueueResult="leave")
                return
            elif verb.tag == "Dial":
                self._enter_room(line, verb[0])
                return
            elif verb.tag == "Record":
                line.records = _path(verb.get("recordingStatusCallback", ""))
                return
            elif verb.tag == "Redirect":
                line.heard.append(f"→ {_path(verb.text or '')}")
                return  # a test decides whether time goes on
            elif verb.tag in ("Hangup", "Reject"):
                if verb.tag == "Reject":
                    line.heard.append("refused")
                self.hang_up(line)
                return

    def _enter_room(self, line: Line, verb: ElementTree.Element) -> None:
        name = verb.text or ""
        room = self.rooms.setdefault(name, Room(self.twilio.sid("CF")))
        room.callback = room.callback or _path(verb.get("statusCallback", ""))
        line.room = name
        room.people[line.sid] = {
            "label": verb.get("participantLabel", ""),
            "muted": verb.get("muted") == "true",
            "hold": False,
            "coaching": bool(verb.get("coach")),
            "coached": verb.get("coach", ""),
            "ends": verb.get("endConferenceOnExit") == "true",
        }
        self._tell(room, "participant-join", line.sid)
        if verb.get("startConferenceOnEnter") != "false" and not room.started:
            room.started = True
            self._tell(room, "conference-start")

    def _leave_room(self, line: Line, why: str) -> None:
        room = self.rooms.get(line.room)
        line.room = ""
        if room is None or line.sid not in room.people:
            return
        gone = room.people.pop(line.sid)
        self._tell(room, "participant-leave", line.sid, ReasonParticipantLeft=why, ParticipantLabel=gone["label"])
        if gone["ends"] or not room.people:
            for sid in list(room.people):
                self.lines[sid].room = ""
                del room.people[sid]
            room.over = True
            self._tell(room, "conference-end", CallSidEndingConference=line.sid)

    def _tell(self, room: Room, event: str, sid: str = "", **more: str) -> None:
        room.sequence += 1
        form = {"ConferenceSid": room.sid, "StatusCallbackEvent": event, "SequenceNumber": str(room.sequence)} | more
        self.news.append((room.callback, form | ({"CallSid": sid} if sid else {})))

    # what it is asked

    def update_call(self, sid: str, form: dict[str, list[str]]) -> "Answer":
        from tests.twilio.simulator import refused, told

        line = self.lines.get(sid)
        if line is None or line.over:
            return refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.get("Status") == ["completed"]:
            self.hang_up(line)
        if "Url" in form:
            self.orders.append((sid, _path(form["Url"][0])))
        return told(200, {"sid": sid, "status": "completed" if line.over else "in-progress"})

    def update_participant(self, room_sid: str, sid: str, form: dict[str, list[str]]) -> "Answer":
        from tests.twilio.simulator import ACCOUNT, refused, told

        room = next((room for room in self.rooms.values() if room.sid == room_sid), None)
        if room is None or sid not in room.people:
            return refused(404, 20404, "The requested resource was not found")
        person = room.people[sid]
        if "CallSidToCoach" in form and form["CallSidToCoach"][0] not in room.people:
            return refused(400, 13240, "CallSidToCoach is not in the conference")
        for name, key, events in (
            ("Hold", "hold", ("participant-unhold", "participant-hold")),
            ("Muted", "muted", ("participant-unmute", "participant-mute")),
            ("Coaching", "coaching", ("participant-modify", "participant-modify")),
        ):
            wanted = form.get(name, [""])[0]
            if wanted and person[key] != (wanted == "true"):
                person[key] = wanted == "true"
                self._tell(room, events[person[key]], sid)
        person["coached"] = form.get("CallSidToCoach", [person["coached"]])[0]
        return told(200, {"call_sid": sid, "conference_sid": room_sid, "account_sid": ACCOUNT, **person})

    def create_participant(self, room_sid: str, form: dict[str, list[str]]) -> "Answer":
        from tests.twilio.simulator import refused, told

        name = next((name for name, room in self.rooms.items() if room.sid == room_sid and not room.over), "")
        if not name:
            return refused(404, 20404, "The requested resource was not found")
        label = form.get("Label", [""])[0]
        if any(person["label"] == label for person in self.rooms[name].people.values()):
            return refused(400, 16025, "Participant label is in use")
        line = Line(self.twilio.sid("CA"), form["From"][0], form["To"][0], rings=name, label=label)
        line.callback = _path(form.get("StatusCallback", [""])[0])
        self.lines[line.sid] = line
        self.rung.append(line)
        return told(201, {"call_sid": line.sid, "conference_sid": room_sid, "label": label, "status": "queued"})

    def list_participants(self, room_sid: str, _form: Any) -> "Answer":
        from tests.twilio.simulator import told

        found = [
            {"call_sid": line.sid, "conference_sid": room_sid, "label": line.label}
            for line in self.rung
            if self.rooms[line.rings].sid == room_sid
        ]
        return told(200, {"page": 0, "page_size": 50, "next_page_uri": None, "participants": found})

    def create_recording(self, sid: str, form: dict[str, list[str]]) -> "Answer":
        from tests.twilio.simulator import refused, told

        if sid not in self.lines or self.lines[sid].over:
            return refused(400, 21220, "Call is not in-progress.")
        made = self.twilio.sid("RE")
        self.twilio.files[made] = ("audio/mpeg", MP3)
        callback = _path(form.get("RecordingStatusCallback", [""])[0])
        self.recordings[made] = {
            "sid": made,
            "call_sid": sid,
            "status": "in-progress",
            "callback": callback,
            "said": [],
        }
        self.recordings[made]["channels"] = form.get("RecordingChannels", ["mono"])[0]
        return told(201, self.recordings[made])

    def list_recordings(self, sid: str, _form: Any) -> "Answer":
        from tests.twilio.simulator import told

        found = [one for one in self.recordings.values() if one["call_sid"] == sid]
        return told(200, {"page": 0, "page_size": 50, "next_page_uri": None, "recordings": found})

    def update_recording(self, _sid: str, recording: str, form: dict[str, list[str]]) -> "Answer":
        from tests.twilio.simulator import refused, told

        found = self.recordings.get(recording)
        if found is None or found["status"] == "completed":
            return refused(400, 21220, "Recording is over.")
        found["status"] = form["Status"][0]
        found["said"].append(found["status"])
        return told(200, found)

    def finish_recording(self, sid: str, seconds: int = 13) -> None:
        """The call is over and its recording is ready to be fetched."""
        one = self.recordings[sid]
        one["status"] = "completed"
        said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": str(seconds)}
        said |= {"RecordingSource": "StartCallRecordingAPI", "RecordingChannels": "2", "CallSid": one["call_sid"]}
        self.news.append((one["callback"], said))


MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\0" * 413


def _path(url: str) -> str:
    parts = urlsplit(url)
    assert not url or url.startswith(PUBLIC) or not parts.scheme, url
    return parts.path + (f"?{parts.query}" if parts.query else "")
