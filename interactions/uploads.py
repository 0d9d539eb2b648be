"""Files from outside, checked at the door by their content, and handed out again so that no browser runs them."""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from interactions.models import Attachment, Upload

HEAD = 8 * 1024
WELCOME = {
    "application/pdf",
    "application/zip",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-wav",
    "video/mp4",
    "text/plain",
}
ACCEPT = ",".join(sorted(WELCOME))
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "application/msword": (".doc",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg",),
    "audio/x-wav": (".wav",),
    "video/mp4": (".mp4",),
    "text/plain": (".txt", ".csv", ".log", ".md"),
}


def checked(files: Iterable[UploadedFile]) -> list[Upload]:
    """Refuse too many, too large, empty or unwelcome files; what remains carries the type its content has."""
    files = list(files)
    if len(files) > settings.ATTACHMENT_MAX_COUNT:
        raise ValidationError(_("At most %d files at once.") % settings.ATTACHMENT_MAX_COUNT)
    return [_checked(file) for file in files]


def _checked(file: UploadedFile) -> Upload:
    name, size = PurePath(file.name or "file").name[:200], file.size or 0
    if not size:
        raise ValidationError(_("%s is empty.") % name)
    if size > settings.ATTACHMENT_MAX_BYTES:
        limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise ValidationError(_("%(name)s is larger than %(limit)s.") % {"name": name, "limit": limit})
    content_type = _content_type(file, name)
    if content_type not in WELCOME:
        raise ValidationError(_("%s is not a kind of file we can take.") % name)
    return Upload(file=file, name=neutral_name(name, content_type), content_type=content_type, size=size)


def neutral_name(name: str, content_type: str) -> str:
    """Letters, digits and little else, with one extension, which is the content's: nothing hides in it."""
    path = PurePath(unicodedata.normalize("NFC", name.replace("\\", "/")))
    stem = re.sub(r"[^\w() -]+", "_", path.stem).strip(" _")[:80] or "file"
    known = EXTENSIONS[content_type]
    suffix = path.suffix.lower().strip()
    return stem + (suffix if suffix in known else known[0])


def _content_type(file: UploadedFile, name: str) -> str:
    """By the first bytes; the name only tells apart what shares a signature, and never makes text of anything else."""
    head = file.read(HEAD)
    file.seek(0)
    try:
        found = puremagic.magic_string(head, name)
    except (puremagic.PureError, ValueError):
        found = []
    for match in found:
        if match.mime_type in WELCOME - {"text/plain"}:
            return match.mime_type
    if any(match.mime_type != "text/plain" for match in found):
        return ""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # its last letter may be cut in two
    except UnicodeDecodeError:
        return ""
    markup = text.lstrip("\ufeff \t\r\n").startswith("<")
    return "" if markup or "\0" in text else "text/plain"


def download(attachment: Attachment) -> FileResponse:
    """Always as a file to be saved, in a sandbox: whatever it holds never acts in our origin's name.

    What came by mail may be of any kind and calls itself what it likes; only kinds we know by their content are named.
    """
    kind = attachment.content_type if attachment.content_type in WELCOME else "application/octet-stream"
    response = FileResponse(attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
