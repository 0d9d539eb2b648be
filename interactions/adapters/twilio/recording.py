"""Recordings that Twilio makes: begun once, paused, fetched with our credentials, and played from our own disk.

They record the caller's line in two channels from when somebody answers, so neither music nor a whisper is in them.
"""

import logging
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interactions.adapters.twilio import twiml
from interactions.adapters.twilio.client import Busy, NotAsked, Refused, Unsure, asking, client, fetch
from interactions.adapters.twilio.later import later
from interactions.adapters.twilio.locks import held
from interactions.adapters.voice.waveform import waveform_of
from interactions.models import Call, CallLeg, Interaction, Recording
from interactions.uploads import checked

log = logging.getLogger(__name__)
State = Recording.State
LARGEST = 400 * 1024 * 1024  # bytes; 18 hours as MP3
VOICEMAIL = "RecordVerb"


def begin_when_talking(call: Call) -> None:
    """Called within the move in which somebody came: once for each call, if its caller was told."""
    call.refresh_from_db(fields=["state", "consented"])
    if not call.consented or call.state != Call.State.TALKING or call.interaction.queue.recordings_kept == 0:
        return
    leg = call.legs.filter(role=CallLeg.Role.CUSTOMER, state=CallLeg.State.JOINED).first()
    if leg and not Recording.objects.filter(leg=leg).exists():
        pk = Recording.objects.create(call=call, leg=leg).pk
        later("begin_recording", pk)


def begin(pk: int) -> None:
    """Ask Twilio to record. An answer that was lost is looked for before it is asked again."""
    recording = Recording.objects.select_related("leg", "call").get(pk=pk)
    if recording.sid or recording.state not in (State.RECORDING, State.PAUSED):
        return
    recordings = client().calls(recording.leg.sid).recordings
    try:
        with asking():
            running = [one for one in recordings.list(limit=20) if one.status in ("in-progress", "paused")]
            made = running[0] if running else _ask(recording)
    except Refused as refusal:
        Recording.objects.filter(pk=pk).update(state=State.FAILED, trouble=str(refusal)[:300])
        return
    except (Busy, Unsure) as later_on:
        log.warning("a recording is begun later", extra={"recording": pk, "why": str(later_on)})
        return
    Recording.objects.filter(pk=pk, sid="").update(sid=made.sid)


def _ask(recording: Recording) -> Any:
    call, leg = recording.call, recording.leg
    if not call.sid:  # we called them, so they were told nothing while they waited
        room = client().conferences(call.room)
        room.participants(leg.sid).update(announce_url=twiml.address("twilio-notice", call.pk), announce_method="POST")
    return (
        client()
        .calls(leg.sid)
        .recordings.create(
            recording_channels="dual",
            recording_track="both",
            recording_status_callback=twiml.address("twilio-recording", call.pk),
            recording_status_callback_event=["completed", "absent"],
        )
    )


def pause(call: Call) -> None:
    """Silence while a card number is said or the caller is on hold, or go on; as the call is now."""
    recording = Recording.objects.filter(call=call, state__in=[State.RECORDING, State.PAUSED]).exclude(sid="").first()
    silent = call.recording_paused or call.state != Call.State.TALKING
    wanted = State.PAUSED if silent else State.RECORDING
    if recording is None or recording.state == wanted or not call.live:
        return
    said = {"status": "paused", "pause_behavior": "silence"} if silent else {"status": "in-progress"}
    client().calls(recording.leg.sid).recordings(recording.sid).update(**said)
    Recording.objects.filter(pk=recording.pk, state__in=[State.RECORDING, State.PAUSED]).update(state=wanted)


def hear(call: Call, form: Any) -> None:
    """A webhook of a recording: there is one of each, and it is fetched once."""
    sid, status = form.get("RecordingSid", "")[:34], form.get("RecordingStatus", "")
    leg = call.legs.filter(role=CallLeg.Role.CUSTOMER).order_by("pk").last()
    if not sid or leg is None or status not in ("completed", "absent", "failed"):
        return
    seconds = form.get("RecordingDuration", "")
    duration = timedelta(seconds=int(seconds) if seconds.isdecimal() and len(seconds) < 7 else 0)
    with held(call):
        if form.get("RecordingSource") == VOICEMAIL:
            recording, _new = Recording.objects.get_or_create(
                sid=sid, defaults={"call": call, "leg": leg, "state": State.STOPPED, "channels": 1}
            )
        else:
            found = Recording.objects.filter(call=call)
            recording = found.filter(sid=sid).first() or found.filter(sid="").first() or Recording(call=call, leg=leg)
        if recording.state in (State.DONE, State.FAILED):
            return
        recording.sid, recording.duration = sid, duration
        recording.state = State.STOPPED if status == "completed" else State.FAILED
        recording.trouble = "" if status == "completed" else status
        recording.save()
        if status == "completed":
            later("fetch_recording", recording.pk)


def bring(pk: int) -> None:
    """Fetch it, by its own address of the API, not by whatever a webhook said; a second time does nothing."""
    recording = Recording.objects.select_related("call__interaction", "call__number", "leg").get(pk=pk)
    if recording.state != State.STOPPED or not recording.sid or recording.duration is None:
        return  # not ready yet, or here already
    account = client().account_sid
    url = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{recording.sid}.mp3"
    try:
        content = fetch(url, at_most=LARGEST)
    except (Refused, NotAsked) as refusal:
        Recording.objects.filter(pk=pk).update(state=State.FAILED, trouble=str(refusal)[:300])
        return
    except (Busy, Unsure) as later_on:
        log.warning("a recording is fetched later", extra={"recording": pk, "why": str(later_on)})
        return
    if recording.call.interaction.live is False and recording.channels == 1:
        _as_message(recording, content)
        return
    path = str(PurePath(recording.path).with_suffix(".mp3"))
    default_storage.save(path, ContentFile(content))
    channels = recording.channels
    waveform = waveform_of(Path(default_storage.path(path)), channels=channels, first=channels - 1)  # ours is the last
    size = {"bytes": len(content), "chunks": 1}
    if not recording.finish(path=path, waveform=waveform, last_at=timezone.now(), **size):
        default_storage.delete(path)


@transaction.atomic
def _as_message(recording: Recording, content: bytes) -> None:
    """What a caller left is a line of the conversation, with its sound."""
    if not Recording.objects.filter(pk=recording.pk, state=State.STOPPED).update(state=State.DONE):
        return
    interaction = Interaction.objects.get(pk=recording.call.interaction_id)
    uploads = checked([SimpleUploadedFile("voicemail.mp3", content)])
    length = int((recording.duration or timedelta()).total_seconds())
    words = _("Voicemail, %(minutes)d:%(seconds)02d") % {"minutes": length // 60, "seconds": length % 60}
    interaction.hear(words, client_id=recording.sid, files=uploads)


def fetch_due() -> None:
    """What lost jobs left to be begun, or at Twilio."""
    unasked = Recording.objects.filter(state=State.RECORDING, sid="", call__provider=Call.Provider.TWILIO)
    for pk in unasked.filter(call__ended_at=None).values_list("pk", flat=True)[:50]:
        begin(pk)
    ready = Recording.objects.filter(state=State.STOPPED, duration__isnull=False).exclude(sid="")
    for pk in ready.values_list("pk", flat=True)[:50]:
        bring(pk)
