"""Whose mail it is. An address in a From line is a claim: it finds the customer, it proves nothing."""

from typing import TYPE_CHECKING

from django.db import connection

from interactions.models.customer import Address, Customer

if TYPE_CHECKING:
    from interactions.adapters.email.parse import Mail
    from interactions.models.interaction import Interaction

LONGEST_NAME = 120


def sender_of(mail: "Mail", envelope_from: str = "") -> str:
    return (mail.from_address or envelope_from).replace("\0", "").strip().lower()


def customer_of(address: str, name: str, *, confirmed: bool) -> Customer:
    """The customer with this address, or a new one; called within a transaction.

    A verified address goes first. Two mails of a new sender at the same moment make one customer.
    """
    name = name.replace("\0", "").strip()[:LONGEST_NAME]
    if not address:
        return Customer.objects.create(name=name)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 724))", [address])
    known = Address.objects.filter(kind=Address.Kind.EMAIL, value=address[:254]).select_related("customer")
    if found := known.order_by("-verified", "pk").first():
        if name and not found.customer.name:
            found.customer.name = name
            found.customer.save(update_fields=["name"])
        return found.customer
    customer = Customer.objects.create(name=name or address[:LONGEST_NAME])
    customer.remember_address(Address.Kind.EMAIL, address, verified=confirmed)
    return customer


def introduce(customer: Customer, address: str, name: str) -> None:
    """Of somebody we knew nothing about, keep what their mail says."""
    if address and not customer.addresses.exists():
        customer.name = customer.name or name.strip()[:LONGEST_NAME] or address[:LONGEST_NAME]
        customer.save(update_fields=["name"])
        customer.remember_address(Address.Kind.EMAIL, address)


def is_the_customers(address: str, interaction: "Interaction") -> bool:
    """Whether this is an address of whoever the interaction is with."""
    return interaction.customer.addresses.filter(kind=Address.Kind.EMAIL, value=address[:254]).exists()
