"""Small pictures of pictures: what is shown of one is made anew by us, never the bytes that came.

Made when first asked for and kept beside the file, in one format, without metadata, only the first frame of what moves.
The size is read from its head and refused before anything is unpacked, and two are made at a time in a process: one of
the largest takes about 200 MB and a second.
"""

import warnings
from contextlib import suppress
from enum import Enum
from io import BytesIO
from pathlib import PurePath
from threading import BoundedSemaphore

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from interactions.models import Attachment

MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
FOLDER = "previews"
PATIENCE = 10  # seconds that one waits for its turn

_at_a_time = BoundedSemaphore(2)


class Size(Enum):
    """Pixels along the longer side."""

    THUMBNAIL = 320
    SHOWN = 1280


class NoPreview(Exception):
    """Not a picture we know, broken, too large to unpack, or too many at once."""


def preview(attachment: Attachment, size: Size = Size.THUMBNAIL) -> bytes:
    """A WebP; NoPreview where none can be made."""
    name = path_of(attachment.token, size)
    if kept := _kept(name):
        return kept
    if not attachment.is_image:
        raise NoPreview
    if not _at_a_time.acquire(timeout=PATIENCE):
        raise NoPreview
    try:
        made = _made(attachment, size)
    finally:
        _at_a_time.release()
    with suppress(OSError):  # a full disk costs time, not the picture
        default_storage.save(name, ContentFile(made))
    return made


def path_of(token: str, size: Size) -> str:
    return str(PurePath(FOLDER, token[:2], f"{token}-{size.value}.webp"))


def _kept(name: str) -> bytes:
    """Whole, or nothing: another process may be writing it right now, or died while it did."""
    with suppress(FileNotFoundError), default_storage.open(name) as file:
        data = file.read()
        if len(data) > 12 and len(data) == int.from_bytes(data[4:8], "little") + 8:  # as RIFF says in its head
            return data
    return b""


def _made(attachment: Attachment, size: Size) -> bytes:
    longest = (size.value, size.value)
    try:
        with warnings.catch_warnings(), attachment.file.open("rb") as file:
            warnings.simplefilter("ignore")  # of broken metadata, which is dropped anyway
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NoPreview
                picture.draft("RGB", longest)  # a JPEG is unpacked at a fraction of its size
                picture.thumbnail(longest)
                upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            data = BytesIO()
            plain.save(data, "WEBP", quality=80, method=2, exif=b"", icc_profile=b"", xmp=b"")
    except NoPreview:
        raise
    except Exception as error:  # strangers' bytes: whatever a decoder says of them, there is no picture
        raise NoPreview from error
    return data.getvalue()
