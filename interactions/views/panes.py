"""The panes of the desk, the same for page, reply and push: read for one agent, drawn by one template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import FETCH_RAISE, F, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from agents.models import Agent, Channel
from agents.views.status import status_of
from contactcenter.prepared import Prepared
from contactcenter.sql import among, array
from interactions.adapters.twilio.tokens import configured as telephony
from interactions.adapters.twilio.tokens import plain_signalling
from interactions.adapters.voice.plan import recording_wanted
from interactions.models import (
    Call,
    CallLeg,
    Disposition,
    Draft,
    Interaction,
    Message,
    Offer,
    Recording,
    WhatsAppTemplate,
)
from interactions.models.call import on_the_line
from interactions.models.texting import TEXTS
from interactions.views.customer_pane import customer_pane
from interactions.views.letter_box import letter_box
from interactions.views.shown_keys import shown_keys
from interactions.views.transcript import lines, words


@dataclass(frozen=True)
class Work:
    """What one agent has: ringing, in hand and set aside."""

    offers: Sequence[Offer]
    in_hand: Sequence[Interaction]
    parked: Sequence[Interaction]


_offers = Prepared(
    lambda agent: (
        Offer.objects.pending()
        .filter(agent=agent)
        .select_related("interaction__customer", "interaction__queue")
        .annotate(first_line=words("interaction", "seq"))
        .order_by("offered_at")
        .fetch_mode(FETCH_RAISE)
    )
)


def _in_hand() -> QuerySet[Interaction]:
    """The rows of everybody's list."""
    rows = Interaction.objects.in_hand().with_unread().select_related("customer", "queue")
    return rows.annotate(last_words=words("pk", "-seq")).fetch_mode(FETCH_RAISE)


_own_rows = Prepared(lambda agent: _in_hand().filter(agent=agent).order_by(F("answered_at").asc(nulls_last=True), "pk"))


def work_of(agent: Agent) -> Work:
    rows = _own_rows.all(agent.pk)
    return Work(
        offers=_offers.all(agent.pk),
        in_hand=[row for row in rows if row.state != "parked"],
        parked=[row for row in rows if row.state == "parked"],
    )


@dataclass(frozen=True)
class Phone:
    """A call this agent is in, or is asked to, as the desk shows it."""

    leg: CallLeg
    call: Call
    others: list[CallLeg]
    owner: bool
    recorded: bool

    @property
    def customer(self) -> CallLeg | None:
        return next((leg for leg in self.others if leg.role == CallLeg.Role.CUSTOMER), None)

    @property
    def colleagues(self) -> list[CallLeg]:
        return [leg for leg in self.others if leg.role == CallLeg.Role.AGENT]

    @property
    def asked(self) -> CallLeg | None:
        """Whom this agent has asked in private."""
        return None if self.leg.consulted else next((leg for leg in self.colleagues if leg.consulted), None)

    @property
    def asks(self) -> bool:
        """It rings: a colleague wants advice, or a customer one writes with wants to talk."""
        return self.leg.state == CallLeg.State.JOINING and (self.leg.consulted or self.leg.back_by is None)


_legs = Prepared(
    lambda agent: (
        CallLeg.objects.live()
        .filter(agent=agent)
        .exclude(role=CallLeg.Role.SUPERVISOR)
        .select_related("call__interaction__customer", "call__interaction__queue")
        .order_by("pk")
    )
)


def phones_of(agent: Agent) -> list[Phone]:
    """One, unless a colleague asks while another call goes on."""
    phones = []
    for leg in _legs.all(agent.pk):
        others = [other for other in on_the_line(leg.call_id) if other.pk != leg.pk]
        owner = leg.call.interaction.agent_id == agent.pk
        phones.append(Phone(leg, leg.call, others, owner, recording_wanted(leg.call)))
    return phones


# No more of each than stands in a row, and beneath the conversation on how far it was read.
_rows = Prepared(
    lambda pks: (
        _in_hand()
        .filter(among(pks))
        .only(
            *("channel", "state", "agent", "customer__name", "queue__name", "queue__wrap_up_within"),
            *("unanswered_since", "interrupted_since", "wrap_up_until", "parked_until", "replied_at"),
            *("last_public_line", "customer_read", "customer_received"),
        )
    )
)


def rows(interactions: Iterable[int]) -> dict[int, Interaction]:
    """Rows of anybody's list, those that still are in one."""
    return {row.pk: row for row in _rows.all(array(interactions))}


def visible(agent: Agent) -> QuerySet[Interaction]:
    return _whole(Interaction.objects.visible_to(agent.person))


def _whole(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    return rows.select_related("customer", "queue", "agent__person", "disposition")


_own = Prepared(lambda agent, pk: _whole(Interaction.objects.filter(agent=agent, pk=pk)))


def seen(agent: Agent, pk: int) -> Interaction | None:
    """The interaction if this agent may see it; nearly always it is their own."""
    return _own.first(agent.pk, pk) or visible(agent).filter(pk=pk).first()


def find(agent: Agent, pk: int) -> Interaction:
    """The same, or a 404."""
    if (interaction := seen(agent, pk)) is None:
        raise Http404
    return interaction


def next_of(agent: Agent) -> Interaction | None:
    """The conversation that needs this agent now: whose customer waits longest for a reply, then what is to wrap up."""
    waits = Q(state="active", unanswered_since__isnull=False)
    mine = visible(agent).filter(waits | Q(state="wrap_up"), agent=agent)
    return mine.order_by(F("unanswered_since").asc(nulls_last=True), "wrap_up_until").first()


def conversation(agent: Agent, interaction: Interaction, messages: Iterable[Message] = ()) -> dict[str, Any]:
    """The middle pane; without messages for a push, since the list keeps its own."""
    messages = list(messages)
    mine = interaction.agent_id == agent.pk
    draft = Draft.objects.filter(interaction=interaction, agent=agent).first() if mine and interaction.open else None
    by_mail = interaction.channel == Channel.EMAIL and interaction.state == "active"
    return {
        "agent": agent,
        "interaction": interaction,
        "mine": mine,
        "messages": messages,
        "can_reply": interaction.state == "active" and interaction.channel != Channel.EMAIL,
        "longest": settings.MESSAGE_MAX_CHARS,
        "more_before": messages[0].seq if messages and messages[0].prev else 0,  # type: ignore[attr-defined]
        "draft": draft.text if draft else "",
        "draft_typed": draft.typed_at if draft else 0,
        "dispositions": Disposition.objects.for_queue(interaction.queue) if interaction.state == "wrap_up" else (),
        **(_texting(interaction) if interaction.channel in TEXTS and interaction.state == "active" else {}),
        **(letter_box(agent, interaction, draft) if mine and by_mail else {}),
    }


def _texting(interaction: Interaction) -> dict[str, Any]:
    """Whether anything but a note can be written, why not, and what may be sent instead."""
    line = interaction.text_line()
    refusal = line.refusal() if line else gettext("There is no number to answer this from.")
    instead = line is not None and not line.refusal(template=True) and not line.open
    templates = list(WhatsAppTemplate.objects.filter(active=True)) if instead else []
    return {"can_reply": not refusal, "refusal": refusal, "text_line": line, "templates": templates}


def screen(agent: Agent, interaction: Interaction | None) -> dict[str, Any]:
    """Everything the desk shows with this conversation open."""
    context: dict[str, Any] = {
        "work": work_of(agent),
        "phones": phones_of(agent),
        "keys": shown_keys(),
        "telephony": telephony(),
        "plain_signalling": plain_signalling(),
        **status_of(agent),
    }
    if interaction:
        context |= conversation(agent, interaction, lines(interaction)) | customer_pane(agent, interaction.customer)
        context["recordings"] = _recordings(interaction, context)
    return context


def _recordings(interaction: Interaction, context: dict[str, Any]) -> Iterable[Recording]:
    """What was recorded of it; not asked where the whole of what was said tells of no call."""
    spoken = interaction.channel == Channel.VOICE or any(line.notice == "called" for line in context["messages"])
    if not spoken and not context["more_before"]:
        return ()
    return recordings_of(interaction)


def recordings_of(interaction: Interaction) -> Iterable[Recording]:
    return Recording.objects.filter(call__interaction=interaction).heard().select_related("leg__agent__person")
