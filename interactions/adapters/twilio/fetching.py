"""Files that came with a message are fetched from Twilio by a job, looked at like any upload, and put with their line.

A job that Valkey lost is made again: what is still to be fetched has a moment when somebody looks at it.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from interactions.adapters.twilio.client import Busy, NotAsked, Refused, Unsure, fetch
from interactions.models import Attachment, Interaction, ShortMessage, Upload
from interactions.uploads import checked

CLAIM_LASTS = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
MOST_TRIES = 8  # with these pauses, an hour


def fetch_due() -> None:
    """What nobody has fetched although it is time."""
    due = ShortMessage.objects.filter(fetch_at__lte=timezone.now() - FIRST_PAUSE)
    for pk in due.order_by("fetch_at").values_list("pk", flat=True)[:100]:
        fetch_files(pk)


def fetch_files(pk: int) -> None:
    now = timezone.now()
    mine = ShortMessage.objects.filter(pk=pk, fetch_at__lte=now)
    if not mine.update(fetch_at=now + CLAIM_LASTS, tries=F("tries") + 1):
        return
    short = ShortMessage.objects.get(pk=pk)
    uploads, troubles = [], []
    try:
        for file in short.files:
            try:
                uploads += _fetch(file["url"])
            except (Refused, NotAsked) as refusal:
                troubles.append(str(refusal))
            except ValidationError as error:
                troubles += error.messages
    except (Busy, Unsure) as later:
        if short.tries < MOST_TRIES:
            ShortMessage.objects.filter(pk=pk).update(fetch_at=timezone.now() + FIRST_PAUSE * 2**short.tries)
            return
        troubles.append(str(later))
    _keep(short.pk, uploads, " ".join(troubles))


def _fetch(url: str) -> list[Upload]:
    content = fetch(url, at_most=settings.ATTACHMENT_MAX_BYTES)
    return checked([SimpleUploadedFile(_("file"), content)])


@transaction.atomic
def _keep(pk: int, uploads: list[Upload], trouble: str) -> None:
    """Once: whoever fetched them a second time finds that nothing is to be fetched."""
    short = ShortMessage.objects.select_related("line").select_for_update(of=("self",)).get(pk=pk)
    if short.fetch_at is None or short.line is None:
        return
    interaction = Interaction.objects.get(pk=short.line.interaction_id)
    held = Attachment.objects.filter(message__interaction=interaction).aggregate(size=Sum("size"))["size"] or 0
    if held + sum(upload.size for upload in uploads) > settings.CONVERSATION_MAX_BYTES:
        uploads, trouble = [], _("There are too many files in this conversation.")
    short.files, short.fetch_at, short.trouble = [], None, trouble[:300]
    short.save(update_fields=["files", "fetch_at", "trouble"])
    interaction.add_files(short.line, uploads)
