"""Rooms of the simulator (Twilio calls them conferences): who is in them, as REST left them, and what is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tests.twilio.answers import ACCOUNT, Answer, Asked, Verb, refused, told

if TYPE_CHECKING:
    from tests.twilio.telephone import Line, Telephone


@dataclass
class Person:
    """Somebody in a room."""

    sid: str
    label: str = ""
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    coached: str = ""
    ends: bool = False
    wait_url: str = ""
    hold_url: str = ""


@dataclass
class Room:
    sid: str
    callback: str = ""
    started: bool = False
    over: bool = False
    sequence: int = 0
    people: dict[str, Person] = field(default_factory=dict)


class Rooms:
    def __init__(self, telephone: "Telephone") -> None:
        self.telephone = telephone
        self.named: dict[str, Room] = {}

    def __getitem__(self, name: str) -> Room:
        return self.named[name]

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self.named.values()))

    @property
    def routes(self) -> list[tuple[str, str, Verb]]:
        return [
            ("POST", r"/Conferences/(\w+)/Participants/(\w+)\.json", self.update),
            ("POST", r"/Conferences/(\w+)/Participants\.json", self.create),
        ]

    def enter(self, line: "Line", verb: ElementTree.Element) -> None:
        """By TwiML's Conference."""
        name, path = verb.text or "", self.telephone.twilio.path
        room = self.named.setdefault(name, Room(self.telephone.twilio.sid("CF")))
        room.callback = room.callback or path(verb.get("statusCallback", ""))
        line.room = name
        room.people[line.sid] = Person(
            line.sid,
            label=verb.get("participantLabel", ""),
            muted=verb.get("muted") == "true",
            coaching=bool(verb.get("coach")),
            coached=verb.get("coach", ""),
            ends=verb.get("endConferenceOnExit") == "true",
            wait_url=path(verb.get("waitUrl", "")),
        )
        self._tell(room, "participant-join", line.sid)
        if verb.get("startConferenceOnEnter") != "false" and not room.started:
            room.started = True
            self._tell(room, "conference-start")

    def answer(self, line: "Line") -> None:
        """A telephone that was rung for a room is picked up."""
        line.room, room = line.rings, self.named[line.rings]
        room.people[line.sid] = Person(line.sid, label=line.label, ends=True)
        self._tell(room, "participant-join", line.sid, ParticipantLabel=line.label)

    def leave(self, line: "Line", why: str) -> None:
        room = self.named.get(line.room)
        line.room = ""
        if room is None or line.sid not in room.people:
            return
        gone = room.people.pop(line.sid)
        self._tell(room, "participant-leave", line.sid, ReasonParticipantLeft=why, ParticipantLabel=gone.label)
        if gone.ends or not room.people:
            for sid in list(room.people):
                other = self.telephone.lines[sid]
                other.room, other.over = "", True  # nothing of ours comes after a room
                del room.people[sid]
            room.over = True
            self._tell(room, "conference-end", CallSidEndingConference=line.sid)

    def _tell(self, room: Room, event: str, sid: str = "", **more: str) -> None:
        room.sequence += 1
        form = {"ConferenceSid": room.sid, "StatusCallbackEvent": event, "SequenceNumber": str(room.sequence)} | more
        self.telephone.news.append((room.callback, form | ({"CallSid": sid} if sid else {})))

    # what it is asked

    def update(self, room_sid: str, sid: str, form: Asked) -> Answer:
        room = next((room for room in self if room.sid == room_sid), None)
        if room is None or sid not in room.people:
            return refused(404, 20404, "The requested resource was not found")
        person = room.people[sid]
        if "CallSidToCoach" in form and form["CallSidToCoach"][0] not in room.people:
            return refused(400, 13240, "CallSidToCoach is not in the conference")
        person.coached = form.get("CallSidToCoach", [person.coached])[0]
        person.hold_url = self.telephone.twilio.path(form.get("HoldUrl", [""])[0])
        for name, key, events in (
            ("Hold", "hold", ("participant-unhold", "participant-hold")),
            ("Muted", "muted", ("participant-unmute", "participant-mute")),
            ("Coaching", "coaching", ("participant-modify", "participant-modify")),
        ):
            wanted = form.get(name, [""])[0]
            if wanted and getattr(person, key) != (wanted == "true"):
                setattr(person, key, wanted == "true")
                self._tell(room, events[wanted == "true"], sid)
        if "AnnounceUrl" in form:
            self.telephone.announcements.append((sid, self.telephone.twilio.path(form["AnnounceUrl"][0])))
        said: dict[str, Any] = {"muted": person.muted, "hold": person.hold, "coaching": person.coaching}
        return told(200, {"call_sid": sid, "conference_sid": room_sid, "account_sid": ACCOUNT, **said})

    def create(self, room_sid: str, form: Asked) -> Answer:
        name = next((name for name, room in self.named.items() if room.sid == room_sid and not room.over), "")
        if not name:
            return refused(404, 20404, "The requested resource was not found")
        label = form.get("Label", [""])[0]
        if any(person.label == label for person in self.named[name].people.values()):
            return refused(400, 16025, "Participant label is in use")
        line = self.telephone.rung_for(name, label, {key: values[0] for key, values in form.items()})
        return told(201, {"call_sid": line.sid, "conference_sid": room_sid, "label": label, "status": "queued"})
