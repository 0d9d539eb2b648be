"""A mail as an agent writes it, checked before anything is stored: it can reach somebody and holds no second header."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from agents.errors import StaleState
from interactions.adapters.email.answers import IsOurs, answered_mail, recipients
from interactions.adapters.email.subjects import answering, forwarding, tame
from interactions.models.email import MAILS_LOOKED_AT, Email
from interactions.models.mailbox import Mailbox
from interactions.models.message import Attachment, Message, Upload

if TYPE_CHECKING:
    from interactions.models.work import Work

MOST_RECIPIENTS = 100
MOST_CHARS = 100_000
MOST_BYTES = 25 * 1024 * 1024  # of all files: what is larger most servers refuse


class Crossed(StaleState):
    """Somebody has written since the last line its writer saw; nothing was sent."""

    def __init__(self, line: Message) -> None:
        super().__init__(_("Somebody has written meanwhile; your text is kept as a draft."))
        self.line = line


@dataclass(frozen=True)
class Letter:
    """Without recipients an answer goes to whoever wrote; without a subject it keeps theirs.

    `answers` is the number of the line it answers or forwards, 0 for the latest mail; `forwarded` are tokens of files
    of this conversation to send along, None for those of the line that is forwarded.
    """

    text: str
    kind: str = Email.Kind.REPLY
    subject: str = ""
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    answers: int = 0
    forwarded: Sequence[str] | None = None

    def checked(self, interaction: "Work | None" = None) -> tuple[Self, Email | None, list[Upload]]:
        """As it will go out, the mail it answers or forwards, and the files it sends along; ValidationError if not."""
        if self.kind not in Email.Kind.values or self.kind == Email.Kind.ACKNOWLEDGEMENT:
            raise ValidationError(_("Unknown kind of mail."))
        if len(self.text) > MOST_CHARS:
            raise ValidationError(_("That is longer than %d characters.") % MOST_CHARS)
        answered = self.answered(interaction) if interaction and self.kind != Email.Kind.NEW else None
        to, cc, is_ours = self.to, self.cc, Mailbox.objects.ours()
        if not to and self.kind in (Email.Kind.REPLY, Email.Kind.REPLY_ALL):
            to, others = recipients(answered, self.kind, is_ours) if answered else (customers_address(interaction), [])
            cc = cc or others
        to, cc, bcc = _each_once(is_ours, to, cc, self.bcc)
        files = self._along(interaction, answered) if interaction else []
        if not self.text.strip() and self.kind != Email.Kind.FORWARD:
            raise ValidationError(_("Write something first."))
        letter = replace(self, subject=self._subject(interaction, answered), to=to, cc=cc, bcc=bcc)
        return letter, answered, files

    def _subject(self, interaction: "Work | None", answered: Email | None) -> str:
        if self.subject.strip():
            return tame(self.subject)
        theirs = (answered.subject if answered else "") or (interaction.subject if interaction else "")
        if self.kind == Email.Kind.NEW:
            return tame(theirs)
        return forwarding(theirs) if self.kind == Email.Kind.FORWARD else answering(theirs)

    def answered(self, interaction: "Work") -> Email | None:
        """The mail that was chosen, or else the customer's last."""
        mails = Email.objects.of_thread(interaction.pk)
        if self.answers:
            return mails.filter(line__seq=self.answers).first()
        return answered_mail(mails[:MAILS_LOOKED_AT])

    def _along(self, interaction: "Work", answered: Email | None) -> list[Upload]:
        files = Attachment.objects.filter(message__interaction=interaction.pk)
        if self.forwarded is not None:
            files = files.filter(token__in=self.forwarded)
        elif self.kind == Email.Kind.FORWARD and answered:
            files = files.filter(message=answered.line_id)
        else:
            return []
        return [Upload(one.file, one.name, one.content_type, one.size, one.content_id) for one in files.order_by("pk")]


def customers_address(interaction: "Work | None") -> list[str]:
    """Where mail reaches the customer, if we know."""
    if interaction is None:
        return []
    known = interaction.customer.addresses.filter(kind="email").order_by("-verified", "-pk")
    return list(known.values_list("value", flat=True)[:1])


def too_heavy(files: Iterable[Upload]) -> bool:
    return sum(file.size for file in files) > MOST_BYTES


def _each_once(is_ours: IsOurs, *fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Bare addresses, each in the first field that names it."""
    seen: set[str] = set()
    checked = [tuple(one for text in given if (one := _address(text, seen, is_ours))) for given in fields]
    if not checked[0]:
        raise ValidationError(_("Say to whom it goes."))
    if len(seen) > MOST_RECIPIENTS:
        raise ValidationError(_("A mail goes to at most %d addresses.") % MOST_RECIPIENTS)
    return checked


def _address(text: str, seen: set[str], is_ours: IsOurs) -> str:
    if not text.strip():
        return ""
    address = parseaddr(text)[1] or text.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(_("“%s” is not an address.") % tame(text)[:100]) from None
    if is_ours(address):
        raise ValidationError(_("%s is a mailbox of our own: transfer the work to its queue instead.") % address)
    if address.lower() in seen:
        return ""
    seen.add(address.lower())
    return address
