"""Mails as files of a folder, the newest first; a sent one is kept beside those that came."""

import os
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from interactions.adapters.email.parse import Mail, parse

SHOWN = 60
MOST = 500
KEY = re.compile(r"(\d{20})-[0-9a-f]{8}(-sent)?")


@dataclass(frozen=True)
class Kept:
    key: str
    mail: Mail
    raw: bytes

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.key[:20]) / 1e9, UTC)

    @property
    def sent(self) -> bool:
        """By somebody outside, to us."""
        return self.key.endswith("-sent")

    @property
    def person(self) -> str:
        """Whoever it is outside: who got it, or who wrote it."""
        return self.mail.from_address if self.sent else ", ".join(self.mail.to)

    @property
    def quotes(self) -> bool:
        return self.mail.reply.strip() != self.mail.text.strip()

    @property
    def automatic(self) -> bool:
        return bool(self.mail.headers.get("auto-submitted"))


def folder() -> Path:
    assert settings.DEMO_MAIL_DIR
    path = Path(settings.DEMO_MAIL_DIR)
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(raw: bytes, *, sent: bool = False) -> str:
    """Whole or not at all; returns its key."""
    key = f"{time.time_ns():020d}-{secrets.token_hex(4)}{'-sent' if sent else ''}"
    here = folder()
    half = here / f"{key}.part"
    half.write_bytes(raw)
    half.rename(here / f"{key}.eml")
    for old in _keys()[MOST:]:
        (here / f"{old}.eml").unlink(missing_ok=True)
    return key


def newest() -> list[Kept]:
    found = (find(key) for key in _keys()[:SHOWN])
    return [one for one in found if one]


def newest_key() -> str:
    return next(iter(_keys()), "")


def find(key: str) -> Kept | None:
    if not KEY.fullmatch(key):
        return None
    try:
        return _read(os.fspath(folder() / f"{key}.eml"))
    except OSError:
        return None


@lru_cache(maxsize=256)
def _read(path: str) -> Kept:
    raw = Path(path).read_bytes()
    return Kept(Path(path).stem, parse(raw), raw)


def _keys() -> list[str]:
    return sorted((path.stem for path in folder().glob("*.eml") if KEY.fullmatch(path.stem)), reverse=True)
