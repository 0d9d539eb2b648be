"""What workers do away from the live path: shallow RQ jobs, each one call deep."""

import logging
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone, translation
from rq import get_current_job

from interactions.models.draft import Draft
from interactions.models.message import Attachment
from interactions.models.states import OPEN
from interactions.replay.run import Replay, replay

log = logging.getLogger(__name__)
DRAFTS_KEPT_FOR = timedelta(days=30)
UPLOADS_SETTLE_IN = timedelta(days=1)


def tidy() -> None:
    """Once a night: forget dead sessions, drafts for work long over, and files whose message was never stored."""
    call_command("clearsessions")
    long_ago = timezone.now() - DRAFTS_KEPT_FOR
    Draft.objects.filter(saved_at__lt=long_ago).exclude(interaction__state__in=OPEN).delete()
    for name in _files_without_a_row():
        default_storage.delete(name)
        log.info("removed a file without a message", extra={"file": name})


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
    if not default_storage.exists("attachments"):
        return []
    settled = timezone.now() - UPLOADS_SETTLE_IN
    folders, _files = default_storage.listdir("attachments")
    names = [
        str(Path("attachments", folder, name))
        for folder in folders
        for name in default_storage.listdir(f"attachments/{folder}")[1]
    ]
    old = [name for name in names if default_storage.get_modified_time(name) < settled]
    known = set(Attachment.objects.filter(file__in=old).values_list("file", flat=True))
    return [name for name in old if name not in known]
