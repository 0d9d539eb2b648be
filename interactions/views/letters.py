"""Mail from the desk: send one, alone or with what becomes of the work; take one back."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import AgentRequest, agent_required
from interactions.adapters.email.answers import named_in
from interactions.adapters.email.wording import plain, quoted
from interactions.models import Draft, Email, Interaction, Message
from interactions.models.letter import MOST_CHARS, Crossed, Letter
from interactions.uploads import checked
from interactions.views import panes, transcript
from interactions.views.desk import after_move
from interactions.views.letter_box import language_of
from interactions.views.parking import ParkForm

MOST_FILES_KEPT = 200


def head_of(posted: QueryDict) -> dict[str, Any]:
    """What stands above a mail, as its box posts it: addresses in one field each, files by their tokens."""
    kind = posted.get("kind", "")
    return {
        "kind": kind if kind in Email.Kind.values else "",
        "answers": _number(posted.get("answers", "")) or 0,
        "subject": posted.get("subject", "").replace("\0", "")[:1000],
        **{name: [one[:320] for one in named_in(posted.get(name, ""))] for name in ("to", "cc", "bcc")},
        "files": [token[:40] for token in posted.getlist("kept")[:MOST_FILES_KEPT]],
    }


def text_of(posted: QueryDict) -> str:
    return posted.get("text", "").replace("\r\n", "\n").replace("\0", "")


def typed_at(posted: QueryDict) -> int:
    """When the last of it was typed, in milliseconds of the writer's clock."""
    given = posted.get("typed_at", "")
    return int(given) if given.isdecimal() and len(given) < 16 else 0


def send(request: AgentRequest, interaction: Interaction) -> HttpResponse:
    """The same client id again is the same mail; one that crosses somebody else's is stopped and shown theirs."""
    posted = request.POST
    try:
        with transaction.atomic():
            line = interaction.write(
                request.agent,
                letter_of(posted),
                client_id=posted.get("client_id", "").replace("\0", "")[:64],
                files=checked(request.FILES.getlist("files")),
                seen=_number(posted.get("anyway", "") or posted.get("seen", "")),
            )
            Draft.objects.keep(interaction, request.agent, "")
            _and_then(interaction, request, posted.get("then", ""))
    except ValidationError as error:
        return _trouble(request, interaction, 422, why=" ".join(error.messages))
    except Crossed as crossed:
        return _trouble(request, interaction, 409, crossed=crossed.line)
    if posted.get("then") or not request.htmx:
        return after_move(request, interaction)
    return render(
        request, "desk/_letter.html#sent", {"interaction": interaction, "message": line, "before": _before(line)}
    )


@agent_required
@require_POST
def take_back(request: AgentRequest, pk: int) -> HttpResponse:
    """Within its seconds: the mail is the draft again, above whatever was begun meanwhile."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    line = _line(request, interaction)
    interaction.unsend(request.agent, line, begun=text_of(request.POST))
    if not request.htmx:
        return after_move(request, interaction)
    found = panes.find(request.agent, interaction.pk)
    context = panes.conversation(request.agent, found, transcript.lines(found, after=line.seq - 1)) | {"fresh": True}
    return render(request, "desk/_letter.html#taken_back", context)


@agent_required
@require_GET
def quote(request: AgentRequest, pk: int) -> HttpResponse:
    """What will stand below the agent's words, as the plain part of the mail has it."""
    interaction = get_object_or_404(request.agent.interactions.select_related("customer"), pk=pk)
    answered = Letter("", answers=_number(request.GET.get("answers", "")) or 0).answered(interaction)
    forwarded = request.GET.get("kind") == Email.Kind.FORWARD
    below = quoted(answered, language_of(interaction), forwarded=forwarded) if answered else None
    return HttpResponse(escape(plain("", below=below)))


@agent_required
@require_POST
def split(request: AgentRequest, pk: int) -> HttpResponse:
    """A mail about something else becomes work of its own, which is then open."""
    interaction = get_object_or_404(request.agent.interactions, pk=pk)
    return after_move(request, interaction.split(request.agent, _line(request, interaction)))


def _line(request: AgentRequest, interaction: Interaction) -> Message:
    return get_object_or_404(interaction.messages, seq=_number(request.POST.get("line", "")) or 0)


def letter_of(posted: QueryDict) -> Letter:
    text, head = text_of(posted).strip(), head_of(posted)
    if len(text) > MOST_CHARS:
        raise ValidationError(_("That is longer than %d characters.") % MOST_CHARS)
    files = head.pop("files")
    if not head["to"]:
        raise ValidationError(_("Say to whom it goes."))
    return Letter(text, **head, forwarded=files)


def _and_then(interaction: Interaction, request: AgentRequest, then: str) -> None:
    """End it or park it, in one with the sending."""
    if then == "close":
        interaction.end(by=request.agent)
    elif moment := _until(then):
        interaction.park(moment, by=request.agent)


def _until(then: str) -> datetime | None:
    if not then:
        return None
    form = ParkForm({"until": then})
    if not form.is_valid():
        raise ValidationError(_("Choose a moment in the next 90 days."))
    return form.cleaned_data["moment"]


def _trouble(request: AgentRequest, interaction: Interaction, status: int, **trouble: Any) -> HttpResponse:
    if not request.htmx:
        line = trouble.get("crossed")
        notice = trouble.get("why") or _("Somebody has written meanwhile: %s") % (line.text if line else "")
        return render(request, "409.html", {"notice": notice}, status=status)
    return render(request, "desk/_letter.html#trouble", {"interaction": interaction, **trouble}, status=status)


def _before(line: Message) -> int | None:
    earlier = Message.objects.filter(interaction=line.interaction_id, seq__lt=line.seq).order_by("-seq")
    return earlier.values_list("seq", flat=True).first()


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 10 else None
