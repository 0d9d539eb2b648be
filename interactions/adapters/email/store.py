"""The first thing that happens to a mail, whichever door it came by: its bytes are committed. Nothing is read yet."""

import hashlib
from collections.abc import Iterable

from django.db import transaction

from interactions.models import EntryPoint, Mailbox, RawMail

LONGEST_ADDRESS = 320


def store(
    raw: bytes, *, entry_point: EntryPoint, door: str, envelope_from: str = "", envelope_to: Iterable[str] = ()
) -> RawMail:
    """Returns it once its bytes are safe; whoever handed it over may then forget it."""
    return RawMail.objects.create(
        entry_point=entry_point,
        door=door,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        envelope_from=_kept(envelope_from),
        envelope_to=[_kept(address) for address in envelope_to],
    )


@transaction.atomic
def store_for(raw: bytes, envelope_from: str, recipients: Iterable[str]) -> list[int]:
    """One for each entry point that the recipients lead to, all or none; their ids."""
    by_entry_point: dict[EntryPoint, list[str]] = {}
    for address in recipients:
        if mailbox := Mailbox.objects.for_address(address):
            by_entry_point.setdefault(mailbox.entry_point, []).append(address)
    return [
        store(raw, entry_point=door, door=RawMail.Door.SMTP, envelope_from=envelope_from, envelope_to=addresses).pk
        for door, addresses in by_entry_point.items()
    ]


def _kept(address: str) -> str:
    return address.replace("\0", "")[:LONGEST_ADDRESS]
