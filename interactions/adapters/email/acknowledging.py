"""Whoever begins something new by mail is told that it has come: once a day at most, and only a person.

Nothing of what they wrote goes back, not even their subject: a From line is easily forged, and a stranger must not get
somebody else's words from us (RFC 3834).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from interactions.adapters.email.addresses import Address
from interactions.adapters.email.ours import new_message_id, reply_address
from interactions.adapters.email.threads import known_id
from interactions.adapters.email.wording import formatted
from interactions.models import Acknowledged, Acknowledgement, Delivery, Email, Interaction, Mailbox, Message
from interactions.models.states import State

if TYPE_CHECKING:
    from interactions.adapters.email.filing import Letter


def acknowledge(arrived: Iterable[tuple["Letter", Interaction]]) -> None:
    """Called within the transaction that files these letters, once their work is in line."""
    new = [(letter, interaction) for letter, interaction in arrived if _by_a_person(letter)]
    doors = {interaction.entry_point_id for _letter, interaction in new}
    texts = list(Acknowledgement.objects.filter(mailbox__entry_point__in=doors).select_related("mailbox"))
    if not texts:
        return
    is_ours = Mailbox.objects.ours()
    for letter, interaction in new:
        words = _words_for(interaction, texts)
        if words and not is_ours(letter.row.sender) and Acknowledged.objects.may_tell(letter.row.sender):
            _tell(letter, interaction, words)


def _words_for(interaction: Interaction, texts: Iterable[Acknowledgement]) -> Acknowledgement | None:
    """In the customer's language, else those for any."""
    of_door = {one.language: one for one in texts if one.mailbox.entry_point_id == interaction.entry_point_id}
    return of_door.get(interaction.language or interaction.customer.language) or of_door.get("")


def _tell(letter: "Letter", interaction: Interaction, words: Acknowledgement) -> None:
    mailbox, asked = words.mailbox, known_id(letter.mail.message_id or "")
    with interaction.moving(State.QUEUED):
        line = interaction._add(Message.Kind.SYSTEM, words.text, notice=Message.Notice.ACKNOWLEDGED)
    message_id = new_message_id(interaction.pk, mailbox.address.rpartition("@")[2])
    named = asked if asked and not asked.startswith("sha256:") else ""
    Email.objects.create(
        line=line,
        kind=Email.Kind.ACKNOWLEDGEMENT,
        message_id=message_id,
        in_reply_to=named,
        references=[named] if named else [],
        subject=words.subject,
        from_name=mailbox.sender_name,
        from_address=mailbox.address,
        reply_to=reply_address(mailbox.address, interaction.pk),
        to=[letter.row.sender],
        text=words.text,
        html=formatted(words.text),
        sender_verified=True,
    )
    Delivery.objects.create(line=line, due_at=timezone.now(), provider_id=message_id)


def _by_a_person(letter: "Letter") -> bool:
    """No program, list or bounce, nobody who sends without a way back, and nobody forged."""
    row = letter.row
    without_return = row.door == row.Door.SMTP and not row.envelope_from
    if letter.automatic or without_return or letter.recorded.spam or letter.recorded.refuted:
        return False
    return Address(row.sender).valid and row.sender.isascii()
