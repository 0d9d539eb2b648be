"""Mail that answers nothing: written in a dialog over the desk, sent as work of its writer's."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import AgentRequest, agent_required
from interactions.adapters.email.answers import Proposal
from interactions.models import Address, Customer, Draft, Email, Interaction, Mailbox, Queue
from interactions.models.letter import MOST_CHARS
from interactions.models.mail_texts import Signature
from interactions.uploads import checked
from interactions.views.desk import after_move
from interactions.views.letters import head_of, letter_of, text_of, typed_at

NOWHERE = {"pk": 0}  # stands for the work that there is not yet


@agent_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_mail(request: AgentRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "desk/_new_mail.html", _box(request))
    mailbox = mailboxes(request).filter(pk=_pk(request.POST.get("mailbox", ""))).first()
    client_id = request.POST.get("client_id", "").replace("\0", "")[:64]
    try:
        if mailbox is None:
            raise ValidationError(_("Choose a mailbox to write from."))
        letter, files = letter_of(request.POST), checked(request.FILES.getlist("files"))
        work = Interaction.compose(request.agent, mailbox, letter, client_id=client_id, files=files)
    except ValidationError as error:
        context = {"interaction": NOWHERE, "why": " ".join(error.messages)}
        return render(request, "desk/_letter.html#trouble", context, status=422)
    Draft.objects.keep(None, request.agent, "")
    return after_move(request, work)


@agent_required
@require_POST
def keep(request: AgentRequest) -> HttpResponse:
    """What is being written, saved at a pause; one at a time."""
    head = {**head_of(request.POST), "kind": "", "files": [], "answers": 0}
    mailbox = mailboxes(request).filter(pk=_pk(request.POST.get("mailbox", ""))).first()
    written = {name: value for name, value in head.items() if value}
    if written and mailbox:
        written["mailbox"] = mailbox
    text = text_of(request.POST)[:MOST_CHARS]
    Draft.objects.keep(None, request.agent, text, typed_at=typed_at(request.POST), **written)
    return HttpResponse(status=204)


def mailboxes(request: AgentRequest) -> QuerySet[Mailbox]:
    """Those of the queues this agent serves."""
    queues = Queue.objects.visible_to(request.user)
    return Mailbox.objects.filter(active=True, entry_point__active=True, entry_point__queue__in=queues)


def _box(request: AgentRequest) -> dict[str, Any]:
    draft = Draft.objects.filter(interaction=None, agent=request.agent).first()
    to = _addresses_of(request) if draft is None else []
    boxes = list(mailboxes(request).select_related("entry_point__queue").order_by("address"))
    chosen = next((box for box in boxes if draft and box.pk == draft.mailbox_id), boxes[0] if boxes else None)
    queue = chosen.entry_point.queue if chosen else None
    return {
        "agent": request.agent,
        "interaction": NOWHERE,
        "mailboxes": boxes,
        "chosen": chosen,
        "head": draft or Proposal(to=to[:1]),
        "suggested": dict.fromkeys(to, ""),
        "signature": Signature.objects.text_for(queue, "", request.agent) if queue else "",
        "draft": draft.text if draft else "",
        "draft_typed": draft.typed_at if draft else 0,
        "longest": MOST_CHARS,
        "kind": Email.Kind.NEW,
    }


def _addresses_of(request: AgentRequest) -> list[str]:
    """Of the customer it was begun from, if they may be seen."""
    if not (pk := _pk(request.GET.get("customer", ""))):
        return []
    customer = get_object_or_404(Customer, pk=pk, interactions__in=Interaction.objects.visible_to(request.user))
    found = customer.addresses.filter(kind=Address.Kind.EMAIL).order_by("-verified", "pk")
    return list(found.values_list("value", flat=True)[:20])


def _pk(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 18 else 0
