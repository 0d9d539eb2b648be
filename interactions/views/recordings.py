"""Recordings: what an agent's page sends while it talks, and what whoever may see the interaction plays later."""

import logging
import re
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from agents.access import AgentRequest, PersonRequest, agent_required, person_required
from interactions.adapters.voice.recordings import PIECE_MAX_BYTES, Refused, keep
from interactions.models import CallEvent, CallLeg, Recording

log = logging.getLogger(__name__)
PART = 2 * 1024 * 1024  # bytes at most in one answer
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class PieceForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    number = forms.IntegerField(min_value=0, max_value=2**31 - 1)


@agent_required
@require_POST
def pieces(request: AgentRequest, peer: str) -> HttpResponse:
    """One second of sound, `?page=1&number=0`, of the agent's own page: 201 kept, 200 known, 409 not wanted."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > PIECE_MAX_BYTES:
        return HttpResponse(status=413)
    legs = CallLeg.objects.select_related("call__interaction__queue")
    leg = get_object_or_404(legs, peer=peer, agent=request.agent)
    form = PieceForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        kept = keep(leg, form.cleaned_data["page"], form.cleaned_data["number"], request.body)
    except Refused:
        return HttpResponse(status=409)
    return HttpResponse(status=201 if kept else 200)


@person_required
@require_safe
def play(request: PersonRequest, pk: int) -> HttpResponse:
    """The sound, in parts as the browser asks for them, so that one may seek; whoever begins is written down."""
    recording = Recording.objects.visible_to(request.user).heard().filter(pk=pk).first()
    if recording is None:
        log.warning("a recording was refused", extra={"recording": pk, "person": request.user.pk})
        raise Http404
    path = Path(default_storage.path(recording.path))
    if not path.exists():
        raise Http404
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked[1]) if asked and asked[1] else 0
    if first == 0:
        CallEvent.objects.create(call=recording.call, what=CallEvent.What.PLAYED, leg=recording.leg, by=request.user)
    response: Any = _part(path, asked) if asked else FileResponse(path.open("rb"))
    response["Content-Type"] = "audio/mpeg" if recording.ending == ".mp3" else "audio/webm"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _part(path: Path, asked: re.Match[str]) -> HttpResponse:
    size = path.stat().st_size
    first, last = (int(number) if number else None for number in asked.groups())
    if first is None:  # the last so many bytes
        first, last = max(0, size - (last or 0)), size - 1
    last = min(size - 1 if last is None else last, size - 1, first + PART - 1)  # the browser asks for the rest
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(first)
        part = file.read(last - first + 1)
    return HttpResponse(part, status=206, headers={"Content-Range": f"bytes {first}-{last}/{size}"})
