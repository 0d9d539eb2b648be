"""Twilio as far as we use it: what it answers when asked, and the webhooks it sends, signed.

It is our model of Twilio. What it refuses by form it does not decide itself: every request passes Twilio's own
description first (`contract.py`), and what did not pass is kept in `wrong`, which fixtures hold against the test.
"""

import base64
import re
from collections import deque
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

from tests.twilio.answers import (
    ACCOUNT,
    KEY,
    PUBLIC,
    ROOT,
    SECRET,
    TOKEN,
    Answer,
    Asked,
    Form,
    Verb,
    listed,
    refused,
    told,
)
from tests.twilio.telephone import Telephone


def _contract(*request: Any) -> str:
    from tests.twilio.contract import contract  # openapi-core is large, and who does not check does without

    return contract()(*request)


def _nothing_wrong(*_request: Any) -> str:
    return ""


class Twilio:
    """`public`: the address our own app is known by, which its webhooks are signed for; `made`: how many names it has
    given before. One that is not `checked` takes every request for one that Twilio would understand."""

    def __init__(self, public: str = PUBLIC, *, made: int = 0, checked: bool = True) -> None:
        self.public = public
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.wrong: list[str] = []
        self.faults: deque[str] = deque()  # of the next requests: "lost", "busy", "broken" or a number of Twilio's
        self.messages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self._made = made
        self._wrong_with = _contract if checked else _nothing_wrong
        self.telephone = Telephone(self)
        self.routes: list[tuple[str, str, Verb]] = [
            ("POST", r"/Messages\.json", self.create_message),
            ("GET", r"/Messages\.json", self.list_messages),
            ("GET", r"/Messages/(\w+)\.json", self.show_message),
            ("GET", r"/Messages/\w+/Media/(\w+)", self.redirect_to_file),
            ("GET", r"/Recordings/(\w+)\.mp3", self.redirect_to_file),
            *self.telephone.routes,
        ]

    def sid(self, kind: str) -> str:
        self._made += 1
        return f"{kind}{self._made:032x}"

    def path(self, url: str) -> str:
        """Of an address of our own app: nothing else is ever named to Twilio."""
        parts = urlsplit(url)
        assert not url or url.startswith(self.public) or not parts.scheme, url
        return parts.path + (f"?{parts.query}" if parts.query else "")

    # what it is asked

    def answer(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        parts = urlsplit(path)
        if parts.path.startswith("/files/"):
            return self.file(parts.path.removeprefix("/files/"), headers)
        if not self._known(headers.get("Authorization", "")):
            return refused(401, 20003, "Authenticate")
        is_file = re.search(r"/Media/\w+$|\.mp3$", parts.path)  # the file itself, which the description leaves out
        if not is_file and (wrong := self._wrong_with(method, path, body, headers)):
            self.wrong.append(wrong)
            return refused(400, 21600, wrong)
        form = parse_qs(body if method == "POST" else parts.query, keep_blank_values=True)
        self.asked.append((method, parts.path, form))
        fault = self.faults.popleft() if self.faults else ""
        if fault == "busy":
            return refused(429, 20429, "Too Many Requests")
        if fault == "broken":
            return refused(500, 20500, "Internal Server Error")
        if fault.isdecimal():
            return refused(400, int(fault), "The simulator was told to refuse this")
        answer = self._done(method, parts.path, form)
        return Answer(lost=True) if fault == "lost" else answer

    def _known(self, authorization: str) -> bool:
        known = {base64.b64encode(f"{name}:{secret}".encode()) for name, secret in ((ACCOUNT, TOKEN), (KEY, SECRET))}
        return authorization.removeprefix("Basic ").encode() in known

    def _done(self, method: str, path: str, form: Asked) -> Answer:
        for verb, pattern, route in self.routes:
            if verb == method and (found := re.fullmatch(ROOT + pattern, path)):
                return route(*found.groups(), form)
        return refused(404, 20404, f"The requested resource {path} was not found")

    def create_message(self, form: Asked) -> Answer:
        one = {name: values[-1] for name, values in form.items()}
        sid = self.sid("MM" if "MediaUrl" in form else "SM")
        self.messages[sid] = {
            "sid": sid,
            "account_sid": ACCOUNT,
            "to": one["To"],
            "from": one.get("From"),
            "body": one.get("Body", ""),
            "status": "queued",
            "direction": "outbound-api",
            "date_created": format_datetime(datetime.now(UTC)),
            "num_media": str(len(form.get("MediaUrl", []))),
            "error_code": None,
            "error_message": None,
            "callback": one.get("StatusCallback", ""),
        }
        return told(201, self.messages[sid])

    def list_messages(self, form: Asked) -> Answer:
        found = [
            message
            for message in self.messages.values()
            if form.get("To", [message["to"]]) == [message["to"]]
            and form.get("From", [message["from"]]) == [message["from"]]
        ]
        return listed("messages", found[::-1])

    def show_message(self, sid: str, _form: Any) -> Answer:
        found = self.messages.get(sid)
        return told(200, found) if found else refused(404, 20404, "The requested resource was not found")

    def keep(self, content: bytes, content_type: str) -> str:
        """A file that somebody sent us; returns its address as webhooks name it."""
        sid = self.sid("ME")
        self.files[sid] = (content_type, content)
        return f"https://api.twilio.com{ROOT}/Messages/{self.sid('MM')}/Media/{sid}"

    def redirect_to_file(self, sid: str, _form: Any) -> Answer:
        if sid not in self.files:
            return refused(404, 20404, "The requested resource was not found")
        return Answer(307, headers={"Location": f"/files/{sid}"})

    def file(self, sid: str, headers: dict[str, str]) -> Answer:
        if "Authorization" in headers:
            self.wrong.append("our credentials were shown to the place where files are")
        content_type, content = self.files[sid]
        return Answer(200, content, {"Content-Type": content_type})

    # what it tells

    def knock(self, client: Any, path: str, form: Form, *, token: str = TOKEN, **headers: str) -> Any:
        """Send a webhook to our own app, as Twilio would."""
        signature = RequestValidator(token).compute_signature(self.public + path, form)
        more = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return client.post(path, form, HTTP_X_TWILIO_SIGNATURE=signature, **more)

    def text(self, body: str = "", *, sender: str = "+31612345678", to: str = "+3197010281234", **more: str) -> Form:
        """What the webhook of an incoming message says."""
        sid = self.sid("SM")
        return {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": sender,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        } | more

    def status(self, sid: str, status: str, **more: str) -> tuple[str, Form]:
        """Where the webhook of a message's status goes, and what it says."""
        message = self.messages[sid]
        said = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "AccountSid": ACCOUNT}
        return message["callback"].removeprefix(self.public), said | {
            "To": message["to"],
            "From": message["from"],
        } | more
