"""To whom an answer goes and under which subject: proposed from the mails of a thread, and the agent's to change.

A stranger who wrote into the thread is not proposed as the one to answer while the customer has written too, nor is an
address of ours ever: mail to it would come back as the customer's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses

from interactions.adapters.email.subjects import answering, forwarding, one_line
from interactions.models.email import Email
from interactions.models.message import Message

NOBODYS = {Email.Automatic.BOUNCE, Email.Automatic.AUTO_REPLY, Email.Automatic.OWN}
MOST_NAMED = 200

type IsOurs = Callable[[str], bool]


@dataclass(frozen=True)
class Proposal:
    """What stands above a mail before the agent changes it; addresses without names."""

    subject: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)


def proposals(mails: Sequence[Email], is_ours: IsOurs, subject: str = "") -> dict[str, Proposal]:
    """By kind, from the thread's mails, the latest first; the subject is for a thread that has none."""
    answered = answered_mail(mails)
    latest = next((mail.subject for mail in _of_people(mails) if mail.subject), subject)
    found = {}
    for kind in (Email.Kind.REPLY, Email.Kind.REPLY_ALL):
        to, cc = recipients(answered, kind, is_ours) if answered else ([], [])
        found[str(kind)] = Proposal(answering(latest) if latest else "", to, cc)
    return found | {str(Email.Kind.FORWARD): Proposal(forwarding(latest) if latest else "")}


def answered_mail(mails: Iterable[Email]) -> Email | None:
    """Of the latest first: the customer's last, else a stranger's, else our own, which is then followed up."""
    people = _of_people(mails)
    theirs = [mail for mail in people if mail.line.kind == Message.Kind.INBOUND]
    ours = [mail for mail in people if mail.line.kind == Message.Kind.OUTBOUND]
    return next((mail for mail in theirs if mail.sender_verified), None) or next(iter(theirs + ours), None)


def _of_people(mails: Iterable[Email]) -> list[Email]:
    """Neither what a machine sent nor our own acknowledgement is a word that an answer goes on with."""
    return [m for m in mails if m.automatic not in NOBODYS and m.kind != Email.Kind.ACKNOWLEDGEMENT]


def recipients(answered: Email, kind: str, is_ours: IsOurs) -> tuple[list[str], list[str]]:
    """Who an answer to this mail goes to, and for an answer to all, who gets a copy (RFC 5322, 3.6.3)."""
    if answered.line.kind == Message.Kind.OUTBOUND:
        to, copies = list(answered.to), list(answered.cc)
    else:
        to, copies = [answered.reply_to or answered.from_address], [*answered.to, *answered.cc]
    to, copies = _each_once(to, is_ours), _each_once(copies, is_ours)
    if not to:  # sent by a mailbox of ours in the customer's name, as web forms do
        to, copies = copies[:1], copies[1:]
    if kind != Email.Kind.REPLY_ALL:
        return to, []
    known = {address.lower() for address in to}
    return to, [address for address in copies if address.lower() not in known]


def named_in(text: str) -> list[str]:
    """The bare addresses of what was typed or pasted: `Lee <lee@example.org>; kim@example.org`."""
    lines = text.replace("\0", "").replace(";", ",").replace("\r", ",").replace("\n", ",")
    found = (one_line(address) for _name, address in getaddresses([lines], strict=False))
    return list(dict.fromkeys(address for address in found if address))[:MOST_NAMED]


def _each_once(addresses: Iterable[str], is_ours: IsOurs) -> list[str]:
    named = [one for address in addresses for one in named_in(address) if "@" in one and not is_ours(one)]
    return list({one.lower(): one for one in reversed(named)}.values())[::-1]
