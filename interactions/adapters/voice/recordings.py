"""What an agent's page records, kept piece by piece as it comes, and made one playable file after the call.

Pieces are appended to one WebM file, each written through to the disk before it is acknowledged, so what was
acknowledged is there whatever dies. The row says how many bytes count: what a crash left behind them is cut off.
"""

import logging
import os
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.errors import StaleState
from contactcenter.prepared import Prepared
from interactions.adapters.voice.plan import recording_wanted
from interactions.adapters.voice.waveform import waveform_of
from interactions.models import Call, CallLeg, Queue, Recording

log = logging.getLogger(__name__)
PIECE_MAX_BYTES = 512 * 1024  # a second is some 6 KB
RECORDING_MAX_BYTES = 400 * 1024 * 1024  # 18 hours
SETTLED = timedelta(seconds=10)  # the last pieces may still be on their way when a call ends
ASK_AGAIN = timedelta(minutes=10)
AT_ONCE = 50

DUE = Prepared(
    lambda settled_by, asked_by: (
        Recording.objects.filter(Q(asked_at=None) | Q(asked_at__lte=asked_by))
        .filter(call__provider=Call.Provider.BROWSER, state=Recording.State.STOPPED, last_at__lte=settled_by)
        .order_by("pk")[:AT_ONCE]
    )
)
NO_FFMPEG = gettext_noop("ffmpeg is not installed: it plays, but its length is not known and seeking may not work")
DURATION = re.compile(r"time=(\d+):(\d+):(\d+(?:\.\d+)?)")


class Refused(Exception):
    """A piece that is not taken, now or ever."""


def keep(leg: CallLeg, page: int, number: int, data: bytes) -> bool:
    """Keep one piece; False when it was here before. Pieces come in order, or are refused."""
    if not data or len(data) > PIECE_MAX_BYTES:
        raise Refused
    with transaction.atomic():
        recording = _of_page(leg, page, number)
        if number < recording.chunks:
            return False
        if number > recording.chunks or recording.bytes + len(data) > RECORDING_MAX_BYTES:
            raise Refused
        append(Path(default_storage.path(recording.path)), data, at=recording.bytes)
        recording.chunks, recording.bytes, recording.last_at = number + 1, recording.bytes + len(data), timezone.now()
        recording.save(update_fields=["chunks", "bytes", "last_at"])
    return True


def _of_page(leg: CallLeg, page: int, number: int) -> Recording:
    """This page's segment, under its lock; the first piece begins it."""
    there = leg.left_at is None or leg.left_at > timezone.now() - SETTLED
    if number == 0 and there and leg.page == page and page and recording_wanted(leg.call):
        state = Recording.State.RECORDING if leg.left_at is None else Recording.State.STOPPED
        Recording.objects.get_or_create(leg=leg, page=page, defaults={"call": leg.call, "state": state})
    recording = Recording.objects.select_for_update().filter(leg=leg, page=page).first()
    if recording is None or recording.state not in ("recording", "stopped"):
        raise Refused
    return recording


def append(path: Path, data: bytes, *, at: int) -> None:
    """Write behind the first `at` bytes, and have it on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def due(now: datetime) -> list[Recording]:
    """All their pieces are in and they are still to be joined; asked for again should a job have been lost."""
    return DUE.all(now - SETTLED, now - ASK_AGAIN)


def claim(recording: Recording) -> None:
    """Nobody else asks for it for a while."""
    before = recording.asked_at
    if not Recording.objects.filter(pk=recording.pk, asked_at=before).update(asked_at=timezone.now()):
        raise StaleState


def join(recording: Recording) -> None:
    """Write the file anew with its length and places to seek to, which a browser cannot know while it records."""
    path = Path(default_storage.path(recording.path))
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        recording.finish(trouble=NO_FFMPEG)
        return
    joined = path.with_suffix(".joined.webm")
    command = [ffmpeg, "-nostdin", "-y", "-i", str(path), "-c", "copy", str(joined)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if result.returncode:
        joined.unlink(missing_ok=True)
        last = result.stderr.strip().splitlines()[-1:]
        log.error("a recording could not be joined", extra={"recording": recording.pk, "error": result.stderr[-500:]})
        recording.finish(state=Recording.State.FAILED, trouble="".join(last)[:300])
        return
    os.replace(joined, path)
    duration, size = _duration(result.stderr), path.stat().st_size
    recording.finish(duration=duration, bytes=size, waveform=waveform_of(path))


def _duration(said: str) -> timedelta | None:
    """What ffmpeg says last about how far it got."""
    found = DURATION.findall(said)
    if not found:
        return None
    hours, minutes, seconds = found[-1]
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def forget_old(now: datetime) -> int:
    """What its queue keeps no longer, file and row; returns how many."""
    gone = 0
    for queue in Queue.objects.all():
        kept_since = now - timedelta(days=queue.recordings_kept)
        for recording in Recording.objects.filter(call__interaction__queue=queue, started_at__lt=kept_since):
            default_storage.delete(recording.path)
            recording.delete()
            gone += 1
    return gone
