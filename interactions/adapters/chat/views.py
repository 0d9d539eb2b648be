"""What a visitor's page asks over HTTP: check, call one verb, answer as the socket would."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from interactions.adapters.chat.bundle import Bundle, voice, widget
from interactions.adapters.chat.coming import come_in, current, recognise
from interactions.adapters.chat.door import find_entry_point, find_visitor, for_visitors, json_of
from interactions.adapters.chat.frames import message_frame
from interactions.adapters.chat.refusals import Refusal
from interactions.adapters.chat.standing import as_it_is, lines_after, standing
from interactions.adapters.chat.texts import language_for, texts
from interactions.adapters.chat.throttle import within
from interactions.adapters.chat.words import client_id_of, text_of
from interactions.adapters.voice.texts import notices
from interactions.adapters.voice.texts import texts as calls_texts
from interactions.models import Attachment, EntryPoint, Interaction
from interactions.uploads import ACCEPT, checked, download

FILES_PER_MINUTE = 10
UPLOADS_PER_MINUTE = 60  # from one network address
TRANSCRIPTS_PER_MINUTE = 30


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """`/widget.js`: everything an embedding site needs to chat, in one file that any site may load."""
    return _served(request, widget())


@require_safe
def voice_script(request: HttpRequest) -> HttpResponse:
    """`/voice.js`: what the widget fetches besides, where customers may call."""
    response = _served(request, voice())
    response["Access-Control-Allow-Origin"] = "*"  # a module's own condition
    return response


def _served(request: HttpRequest, bundle: Bundle) -> HttpResponse:
    if request.headers.get("If-None-Match") == bundle.etag:
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(bundle.gzipped, content_type="text/javascript; charset=utf-8")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(bundle.text, content_type="text/javascript; charset=utf-8")
    response["ETag"] = bundle.etag
    response["Cache-Control"] = "public, max-age=300"
    response["Vary"] = "Accept-Encoding"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The hosted page: the same widget, full-screen."""
    try:
        entry_point = find_entry_point(key)
    except Refusal as refusal:
        raise Http404 from refusal
    with translation.override(language_for(entry_point, request.GET.get("language") or request.LANGUAGE_CODE)):
        return render(request, "visitor/visit.html", {"entry_point": entry_point})


@for_visitors("GET", per_minute=settings.VISITS_PER_MINUTE)
def config(request: HttpRequest, entry_point: EntryPoint) -> HttpResponse:
    language = language_for(entry_point, request.GET.get("language", ""))
    now = timezone.now()
    open_now = entry_point.open_at(now)
    emergency = entry_point.queue.emergency_text if entry_point.queue.emergency else ""
    with translation.override(language):
        data = {
            "title": translation.gettext(entry_point.title),
            "greeting": translation.gettext(entry_point.greeting) if entry_point.greeting else "",
            "accent": entry_point.accent,
            "fields": [f | {"label": translation.gettext(f["label"])} for f in entry_point.prechat],
            "language": language,
            "texts": texts() | notices() | ({"closed_greeting": emergency} if emergency else {}),
            "calls": calls_texts() if entry_point.calls and open_now else None,
            "open": open_now,
            "opens": _opens(entry_point, now),
            "limits": {
                "characters": settings.MESSAGE_MAX_CHARS,
                "files": settings.ATTACHMENT_MAX_COUNT,
                "bytes": settings.ATTACHMENT_MAX_BYTES,
                "accept": ACCEPT,
            },
        }
    return JsonResponse(data)


@for_visitors("POST", per_minute=settings.VISITS_PER_MINUTE)
def visitors(request: HttpRequest, entry_point: EntryPoint) -> HttpResponse:
    """A token, before anything is said: a page that holds one can repeat whatever got lost on the way."""
    _visitor, token = recognise(entry_point, json_of(request))
    return JsonResponse({"token": token}, status=201)


@for_visitors("POST", per_minute=settings.VISITS_PER_MINUTE)
def sessions(request: HttpRequest, entry_point: EntryPoint) -> HttpResponse:
    """Start a conversation, or go on with the open one."""
    data = json_of(request)
    asked = data.get("language")
    language = language_for(entry_point, asked if isinstance(asked, str) else "")
    interaction, token = come_in(entry_point, data, language)
    return JsonResponse(
        {"token": token, "interaction": interaction.pk, "state": standing(as_it_is(interaction.pk))}, status=201
    )


@for_visitors("POST", per_minute=UPLOADS_PER_MINUTE)
def messages(request: HttpRequest, entry_point: EntryPoint) -> HttpResponse:
    """A line with files."""
    interaction = _conversation(request, entry_point)
    if not within("files", str(interaction.pk), FILES_PER_MINUTE):
        raise Refusal("flood")
    # Refused before a byte of it is parsed, where the server in front has not done so.
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.REQUEST_MAX_BYTES:
        raise Refusal("files", translation.gettext("That is too large to send."))
    files = request.FILES.getlist("files")
    text, client_id = text_of(request.POST.get("text")), client_id_of(request.POST.get("client_id"))
    if not text and not files:
        raise Refusal("empty")
    try:
        uploads = checked(files)
    except ValidationError as error:
        raise Refusal("files", " ".join(error.messages)) from error
    kept = Attachment.objects.filter(message__interaction=interaction).aggregate(bytes=Sum("size"))["bytes"] or 0
    if kept + sum(upload.size for upload in uploads) > settings.CONVERSATION_MAX_BYTES:
        raise Refusal("files", translation.gettext("That is too large to send."))
    message = interaction.hear(text, client_id=client_id, files=uploads)
    frames: list[dict[str, Any]] = lines_after(interaction.pk, message.seq - 1)
    return JsonResponse(frames[0] if frames else message_frame(message, prev=0), status=201)


@for_visitors("GET")
def attachment(request: HttpRequest, entry_point: EntryPoint, token: str) -> HttpResponseBase:
    """A file of a conversation at this entry point, for whoever knows its unguessable address."""
    found = Attachment.objects.filter(token=token, message__interaction__entry_point=entry_point)
    if file := found.exclude(message__kind="note").first():
        return download(file)
    raise Refusal("unknown_file")


@for_visitors("GET", per_minute=TRANSCRIPTS_PER_MINUTE)
def transcript(request: HttpRequest, entry_point: EntryPoint) -> HttpResponse:
    """All that was said, as a text file in the conversation's language."""
    interaction = _conversation(request, entry_point)
    with translation.override(interaction.language or settings.LANGUAGE_CODE):
        said = interaction.messages.public().select_related("agent__person").prefetch_related("attachments")
        told = {"interaction": interaction, "messages": said.order_by("seq")}
        text = render_to_string("visitor/transcript.txt", told)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="chat-{interaction.pk}.txt"'
    return response


def _opens(entry_point: EntryPoint, now: datetime) -> str | None:
    """When a closed entry point can be open again at the earliest, if that is known."""
    shut = [hours for hours in (entry_point.hours, entry_point.queue.hours) if hours and not hours.open_at(now)]
    openings = [hours.next_opening(now) for hours in shut]
    known = [opening for opening in openings if opening]
    return max(known).isoformat() if known and len(known) == len(shut) else None


def _conversation(request: HttpRequest, entry_point: EntryPoint) -> Interaction:
    """Of the visitor whose token is in the header: the open conversation, else the last."""
    if interaction := current(find_visitor(entry_point, request.headers.get("X-Visitor-Token"))):
        return interaction
    raise Refusal("closed")
