"""What comes with a mail: named so that no file system and no reader is misled."""

import hashlib
import mimetypes
import re
import unicodedata
from dataclasses import dataclass, field

from interactions.adapters.email.headers import UNSEEN
from interactions.adapters.email.structure import Part

EXTENSIONS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "image/jpeg": ".jpg",
    "text/x-vcard": ".vcf",
    "text/vcard": ".vcf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/octet-stream": ".bin",
}
UNSAFE = re.compile(r'[/\\:*?"<>|\u200b-\u200f\u2060\u00ad]')


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    cid: str  # without angle brackets; "" if nothing can refer to it
    inline: bool  # the mail asks for it to be shown within the text
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def md5(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def attachment_of(part: Part, number: int, subject: str = "") -> Attachment:
    name = part.name or (subject if part.type == "message/rfc822" else "")
    if name and part.type == "message/rfc822" and not name.lower().endswith(".eml"):
        name += ".eml"
    inline = bool(part.cid) and part.disposition != "attachment" and part.type.startswith("image/")
    return Attachment(clean_name(name, part.type, number), part.type, part.cid, inline, part.content())


def clean_name(name: str, kind: str, number: int) -> str:
    """The last piece of a path without anything unseen or reserved; made up from its type if nothing is left."""
    name = UNSEEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/")
    name = UNSAFE.sub("_", name.rstrip("/ ").rpartition("/")[2])
    name = re.sub(r"\s+", " ", name).strip(" .\u00a0") if name.strip("._ ") else ""
    name = re.sub(r"[ .]+$", "", re.sub(r"^[_ .]+(?=[^_ .])", "", name))
    if not name:
        extension = EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
        return f"attachment-{number}{extension}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        stem, dot, extension = name, "", ""
    room = 200 - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + extension
