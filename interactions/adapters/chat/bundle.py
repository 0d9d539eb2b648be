"""The widget as one script: its parts joined, freed of indentation and comments, and packed once per process."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings

FOLDER = settings.BASE_DIR / "static" / "widget"
PARTS = ("store", "line", "talk", "dom", "thread", "composer", "forms", "panel", "start")


@dataclass(frozen=True)
class Bundle:
    text: bytes
    gzipped: bytes
    etag: str


@cache
def widget() -> Bundle:
    """The parts share one scope, which is theirs alone: nothing reaches the page around it."""
    scripts = "\n".join(_lean((FOLDER / f"{part}.js").read_text()) for part in PARTS)
    styles = json.dumps(_lean_css((FOLDER / "widget.css").read_text()))
    text = f'(()=>{{"use strict";const CSS_TEXT={styles};\n{scripts}}})();\n'.encode()
    return Bundle(text, gzip.compress(text, 9, mtime=0), f'"{hashlib.sha256(text).hexdigest()[:20]}"')


def _lean(script: str) -> str:
    """Whole-line comments and indentation go; the code itself is left as it was written."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**")))


def _lean_css(styles: str) -> str:
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", styles)).strip()
