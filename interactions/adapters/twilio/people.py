"""Whose number it is, and whether they want to hear from us."""

from django.db import connection
from django.utils import timezone

from agents.models import Channel
from contactcenter.prepared import Prepared
from interactions.models import Address, Customer
from interactions.models.texting import KINDS

LONGEST_NAME = 120
_of_phone = Prepared(
    lambda number: (
        Address.objects.filter(kind=Address.Kind.PHONE, value=number)
        .select_related("customer")
        .order_by("-verified", "pk")[:1]
    )
)


def one_at_a_time(number: str) -> None:
    """What comes from this number is filed one after the other, till the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 725))", [number])


def customer_of(channel: str, number: str, name: str) -> Customer:
    """The customer who writes from this number, or a new one; called under `one_at_a_time`.

    The network says whose it is, so what a visitor of the website typed as theirs counts for nothing here. A person is
    the same by SMS and by WhatsApp.
    """
    kind, name = KINDS[Channel(channel)], name.replace("\0", "").strip()[:LONGEST_NAME]
    theirs = Address.objects.filter(value=number.lower(), verified=True).select_related("customer")
    known = {address.kind: address for address in theirs.filter(kind__in=[Address.Kind.PHONE, Address.Kind.WHATSAPP])}
    found = known.get(kind) or next(iter(known.values()), None)
    customer = found.customer if found else Customer.objects.create(name=name or number)
    if kind not in known:
        customer.addresses.update_or_create(kind=kind, value=number.lower(), defaults={"verified": True})
    if name and customer.name in ("", number):
        customer.name = name
        customer.save(update_fields=["name"])
    return customer


def opt_out(channel: str, number: str) -> None:
    """Nothing is sent there any more, whoever's it is said to be."""
    theirs = Address.objects.called(KINDS[Channel(channel)], number)
    theirs.filter(opted_out_at=None).update(opted_out_at=timezone.now())


def opt_in(channel: str, number: str) -> None:
    Address.objects.called(KINDS[Channel(channel)], number).update(opted_out_at=None)


def known_caller(number: str) -> Customer | None:
    """Who seems to call. Anybody can have a number shown that is not theirs: it finds a customer and proves nothing."""
    found = _of_phone.first(number) if number else None
    return found.customer if found else None


def new_caller(number: str) -> Customer:
    """A customer who is known by this number only; called under `one_at_a_time`."""
    customer = Customer.objects.create(name=number)
    if number:
        customer.addresses.create(kind=Address.Kind.PHONE, value=number)
    return customer
