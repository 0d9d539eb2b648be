"""Recordings of the simulator: begun, paused and looked for by REST, and told of once they can be fetched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.twilio.answers import Answer, Asked, Verb, listed, refused, told
from tests.twilio.sound import FRAME, RATE, SILENCE, mp3

if TYPE_CHECKING:
    from tests.twilio.telephone import Telephone

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\0" * 413


@dataclass
class Recording:
    """What passes over one line: in one channel what is said there, in the other what is heard."""

    sid: str
    line: str
    callback: str
    status: str = "in-progress"
    frames: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def take(self, said: np.ndarray, heard: np.ndarray) -> None:
        self.frames.append((SILENCE, SILENCE) if self.status == "paused" else (said, heard))

    def shown(self) -> dict[str, Any]:
        return {"sid": self.sid, "call_sid": self.line, "status": self.status, "channels": 2}


class Recordings:
    def __init__(self, telephone: "Telephone") -> None:
        self.telephone = telephone
        self.made: dict[str, Recording] = {}

    def __iter__(self) -> Iterator[Recording]:
        return iter(list(self.made.values()))

    def __len__(self) -> int:
        return len(self.made)

    @property
    def routes(self) -> list[tuple[str, str, Verb]]:
        return [
            ("POST", r"/Calls/(\w+)/Recordings\.json", self.create),
            ("GET", r"/Calls/(\w+)/Recordings\.json", self.list),
            ("POST", r"/Calls/(\w+)/Recordings/([\w.]+)\.json", self.update),
        ]

    def finish(self, one: Recording, seconds: int = 13) -> None:
        """The call is over and its recording is ready to be fetched."""
        one.status = "completed"
        if frames := list(one.frames):
            seconds = len(frames) * FRAME // RATE
            self.telephone.twilio.files[one.sid] = ("audio/mpeg", mp3(frames))
        about = {"RecordingSid": one.sid, "RecordingStatus": "completed", "RecordingDuration": str(seconds)}
        about |= {"RecordingSource": "StartCallRecordingAPI", "RecordingChannels": "2", "CallSid": one.line}
        self.telephone.news.append((one.callback, about))

    # what it is asked

    def create(self, sid: str, form: Asked) -> Answer:
        lines, twilio = self.telephone.lines, self.telephone.twilio
        if sid not in lines or lines[sid].over:
            return refused(400, 21220, "Call is not in-progress.")
        one = Recording(twilio.sid("RE"), sid, twilio.path(form.get("RecordingStatusCallback", [""])[0]))
        twilio.files[one.sid] = ("audio/mpeg", MP3)
        self.made[one.sid] = one
        return told(201, one.shown())

    def list(self, sid: str, _form: Any) -> Answer:
        return listed("recordings", [one.shown() for one in self if one.line == sid])

    def update(self, _line: str, sid: str, form: Asked) -> Answer:
        one = self.made.get(sid)
        if one is None or one.status == "completed":
            return refused(400, 21220, "Recording is over.")
        one.status = form["Status"][0]
        return told(200, one.shown())
