"""A visitor comes in: a new conversation, or the one they had goes on."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.errors import StaleState
from contactcenter.prepared import Prepared
from interactions.adapters.chat.door import find_visitor
from interactions.adapters.chat.identity import introduce, signed_customer
from interactions.adapters.chat.refusals import Refusal
from interactions.adapters.chat.words import client_id_of, email_of, line_of, text_of
from interactions.calls import line
from interactions.models import Call, EntryPoint, Interaction, Message, Visitor
from interactions.models.states import OPEN, State


@transaction.atomic
def recognise(entry_point: EntryPoint, data: dict[str, Any]) -> tuple[Visitor, str]:
    """The visitor and their token. Another customer than the token's gets a token of their own."""
    customer = signed_customer(entry_point, data)
    if token := data.get("token"):
        visitor = find_visitor(entry_point, token)
        if customer is None or visitor.customer_id == customer.pk:
            return visitor, token
    return Visitor.objects.welcome(entry_point, customer)


@transaction.atomic
def come_in(entry_point: EntryPoint, data: dict[str, Any], language: str) -> tuple[Interaction, str]:
    """Carries out a call of `sessions/`: returns the open conversation and the visitor's token."""
    text, client_id = text_of(data.get("text")), client_id_of(data.get("client_id"))
    name, email = line_of(data.get("name")), email_of(data.get("email"))
    answers = _answers(entry_point, data.get("fields"))
    leaves_message = data.get("leave_message") is True
    visitor, token = recognise(entry_point, data)
    interaction = current(visitor)
    goes_on = interaction is not None and interaction.open
    if leaves_message and not text and not goes_on:
        raise Refusal("empty")
    calls = data.get("call") is True
    if calls and not entry_point.calls:
        raise Refusal("no_calls")
    if not goes_on and not leaves_message and not entry_point.open_at(timezone.now()):
        raise Refusal("closed_hours", entry_point.queue.emergency_text if entry_point.queue.emergency else "")
    introduce(visitor.customer, name=name, email=email, phone=answers.pop("", ""), language=language)
    if answers:
        visitor.customer.attributes |= answers
        visitor.customer.save(update_fields=["attributes"])
    Visitor.objects.saw([visitor.pk])
    if interaction is None or not goes_on:
        interaction = Interaction.arrive(
            entry_point=entry_point,
            customer=visitor.customer,
            visitor=visitor,
            text=text,
            client_id=client_id,
            language=language,
            live=not leaves_message,
        )
    else:
        if text:
            interaction.hear(text, client_id=client_id)
        if leaves_message:
            interaction.answer_later()
    if calls:
        line.start(interaction, Call.Provider.BROWSER, consented=data.get("consent") is True)
    return interaction, token


def _of(visitor: Any) -> QuerySet[Interaction]:
    return Interaction.objects.filter(visitor=visitor).select_related("queue", "agent__person")


_open = Prepared(lambda visitor: _of(visitor).filter(state__in=OPEN))
_last = Prepared(lambda visitor: _of(visitor).order_by("-pk")[:1])


def current(visitor: Visitor) -> Interaction | None:
    """The visitor's open conversation, else their last. One given up for lost goes on where it was in line."""
    interaction = _open.first(visitor.pk) or _last.first(visitor.pk)
    if interaction and interaction.state == State.ABANDONED and not _left(interaction):
        with suppress(StaleState):  # too long ago
            interaction.rejoin()
    return interaction


def _left(interaction: Interaction) -> bool:
    """The customer ended it, which is not the same as a page that was gone for too long."""
    return interaction.messages.filter(notice=Message.Notice.LEFT).exists()


def _answers(entry_point: EntryPoint, fields: Any) -> dict[str, str]:
    """Answers to the questions that were asked, by name; a telephone number is found under ''."""
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise Refusal("invalid")
    answers = {}
    for field in entry_point.prechat:
        answer = text_of(fields.get(field["name"]), 1000)
        if answer and field["name"] not in ("name", "email"):
            answers["" if field["type"] == "tel" else field["name"]] = answer
    return answers
