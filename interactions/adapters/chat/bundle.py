"""The widget as one script: its parts joined, freed of indentation and comments, and packed once per process."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = settings.BASE_DIR / "static" / "widget"
VOICE_FOLDER = settings.BASE_DIR / "static" / "voice"
PARTS = ("store", "line", "talk", "dom", "thread", "composer", "forms", "panel", "start")
VOICE_PARTS = ("mesh", "music", "customer")


@dataclass(frozen=True)
class Bundle:
    text: bytes
    gzipped: bytes
    etag: str


@cache
def widget() -> Bundle:
    """The parts share one scope, which is theirs alone: nothing reaches the page around it."""
    scripts = "\n".join(_lean((FOLDER / f"{part}.js").read_text()) for part in PARTS)
    return _packed(f'(()=>{{"use strict";const CSS_TEXT={_styles(FOLDER / "widget.css")};\n{scripts}}})();\n')


@cache
def voice() -> Bundle:
    """The telephone as a module of its own: who only chats never loads it."""
    scripts = "\n".join(_lean((VOICE_FOLDER / f"{part}.js").read_text()) for part in VOICE_PARTS)
    return _packed(f"const VOICE_CSS={_styles(VOICE_FOLDER / 'customer.css')};\n{scripts}\n")


def _styles(path: Path) -> str:
    return json.dumps(_lean_css(path.read_text()))


def _packed(script: str) -> Bundle:
    text = script.encode()
    return Bundle(text, gzip.compress(text, 9, mtime=0), f'"{hashlib.sha256(text).hexdigest()[:20]}"')


def _lean(script: str) -> str:
    """Whole-line comments and indentation go; the code itself is left as it was written."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**")))


def _lean_css(styles: str) -> str:
    return re.sub(r"\s*([{};,>])\s*|(?<=:)\s", r"\1", re.sub(r"\s+", " ", styles)).strip()
