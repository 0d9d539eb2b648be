"""Whose mail it is. An address in a From line is a claim: it finds the customer, it proves nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from interactions.models.customer import Address, Customer

if TYPE_CHECKING:
    from interactions.adapters.email.parse import Mail
    from interactions.models.interaction import Interaction

LONGEST_NAME = 120
# In one order everywhere, so that two who lock several wait for each other and never both.
LOCK_ADDRESSES = """
    select pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(address, 724) as key from unnest(%s::text[]) address order by key
    ) keys
"""


def sender_of(mail: "Mail", envelope_from: str = "") -> str:
    return (mail.from_address or envelope_from).replace("\0", "").strip().lower()


class Sender(NamedTuple):
    """Who a mail says it is from; `confirmed` if their mail server stands by that."""

    address: str
    name: str
    confirmed: bool = False


def customers_of(senders: Sequence[Sender]) -> list[Customer]:
    """The customer with each one's address, or a new one, in their order; called within a transaction.

    A verified address goes first. Two mails of a new sender at the same moment make one customer.
    """
    by_address = _known_customers([sender.address for sender in senders if sender.address])
    found, new, addresses = [], [], []
    for sender in senders:
        name, value = sender.name.replace("\0", "").strip()[:LONGEST_NAME], sender.address[:254]
        customer = by_address.get(value)
        if customer is None:
            customer = Customer(name=name or sender.address[:LONGEST_NAME])
            new.append(customer)
            if value:
                by_address[value] = customer
                addresses.append(
                    Address(customer=customer, kind=Address.Kind.EMAIL, value=value, verified=sender.confirmed)
                )
        elif name and not customer.name:
            customer.name = name
            customer.save(update_fields=["name"])
        found.append(customer)
    Customer.objects.bulk_create(new)
    Address.objects.bulk_create(addresses)
    return found


def _known_customers(addresses: Sequence[str]) -> dict[str, Customer]:
    """By address, which nobody else can make a customer of until we commit."""
    if not addresses:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ADDRESSES, [list(addresses)])
    known = Address.objects.filter(kind=Address.Kind.EMAIL, value__in={address[:254] for address in addresses})
    return {one.value: one.customer for one in known.select_related("customer").order_by("verified", "-pk")}


def introduce(customer: Customer, address: str, name: str) -> None:
    """Of somebody we knew nothing about, keep what their mail says."""
    if address and not customer.addresses.exists():
        customer.name = customer.name or name.strip()[:LONGEST_NAME] or address[:LONGEST_NAME]
        customer.save(update_fields=["name"])
        customer.remember_address(Address.Kind.EMAIL, address)


def is_the_customers(address: str, interaction: "Interaction") -> bool:
    """Whether this is an address of whoever the interaction is with."""
    return interaction.customer.addresses.filter(kind=Address.Kind.EMAIL, value=address[:254]).exists()
