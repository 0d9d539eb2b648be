"""Lines of a conversation: read them, say one."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import AgentRequest, agent_required
from agents.models import Agent, Channel
from contactcenter.prepared import Prepared
from interactions.adapters.chat.words import UNWRITTEN
from interactions.adapters.twilio.segments import count
from interactions.models import Attachment, Draft, Interaction, Message, WhatsAppTemplate, live_line
from interactions.models.texting import TEXTS
from interactions.previews import NoPreview, preview
from interactions.uploads import checked, download
from interactions.views import letters, panes, transcript

# No more than that it is theirs, and whether a draft waits: the verb reads the rest under its lock.
_own: Prepared[Any] = Prepared(
    lambda agent, pk: (
        Interaction.objects.only("pk", "channel")
        .annotate(drafted=Exists(Draft.objects.filter(interaction=OuterRef("pk"), agent=agent)))
        .filter(agent=agent, pk=pk)
    )
)


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def messages(request: AgentRequest, pk: int) -> HttpResponse:
    return _say(request, pk) if request.method == "POST" else _lines(request, pk)


def _say(request: AgentRequest, pk: int) -> HttpResponse:
    """A reply to the customer or a note for colleagues; the same client id again is the same line."""
    plain = not request.FILES and not request.POST.get("template") and request.POST.get("kind") != "note"
    live = Interaction(pk=pk)
    if plain and (line := said_live(live, request.agent, request.POST.get("text", ""), _client_id(request))):
        return _shown(request, live, line)
    interaction = _own.first(request.agent.pk, pk)
    if interaction is None:
        raise Http404
    client_id = _client_id(request)
    if interaction.channel == Channel.EMAIL and request.POST.get("kind") != "note":
        return letters.send(request, interaction)
    try:
        text, files = _text(request.POST.get("text", "")), checked(request.FILES.getlist("files"))
        template = _template(request)
        if not text and not files and not template:
            raise ValidationError(_("Write something first."))
        if request.POST.get("kind") == "note":
            message = interaction.note(request.agent, text, client_id=client_id, files=files)
        elif interaction.channel in TEXTS:
            values = {name: request.POST.get(f"value-{name}", "") for name in template.variables} if template else {}
            message = interaction.text(
                request.agent, text, template=template, values=values, client_id=client_id, files=files
            )
        else:
            message = interaction.reply(request.agent, text, client_id=client_id, files=files)
    except ValidationError as error:
        return render(request, "409.html#notice", {"notice": " ".join(error.messages)}, status=422)
    if interaction.drafted:
        Draft.objects.keep(interaction, request.agent, "")
    return _shown(request, interaction, message)


def said_live(interaction: Interaction, agent: Agent, text: str, client_id: str) -> Message | None:
    """What is said in a live chat, as nearly all is: the verb alone, whose statement asks whether it is theirs."""
    text = _cleaned(text)
    if not 0 < len(text) <= settings.MESSAGE_MAX_CHARS:
        return None
    return live_line.replied(interaction, agent, text, client_id)


def _shown(request: AgentRequest, interaction: Interaction, message: Message) -> HttpResponse:
    """The line's bubble, as it was drawn for the agent's other desks if it was."""
    if not request.htmx:
        return redirect("conversation", interaction.pk)
    if message.drawn:
        return HttpResponse(message.drawn)
    before = getattr(message, "prev", None)
    if before is None:  # said earlier, and now again
        earlier = interaction.messages.filter(seq__lt=message.seq).order_by("-seq")
        before = earlier.values_list("seq", flat=True).first()
    context = {"interaction": interaction, "message": message, "before": before}
    return render(request, "desk/_message.html", context)


def _client_id(request: AgentRequest) -> str:
    return client_id_of(request.POST.get("client_id", ""))


def client_id_of(given: str) -> str:
    return UNWRITTEN.sub("", given)[:64]


def _template(request: AgentRequest) -> WhatsAppTemplate | None:
    chosen = request.POST.get("template", "")
    return get_object_or_404(WhatsAppTemplate, pk=chosen, active=True) if chosen.isdecimal() else None


def _text(text: str) -> str:
    text = _cleaned(text)
    if len(text) > settings.MESSAGE_MAX_CHARS:
        raise ValidationError(_("That is longer than %d characters.") % settings.MESSAGE_MAX_CHARS)
    return text


def _cleaned(text: str) -> str:
    return UNWRITTEN.sub("", text.replace("\r\n", "\n")).strip()


@agent_required
@require_POST
def segments(request: AgentRequest, pk: int) -> HttpResponse:
    """How many SMS what is being written is, and what it will cost."""
    interaction = get_object_or_404(Interaction, agent=request.agent, pk=pk, channel=Channel.SMS)
    text = request.POST.get("text", "")[: settings.MESSAGE_MAX_CHARS].strip()
    line = interaction.text_line()
    counted = count(text) if text else None
    price = line.number.segment_price * counted.segments if line and counted and line.number.segment_price else None
    context = {"counted": counted, "price": price, "line": line}
    return render(request, "desk/_texting.html#segments", context)


def _lines(request: AgentRequest, pk: int) -> HttpResponse:
    """The lines after a number, for a screen that missed some, or the page before one."""
    interaction = panes.find(request.agent, pk)
    after, before = _number(request, "after"), _number(request, "before")
    found = transcript.lines(interaction, after=after, before=before)
    context = panes.conversation(request.agent, interaction, found) | {"older": bool(before)}
    return render(request, "desk/_messages.html", context)


def _number(request: AgentRequest, name: str) -> int:
    value = request.GET.get(name, "0")
    if not value.isdecimal() or len(value) > 9:
        raise Http404
    return int(value)


@agent_required
@require_GET
def attachment(request: AgentRequest, token: str) -> HttpResponse:
    return download(_attachment(request, token))  # type: ignore[return-value]


@agent_required
@require_GET
def attachment_preview(request: AgentRequest, token: str) -> HttpResponse:
    """A picture as we made it anew; of anything else there is none."""
    try:
        made = preview(_attachment(request, token))
    except NoPreview:
        raise Http404 from None
    response = HttpResponse(made, content_type="image/webp")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _attachment(request: AgentRequest, token: str) -> Attachment:
    visible = Interaction.objects.visible_to(request.user)
    return get_object_or_404(Attachment, token=token, message__interaction__in=visible)
