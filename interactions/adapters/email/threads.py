"""Which interaction a mail goes on with: by what only we can have written, then by what it says it answers.

In this order: an address or a Message-ID that we signed, then a Message-ID that this entry point has seen. Never by the
subject, which anybody can guess, and never across entry points. (Libredesk and FreeScout do it alike; desks that read a
number in the subject let strangers write into foreign work.)
"""

import hashlib
from collections.abc import Iterable

from interactions.adapters.email.ours import interaction_of_address, interaction_of_message_id
from interactions.adapters.email.parse import Mail
from interactions.models import Email, EntryPoint, Interaction
from interactions.models.email import LONGEST_ID

MOST_LOOKED_UP = 50  # of the ids a mail names; the last ones are nearest


def known_id(message_id: str) -> str:
    """A Message-ID as we keep it: without brackets, a very long one by its hash."""
    bare = message_id.replace("\0", "").strip().strip("<>").strip()
    return bare if len(bare) <= LONGEST_ID else f"sha256:{hashlib.sha256(bare.encode()).hexdigest()}"


def answered_ids(mail: Mail) -> list[str]:
    """What it says it answers, the nearest first."""
    named = [known_id(one) for one in (*mail.references, mail.in_reply_to) if one]
    return list(dict.fromkeys(one for one in reversed(named) if one))[:MOST_LOOKED_UP]


def find_thread(
    mail: Mail, entry_point: EntryPoint, envelope_to: Iterable[str], also: Iterable[str] = ()
) -> Interaction | None:
    """The interaction it belongs to; `also` are ids it names elsewhere, such as those of the mail that bounced."""
    ids = [*answered_ids(mail), *(known_id(one) for one in also)]
    addressed = [interaction_of_address(address) for address in (*envelope_to, *mail.to, *mail.cc)]
    signed = [number for number in (*addressed, *map(interaction_of_message_id, ids)) if number]
    ours = Interaction.objects.filter(entry_point=entry_point).select_related("queue", "customer", "entry_point")
    nearest = _nearest(ids, entry_point)
    if signed and (found := ours.filter(pk__in=signed).order_by("-pk").first()):
        split_off = ours.filter(pk=nearest, previous=found).first() if nearest else None
        return split_off or found  # what was split off from it was signed before it was
    return ours.filter(pk=nearest).first() if nearest else None


def _nearest(ids: list[str], entry_point: EntryPoint) -> int | None:
    """Where the first of these that this entry point has seen is now."""
    if not ids:
        return None
    known = Email.objects.filter(message_id__in=ids, line__interaction__entry_point=entry_point)
    places = dict(known.order_by("-line").values_list("message_id", "line__interaction"))
    return next((places[one] for one in ids if one in places), None)


def is_ours(mail: Mail) -> bool:
    """A mail that we sent ourselves has come back."""
    return interaction_of_message_id(mail.message_id or "") is not None
