"""The box mail is written in: what stands above it, to whom it could go, and which files are in it already."""

from collections.abc import Iterable, Sequence
from typing import Any

from agents.models import Agent
from interactions.adapters.email.answers import IsOurs, answered_mail, proposals
from interactions.models import Address, Attachment, Draft, Email, Interaction, Mailbox
from interactions.models.email import MAILS_LOOKED_AT
from interactions.models.letter import MOST_CHARS
from interactions.models.mail_texts import Signature

MOST_SUGGESTED = 100


def letter_box(agent: Agent, interaction: Interaction, draft: Draft | None) -> dict[str, Any]:
    """For the template of the box: what is proposed for each kind of answer, and what stands in it now."""
    mails, is_ours = list(Email.objects.of_thread(interaction.pk)[:MAILS_LOOKED_AT]), Mailbox.objects.ours()
    proposed, answered = proposals(mails, is_ours, interaction.subject), answered_mail(mails)
    own = draft if draft and draft.kind in proposed else None
    kind = own.kind if own else Email.Kind.REPLY
    return {
        "proposed": proposed,
        "letter_kind": kind,
        "head": own or proposed[kind],
        "own_head": own is not None,
        "answered": answered,
        "signature": Signature.objects.text_for(interaction.queue, language_of(interaction), agent),
        "suggested": suggested(interaction, mails, is_ours),
        "strangers": strangers_in(mails),
        "kept_files": kept_files(interaction, own.files) if own else [],
        "forwarded_files": forwarded_files(answered) if kind != Email.Kind.FORWARD else [],
        "longest": MOST_CHARS,
    }


def language_of(interaction: Interaction) -> str:
    return interaction.language or interaction.customer.language


def suggested(interaction: Interaction, mails: Iterable[Email], is_ours: IsOurs) -> dict[str, str]:
    """Name by address: the customer's own addresses, then whoever is named in the thread; never ours."""
    customer = interaction.customer
    own = customer.addresses.filter(kind=Address.Kind.EMAIL).order_by("-verified", "pk").values_list("value", flat=True)
    found = {address: customer.name if customer.name != address else "" for address in own[:MOST_SUGGESTED]}
    for mail in mails:
        found.setdefault(mail.from_address.lower(), mail.from_name)
        for address in (mail.reply_to, *mail.to, *mail.cc):
            found.setdefault(address.lower(), "")
    theirs = [(address, name) for address, name in found.items() if "@" in address and not is_ours(address)]
    return dict(theirs[:MOST_SUGGESTED])


def strangers_in(mails: Sequence[Email]) -> set[str]:
    """Who wrote into the thread last without being the customer, as far as we know."""
    verified = {mail.from_address.lower(): mail.sender_verified for mail in reversed(mails) if mail.from_address}
    return {address for address, known in verified.items() if not known}


def kept_files(interaction: Interaction, tokens: Sequence[str]) -> list[Attachment]:
    """Those of this interaction's files that go along without being uploaded again."""
    if not tokens:
        return []
    return list(Attachment.objects.filter(message__interaction=interaction, token__in=tokens).order_by("pk"))


def forwarded_files(answered: Email | None) -> list[Attachment]:
    """What came with the mail that a forward passes on."""
    return list(Attachment.objects.filter(message=answered.pk).order_by("pk")) if answered else []
