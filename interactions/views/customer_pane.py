"""The right pane of the desk: who the customer is, what colleagues noted, and what came before on any channel."""

from collections.abc import Sequence
from typing import Any

from django.db.models import FETCH_RAISE

from agents.models import Agent
from contactcenter.prepared import Prepared
from interactions.models import Address, Customer, CustomerNote, Interaction
from interactions.views.transcript import words

TIMELINE_LENGTH = 20
NOTES_SHOWN = 20
ADDRESSES_SHOWN = 20  # a customer can claim any number of them

_addresses = Prepared(
    lambda customer: (
        Address.objects.filter(customer=customer)
        .order_by("-verified", "kind", "value")
        .fetch_mode(FETCH_RAISE)[:ADDRESSES_SHOWN]
    )
)
_notes = Prepared(
    lambda customer: (
        CustomerNote.objects.filter(customer=customer)
        .select_related("agent__person")
        .order_by("-at")
        .fetch_mode(FETCH_RAISE)[:NOTES_SHOWN]
    )
)
_past = Prepared(
    lambda customer: (
        Interaction.objects.filter(customer=customer)
        .select_related("queue", "agent__person", "disposition")
        .annotate(first_words=words("pk", "seq", public=True))
        .order_by("-arrived_at")
        .fetch_mode(FETCH_RAISE)[:TIMELINE_LENGTH]
    )
)


def customer_pane(agent: Agent, customer: Customer) -> dict[str, Any]:
    """The right pane: who it is, what colleagues noted, and what came before on any channel."""
    return {
        "agent": agent,
        "customer": customer,
        "addresses": _addresses.all(customer.pk),
        "notes": notes(customer),
        "timeline": _timeline(agent, customer),
    }


def notes(customer: Customer) -> list[CustomerNote]:
    return _notes.all(customer.pk)


def _timeline(agent: Agent, customer: Customer) -> Sequence[Interaction]:
    """Of conversations with others it tells what the customer knows too; an internal note stays with those who had it,
    as does the whole of what was said."""
    past = _past.all(customer.pk)
    own = {one.pk for one in past if one.agent_id == agent.pk}
    others = [one.pk for one in past if one.pk not in own]
    shared = Interaction.objects.visible_to(agent.person).filter(pk__in=others).values_list("pk", flat=True)
    readable = own.union(shared) if others else own
    for one in past:
        one.readable = one.pk in readable  # type: ignore[attr-defined]
    return past
