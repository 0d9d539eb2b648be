"""A mail as it came, to what can be shown and routed: `parse(bytes) -> Mail`, which never fails."""

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from interactions.adapters.email import limits
from interactions.adapters.email.addresses import Address, addresses_of
from interactions.adapters.email.attachments import Attachment
from interactions.adapters.email.automatic import may_be_bounce
from interactions.adapters.email.bodies import body_of
from interactions.adapters.email.charsets import Charsets
from interactions.adapters.email.headers import Head, decoded
from interactions.adapters.email.notes import NOTES
from interactions.adapters.email.quotes import reply_of
from interactions.adapters.email.reports import Report, status_report, unreported_failures
from interactions.adapters.email.structure import Part, cut

logger = logging.getLogger(__name__)

ID = re.compile(r"<\s*([^<>\s][^<>]{0,990}?)\s*>")
BARE_ID = re.compile(r"[^\s<>,;\"]{1,500}@[^\s<>,;\"]{1,490}")
ENVELOPE = re.compile(rb"\A(?:\xef\xbb\xbf|[ \t]*\r?\n)*(?:>?From [^\n]*\n)?")
LEFT_OUT = ("too_large", "too_many_parts", "too_deep", "html_left_out", "unreadable")


@dataclass(frozen=True)
class Forwarded:
    """A mail that is attached to this one, to be read beside it."""

    sender: str
    date: str
    subject: str
    text: str


@dataclass
class Mail:
    message_id: str = ""  # ids are without angle brackets
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)  # oldest first
    date: datetime | None = None  # in UTC
    from_address: str = ""
    from_name: str = ""
    reply_to: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    subject: str = ""
    text: str = ""
    reply: str = ""  # the text without quotation and signature
    html: str = ""  # sanitised; "" if the mail is plain text
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[Forwarded] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)  # those in headers.KEPT, by lower-case name
    report: Report | None = None  # if a mail server says that a mail of ours did not arrive
    report_type: str = ""  # of a multipart/report: delivery-status, disposition-notification, feedback-report
    notes: list[str] = field(default_factory=list)  # codes of notes.NOTES


def parse(raw: bytes) -> Mail:
    try:
        return _read(raw)
    except Exception:
        # The mail is stored and must become somebody's work, whatever it holds.
        logger.exception("A mail of %d bytes could not be read", len(raw))
        return _salvaged(raw)


def _read(raw: bytes) -> Mail:
    charsets = Charsets()
    mail = Mail()
    if len(raw) > limits.RAW_BYTES:
        _read_head(mail, Head(raw, _start(raw), limits.RAW_BYTES), charsets)
        mail.notes.append("too_large")
        _say_what_is_missing(mail)
        return mail
    raw = _with_line_ends(raw)
    structure = cut(raw, charsets)
    _read_head(mail, structure.head, charsets)
    mail.notes += structure.notes
    body = body_of(structure.parts, charsets)
    mail.text, mail.html, mail.attachments = body.text.strip(), body.html, body.attachments
    mail.notes += body.notes
    mail.forwarded = _forwarded(structure.parts)
    if not mail.text and mail.forwarded:
        mail.text = _as_text(mail.forwarded[0])
    if structure.type == "multipart/report":
        mail.report_type = structure.parameters.get("report-type", "delivery-status").lower()[:40]
    mail.report = status_report(structure.parts)
    if not (mail.report and mail.report.recipients) and may_be_bounce(mail):
        mail.report = unreported_failures(raw, structure.parts) or mail.report
    _say_what_is_missing(mail)
    mail.reply = reply_of(mail.text)
    mail.notes = list(dict.fromkeys(mail.notes))
    return mail


def _start(raw: bytes) -> int:
    """Past a byte order mark, empty lines and an mbox's "From " line."""
    match = ENVELOPE.match(raw)
    return match.end() if match else 0


def _with_line_ends(raw: bytes) -> bytes:
    raw = raw[_start(raw) :]
    return raw if b"\n" in raw[: 64 * 1024] else raw.replace(b"\r", b"\n")


def _read_head(mail: Mail, head: Head, charsets: Charsets) -> None:
    if head.cut:
        mail.notes.append("header_cut")
    mail.headers = {
        name: [decoded(value, charsets) for value in values]
        for name, values in head.values.items()
        if not name.startswith("content-")
    }
    mail.subject = decoded(head.first("subject"), charsets)[:1000]
    mail.message_id = (_ids(mail.headers.get("message-id", [])) or [""])[0]
    mail.in_reply_to = (_ids(mail.headers.get("in-reply-to", [])) or [""])[0]
    mail.references = _ids(mail.headers.get("references", []))[-limits.REFERENCES :]
    if not mail.message_id:
        mail.notes.append("no_message_id")
    mail.date = _date(mail)
    _read_sender(mail, head, charsets)
    mail.reply_to = next((each.address for each in _addresses(head, "reply-to", charsets) if each.valid), "")
    mail.to = [each.address for each in _addresses(head, "to", charsets)]
    mail.cc = [each.address for each in _addresses(head, "cc", charsets)]


def _read_sender(mail: Mail, head: Head, charsets: Charsets) -> None:
    senders = _addresses(head, "from", charsets)
    if not senders:
        mail.notes.append("no_sender")
    for name in ("sender", "reply-to", "return-path"):
        senders = senders or _addresses(head, name, charsets)
    if sender := next((each for each in senders if each.valid), next(iter(senders), None)):
        mail.from_address, mail.from_name = sender.address, sender.name
        if not sender.valid:
            mail.notes.append("bad_sender")
    else:
        mail.from_name = decoded(head.first("from"), charsets)[: limits.NAME_CHARS]


def _addresses(head: Head, name: str, charsets: Charsets) -> list[Address]:
    found = {each.address.lower(): each for value in head.all(name) for each in addresses_of(value, charsets)}
    return list(found.values())[: limits.ADDRESSES]


def _ids(values: list[str]) -> list[str]:
    """In their order, each once. Some programs leave out the angle brackets."""
    text = " ".join(values)
    found = [match[1].replace(" ", "") for match in ID.finditer(text)] or BARE_ID.findall(text)
    return list(dict.fromkeys(found))


def _date(mail: Mail) -> datetime | None:
    if not (value := (mail.headers.get("date") or [""])[0]):
        return None
    try:
        date = parsedate_to_datetime(value[:200])
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        if date.year >= 1970:
            return date
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        pass
    mail.notes.append("bad_date")
    return None


def _forwarded(parts: list[Part]) -> list[Forwarded]:
    found = []
    for part in [part for part in parts if part.type == "message/rfc822" and not part.in_report][: limits.FORWARDED]:
        charsets = Charsets()
        structure = cut(_with_line_ends(part.content()), charsets)
        text = body_of([each for each in structure.parts if each.is_text], charsets).text
        sender, date, subject = (
            decoded(structure.head.first(name), charsets)[:1000] for name in ("from", "date", "subject")
        )
        if text or subject or sender:
            found.append(Forwarded(sender, date, subject, text))
    return found


def _as_text(forwarded: Forwarded) -> str:
    above = [line for line in (forwarded.sender, forwarded.date, forwarded.subject) if line]
    return "\n".join([*above, "", forwarded.text]).strip()


def _say_what_is_missing(mail: Mail) -> None:
    """A body that was left out is replaced by the reason."""
    if not mail.text and (note := next((code for code in LEFT_OUT if code in mail.notes), None)):
        mail.text = mail.reply = str(NOTES[note])


def _salvaged(raw: bytes) -> Mail:
    """The header alone, or if that is what can not be read, nothing but the note."""
    mail = Mail(notes=["unreadable"])
    try:
        _read_head(mail, Head(raw, _start(raw), min(len(raw), 1024 * 1024)), Charsets())
    except Exception:
        logger.exception("Nor could its header")
    mail.text = mail.reply = str(NOTES["unreadable"])
    return mail
