"""The first thing that happens to a mail, whichever door it came by: its bytes are committed. Nothing is read yet."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import Error, transaction

from interactions.models import EntryPoint, Mailbox, RawMail
from interactions.models.mailbox import Reached

LONGEST_ADDRESS = 320


@dataclass(frozen=True)
class Brought:
    """A mail that somebody hands over, and for whom."""

    raw: bytes
    envelope_from: str
    recipients: Sequence[str]


def store(
    raw: bytes, *, entry_point: EntryPoint, door: str, envelope_from: str = "", envelope_to: Iterable[str] = ()
) -> RawMail:
    """Returns it once its bytes are safe; whoever handed it over may then forget it."""
    row = _row(raw, entry_point, door, envelope_from, envelope_to)
    row.save(force_insert=True)
    return row


def store_all(brought: Sequence[Brought], door: str = RawMail.Door.SMTP) -> list[list[int] | Error]:
    """In one transaction, one for each entry point that a mail's recipients lead to: their ids.

    If that fails each is tried by itself, and whoever brought one that cannot be stored keeps it.
    """
    try:
        with transaction.atomic():
            return [*_stored(brought, door)]
    except Error as error:
        return [error] if len(brought) == 1 else [ids for one in brought for ids in store_all([one], door)]


def _stored(brought: Sequence[Brought], door: str) -> list[list[int]]:
    reached = Mailbox.objects.reached()
    rows = [_rows(one, reached, door) for one in brought]
    RawMail.objects.bulk_create([row for each in rows for row in each])
    return [[row.pk for row in each] for each in rows]


def _rows(one: Brought, reached: Reached, door: str) -> list[RawMail]:
    by_entry_point: dict[EntryPoint, list[str]] = {}
    for address in one.recipients:
        if mailbox := reached(address):
            by_entry_point.setdefault(mailbox.entry_point, []).append(address)
    return [
        _row(one.raw, entry_point, door, one.envelope_from, addresses)
        for entry_point, addresses in by_entry_point.items()
    ]


def _row(raw: bytes, entry_point: EntryPoint, door: str, envelope_from: str, envelope_to: Iterable[str]) -> RawMail:
    return RawMail(
        entry_point=entry_point,
        door=door,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        envelope_from=_kept(envelope_from),
        envelope_to=[_kept(address) for address in envelope_to],
    )


def _kept(address: str) -> str:
    return address.replace("\0", "")[:LONGEST_ADDRESS]
