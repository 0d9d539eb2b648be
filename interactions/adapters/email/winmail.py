"""winmail.dat: a mail and its files as Outlook wraps them for itself (TNEF)."""

import logging
import mimetypes
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

import tnefparse
from tnefparse import TNEF, mapi, tnef

from interactions.adapters.email import limits
from interactions.adapters.email.attachments import Attachment, clean_name
from interactions.adapters.email.structure import Part

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
steps: ContextVar[int] = ContextVar("steps", default=0)


def _range(count: int) -> range:
    left = steps.get() - count
    if left < 0:
        raise ValueError("more entries than a mail can have")
    steps.set(left)
    return range(count)


# tnefparse 1.4 counts as far as the file says, up to four billion times over nothing: its loops get a range that ends.
for module in (mapi, tnef):
    vars(module)["range"] = _range
logging.getLogger(tnefparse.__name__).setLevel(logging.CRITICAL)


@dataclass
class Winmail:
    """What Outlook wrapped up in its own format."""

    attachments: list[Attachment]
    text: str = ""
    html: str = ""


def is_winmail(part: Part) -> bool:
    return part.type in TYPES or part.name.lower() == "winmail.dat"


def unwrapped(data: bytes, number: int) -> Winmail | None:
    """The contents of a winmail.dat; None if it can not be read, or would take too long."""
    if not 0 < _objects(data) * len(data) < limits.TNEF_BYTES:
        return None
    steps.set(limits.TNEF_STEPS)
    try:
        opened = TNEF(data, do_checksum=False)
        found = [
            _wrapped(each.long_filename(), each.data, number + place) for place, each in enumerate(opened.attachments)
        ]
        return Winmail(found, _text(opened.body), _text(opened.htmlbody))
    except Exception:  # the format is undocumented and the library raises whatever comes up
        return None


def _wrapped(name: str | bytes, data: bytes | str, number: int) -> Attachment:
    kind = mimetypes.guess_type(_text(name))[0] or "application/octet-stream"
    content = data.encode() if isinstance(data, str) else bytes(data)
    return Attachment(clean_name(_text(name).strip("\0"), kind, number), kind, "", False, content)


def _text(value: str | bytes | Iterable[str] | None) -> str:
    if isinstance(value, bytes):
        return value.decode("cp1252", "replace").rstrip("\0")
    if isinstance(value, str):
        return value.rstrip("\0")
    return "".join(_text(each) for each in value) if value else ""


def _objects(data: bytes) -> int:
    """How many a TNEF stream has: 4 bytes signature, 2 key, then each with its size at byte 5."""
    place = 6
    count = 0
    while place + 11 < len(data):
        place += int.from_bytes(data[place + 5 : place + 9], "little") + 11
        count += 1
        if count * len(data) > limits.TNEF_BYTES:
            break
    return count
