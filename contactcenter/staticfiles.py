"""Collect the pages' files only when one of them has changed, so that a second start is quick."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> None:
    """Bring STATIC_ROOT up to date."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    state = _state()
    if not mark.exists() or mark.read_text() != state:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        mark.write_text(state)


def _state() -> str:
    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            source = Path(storage.path(name)).stat()
            files.append(f"{name} {source.st_mtime_ns} {source.st_size}")
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
