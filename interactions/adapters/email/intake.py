"""The one path of all mail, from the stored bytes to what became of them.

Whatever happens on the way, the bytes stay: a mail that was not read yet, or that a bug of ours could not read, is read
again by `manage.py reprocess_mail`. What cannot be read is work all the same, with its source to be looked at.
"""

import hashlib
import logging
from dataclasses import dataclass, replace

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interactions.adapters.email import filing
from interactions.adapters.email.automatic import recognised
from interactions.adapters.email.filing import Filed, Letter
from interactions.adapters.email.lines import described, words_of
from interactions.adapters.email.notes import NOTES
from interactions.adapters.email.parse import Mail, parse
from interactions.adapters.email.people import Sender, customers_of, sender_of
from interactions.adapters.email.recorded import recorded
from interactions.adapters.email.subjects import one_line
from interactions.adapters.email.threads import known_id
from interactions.models import Interaction, Mailbox, RawMail
from interactions.models.arrivals import Arrival

log = logging.getLogger(__name__)
Action, State = RawMail.Action, RawMail.State
SAME = "the same mail has come before"
UNREADABLE, UNREADABLE_NOTE = "it could not be read", "unreadable"


@dataclass(frozen=True)
class Outcome:
    """What became of a mail, and what was read in it; None when it could not be read."""

    row: RawMail
    mail: Mail | None


def process(pk: int) -> Outcome:
    """Make of a stored mail what it is. Called twice, at the same moment too, it is made once."""
    row = RawMail.objects.select_related("entry_point").get(pk=pk)
    try:
        letter = Surroundings().letter(row)
        if UNREADABLE_NOTE in letter.mail.notes:
            return Outcome(set_apart(pk, why=UNREADABLE, mail=letter.mail), letter.mail)
        return Outcome(_file(letter), letter.mail)
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with the mail
    except Exception:
        log.exception("a mail could not be read", extra={"mail": pk})
    return Outcome(set_apart(pk, why=UNREADABLE), None)


class Surroundings:
    """Our mailboxes, as whoever reads mails has to know them; asked for once for a crowd."""

    def __init__(self) -> None:
        mailboxes = list(Mailbox.objects.all())
        self.addresses = {mailbox.address for mailbox in mailboxes}
        self.by_door = {mailbox.entry_point_id: mailbox for mailbox in mailboxes}

    def letter(self, row: RawMail) -> Letter:
        mail = parse(bytes(row.raw))
        mailbox = self.by_door.get(row.entry_point_id) or Mailbox(entry_point=row.entry_point)
        return Letter(row, mail, mailbox, recorded(mail, mailbox.authserv_id), recognised(mail, self.addresses))


@transaction.atomic
def _file(letter: Letter) -> RawMail:
    row = _locked(letter.row.pk)
    if row.state == State.DONE:
        return row
    entitle(row, letter.mail)
    message_id = known_id(letter.mail.message_id or "")
    filed = _first(row, message_id) or filing.file(replace(letter, row=row))
    return _done(row, State.DONE, filed)


@transaction.atomic
def set_apart(pk: int, *, why: str, mail: Mail | None = None) -> RawMail:
    """Work for somebody who looks at the source, since we cannot; it stays to be read again. `mail`: its header."""
    row = _locked(pk)
    if row.state != State.STORED:
        return row
    if filed := _first(row, ""):
        return _done(row, State.DONE, filed)
    mail = mail or Mail(to=list(row.envelope_to), notes=[UNREADABLE_NOTE], text=str(NOTES[UNREADABLE_NOTE]))
    entitle(row, mail)
    (customer,) = customers_of([Sender(row.sender, mail.from_name)])
    subject = row.subject or _("A mail that could not be read")
    arrival = Arrival(customer, words_of(mail), subject, client_id=row.identity or "")
    ((interaction, line),) = Interaction.arrive_all(row.entry_point, [arrival])
    described(line, row, mail).save(force_insert=True)
    return _done(row, State.FAILED, Filed(Action.QUARANTINED, interaction, why))


def _first(row: RawMail, message_id: str) -> Filed | None:
    """Nothing if this mail is the first of its kind here, else where the first one went."""
    row.identity = identity_of(row, message_id)
    try:
        with transaction.atomic():
            row.save(update_fields=["identity"])
    except IntegrityError:
        first = RawMail.objects.light().get(entry_point=row.entry_point_id, identity=row.identity)
        row.identity = None
        return Filed(Action.DUPLICATE, first.interaction, SAME)
    return None


def entitle(row: RawMail, mail: Mail) -> None:
    """Lists of mails show who it is from and what about."""
    row.sender, row.subject = sender_of(mail, row.envelope_from)[:320], one_line(mail.subject)[:200]


def identity_of(row: RawMail, message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest() if message_id else row.sha256


def _locked(pk: int) -> RawMail:
    rows = RawMail.objects.light().select_related("entry_point__queue", "interaction")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _done(row: RawMail, state: str, filed: Filed) -> RawMail:
    row.state, row.tried_at = state, timezone.now()
    row.action, row.interaction, row.why = filed
    row.save(update_fields=["state", "tried_at", "action", "interaction", "why", "identity", "sender", "subject"])
    return row
