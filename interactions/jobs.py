"""What workers do away from the live path: shallow RQ jobs, each one call deep."""

import logging
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone, translation
from rq import get_current_job

from interactions import previews
from interactions.adapters import sending
from interactions.adapters.email.intake import process
from interactions.adapters.twilio import fetching, recording, rooms
from interactions.adapters.voice import recordings
from interactions.models import Recording
from interactions.models.draft import Draft
from interactions.models.message import Attachment
from interactions.models.states import OPEN
from interactions.replay.run import Replay, replay

log = logging.getLogger(__name__)
DRAFTS_KEPT_FOR = timedelta(days=30)
UPLOADS_SETTLE_IN = timedelta(days=1)


def read_mail(pk: int) -> None:
    """What a webhook stored; if the job is lost, the mail process finds it."""
    process(pk)


def tidy() -> None:
    """Once a night: forget dead sessions, old drafts and recordings, and files whose message was never stored."""
    call_command("clearsessions")
    long_ago = timezone.now() - DRAFTS_KEPT_FOR
    Draft.objects.filter(saved_at__lt=long_ago).exclude(interaction__state__in=OPEN).delete()
    if gone := recordings.forget_old(timezone.now()):
        log.info("removed recordings that are kept no longer", extra={"recordings": gone})
    for name in [*_files_without_a_row(), *_previews_of_nothing()]:
        default_storage.delete(name)
        log.info("removed a file without a message", extra={"file": name})


def deliver(pk: int) -> None:
    sending.deliver(pk)


def fetch_files(pk: int) -> None:
    fetching.fetch_files(pk)


def carry_out(call_id: int) -> None:
    rooms.carry_out(call_id)


def begin_recording(pk: int) -> None:
    recording.begin(pk)


def fetch_recording(pk: int) -> None:
    recording.bring(pk)


def catch_up_with_twilio() -> None:
    """Once a minute: what lost jobs left undone."""
    fetching.fetch_due()
    recording.fetch_due()
    rooms.sweep()


def join_recording(pk: int) -> None:
    """A call is over: make what its pages recorded one file to play."""
    if stopped := Recording.objects.filter(pk=pk, state=Recording.State.STOPPED).first():
        recordings.join(stopped)


def replay_day(day: date, changes: dict[str, Any], queues: set[int], language: str) -> Replay:
    """A replay too long to wait for; says in the job's `meta` how much of it is done."""
    job = get_current_job()

    def tell(share: float) -> None:
        if job and share - job.meta.get("done", 0) >= 0.01:
            job.meta["done"] = share
            job.save_meta()

    with translation.override(language):
        return replay(day, changes, queues=queues, tell=tell)


def _files_without_a_row() -> list[str]:
    """A crash between writing a file and committing its row leaves the file; one just written may still get its row."""
    old = _settled("attachments")
    known = set(Attachment.objects.filter(file__in=old).values_list("file", flat=True))
    return [name for name in old if name not in known]


def _previews_of_nothing() -> list[str]:
    """Of files that are gone; and those that two processes made at once, of which the second has a name of its own."""
    by_name = {name: Path(name).name.rpartition("-")[0] for name in _settled(previews.FOLDER)}
    known = set(Attachment.objects.filter(token__in=by_name.values()).values_list("token", flat=True))
    return [name for name, token in by_name.items() if token not in known]


def _settled(folder: str) -> list[str]:
    """The files below it that nobody is about to name."""
    if not default_storage.exists(folder):
        return []
    settled = timezone.now() - UPLOADS_SETTLE_IN
    names = [
        str(Path(folder, within, name))
        for within in default_storage.listdir(folder)[0]
        for name in default_storage.listdir(f"{folder}/{within}")[1]
    ]
    return [name for name in names if default_storage.get_modified_time(name) < settled]
