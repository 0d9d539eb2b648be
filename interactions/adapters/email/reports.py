"""What a mail server says about a mail of ours: a delivery status report (RFC 3464) or one of its many own forms."""

import email
import logging
import re
from dataclasses import dataclass

import flufl.bounce
from flufl.bounce import all_failures

from interactions.adapters.email import limits
from interactions.adapters.email.structure import Part

FIELD = re.compile(r"^([A-Za-z-]{3,40}):[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.M)
MESSAGE_ID = re.compile(r"^message-id:\s*<([^<>\s]{3,500})>", re.M | re.I)
ADDRESS = re.compile(r"[^\s<>;:,\"'()]{1,64}@[^\s<>;:,\"'()]{1,255}")

logging.getLogger(flufl.bounce.__name__).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Report:
    """Who could not be reached, for how long, why in the server's own words, and which of our mails it was."""

    recipients: tuple[str, ...]
    permanent: bool
    why: str
    message_id: str


def status_report(parts: list[Part]) -> Report | None:
    """Of a message/delivery-status part. A report of success or of a relay is none of a failure: no recipients."""
    for part in parts:
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            return _from_status(part.content(limits.BOUNCE_BYTES).decode("utf-8", "replace"), parts)
    return None


def _from_status(text: str, parts: list[Part]) -> Report:
    recipients: dict[str, None] = {}
    permanent, why = False, ""
    for block in re.split(r"\r?\n[ \t]*\r?\n", text)[:200]:
        fields = {match[1].lower(): " ".join(match[2].split()) for match in FIELD.finditer(block)}
        action = fields.get("action", "failed").split("(")[0].strip().lower()
        if action not in ("failed", "delayed") or not fields.keys() & {"final-recipient", "original-recipient"}:
            continue
        found = ADDRESS.search(fields.get("original-recipient", "")) or ADDRESS.search(
            fields.get("final-recipient", "")
        )
        if found:
            recipients[found[0].lower()] = None
        permanent = permanent or (action == "failed" and not fields.get("status", "5").startswith("4"))
        why = why or fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("status", "")
    return Report(tuple(recipients), permanent, why[:500], returned_id(parts))


def returned_id(parts: list[Part]) -> str:
    """The Message-ID of the mail that came back, from whichever part quotes it."""
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            text = part.content(limits.BOUNCE_BYTES).decode("utf-8", "replace")
            if match := MESSAGE_ID.search(text):
                return match[1]
    for part in parts:
        if part.is_text and (match := MESSAGE_ID.search(part.content(limits.BOUNCE_BYTES).decode("utf-8", "replace"))):
            return match[1]
    return ""


def unreported_failures(raw: bytes, parts: list[Part]) -> Report | None:
    """What flufl.bounce, Mailman's collection of odd servers, finds in a mail that looks like a bounce."""
    try:
        temporary, permanent = all_failures(email.message_from_bytes(raw[: limits.BOUNCE_BYTES]))
    except Exception:  # written for well-formed bounces; what it can not read is none
        return None
    found = sorted({_address(each) for each in permanent or temporary} - {""})
    return Report(tuple(found), bool(permanent), "", returned_id(parts)) if found else None


def _address(value: bytes | str) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    match = ADDRESS.search(text)
    return match[0].lower() if match else ""
