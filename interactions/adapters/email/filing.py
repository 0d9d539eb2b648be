"""What a mail that was read becomes: new work, the next line of what goes on, or a note on what it belongs to.

What comes by itself (bounces, automatic replies) becomes a line for colleagues, which nobody
has to answer, and reopens nothing, save the bounce of a mail of ours: its work is somebody's again. Whoever writes,
from any address, is the customer or a stranger, never an agent.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from agents.errors import StaleState
from interactions.adapters.email.acknowledging import acknowledge
from interactions.adapters.email.automatic import Finding, Kind
from interactions.adapters.email.lines import described, files_of, words_of
from interactions.adapters.email.parse import Mail
from interactions.adapters.email.people import Sender, customers_of, introduce, is_the_customers
from interactions.adapters.email.recorded import Recorded
from interactions.adapters.email.returned import came_back
from interactions.adapters.email.subjects import one_line
from interactions.adapters.email.threads import find_thread, is_ours
from interactions.models import Email, EntryPoint, Event, Interaction, Mailbox, Message, RawMail
from interactions.models.arrivals import Arrival
from interactions.models.states import OPEN, State

Action, Automatic = RawMail.Action, Email.Automatic
MOST_REOPENINGS = 5  # of one interaction in a day: two machines that answer each other stop there
BY_ITSELF: dict[str, str] = {Automatic.BOUNCE: Action.BOUNCE, Automatic.AUTO_REPLY: Action.AUTO_REPLY}
NO_MAIL_OF_OURS = "a bounce of no mail of ours"
OUR_OWN = "our own mail came back"
READ_AT_LAST = "read at last"
SPAM = "marked by the mail server"
WROTE_AGAIN = "the customer wrote again"


@dataclass(frozen=True)
class Letter:
    """A mail with all that is known about it before it is filed."""

    row: RawMail
    mail: Mail
    mailbox: Mailbox
    recorded: Recorded
    finding: Finding

    @property
    def automatic(self) -> str:
        """Why it must never be answered by us; empty where a person wrote it."""
        return "" if self.finding.kind == Kind.PERSON else self.finding.kind

    @property
    def bounced(self) -> list[str]:
        """The mail of ours that it says did not arrive."""
        return [self.mail.report.message_id] if self.mail.report and self.mail.report.message_id else []


class Filed(NamedTuple):
    action: str
    interaction: Interaction | None
    why: str = ""


def file(letter: Letter) -> Filed:
    """Called within the transaction that holds the letter's row."""
    row, mail = letter.row, letter.mail
    if row.interaction:  # it was set apart, and can be read by now
        Email.objects.filter(raw=row).update(raw=None)
        introduce(row.interaction.customer, row.sender, mail.from_name or "")
        return Filed(Action.CREATED, _go_on(row.interaction, letter), READ_AT_LAST)
    also = [mail.message_id] if is_ours(mail) else letter.bounced
    thread = find_thread(mail, row.entry_point, row.envelope_to, also)
    if is_ours(mail):
        return Filed(Action.DUPLICATE, thread, OUR_OWN)
    if action := BY_ITSELF.get(letter.automatic):
        return _file_by_itself(action, thread, letter)
    interaction = _go_on(thread, letter) if thread else _arrive(letter)
    if interaction.state == State.SPAM:
        return Filed(Action.SPAM, interaction, SPAM)
    return Filed(Action.THREADED if thread else Action.CREATED, interaction)


def _file_by_itself(action: str, thread: Interaction | None, letter: Letter) -> Filed:
    """Nobody wrote it, so nobody has to answer; a bounce of what we never sent is for supervisors to look at."""
    why = letter.finding.why[:300]
    if thread:
        _say(thread, letter, by_itself=True)
        if action == Action.BOUNCE:
            came_back(letter.mail, letter.finding, thread)
        return Filed(action, thread, why)
    interaction = _arrive(letter)
    if action == Action.BOUNCE and interaction.state != State.SPAM:
        interaction.set_aside(why=NO_MAIL_OF_OURS)
    return Filed(action, interaction, why)


def _go_on(thread: Interaction, letter: Letter) -> Interaction:
    """The next line of this work; if it is over, of what it is reopened as or of what followed it."""
    with suppress(StaleState):
        return _say(thread, letter)
    if _may_reopen(thread, letter):
        with suppress(StaleState):
            thread.reopen(why=WROTE_AGAIN)
            return _say(thread, letter)
    for follower in thread.following.filter(state__in=OPEN).select_related("customer").order_by("-pk")[:1]:
        with suppress(StaleState):
            return _say(follower, letter)
    return _arrive(letter, previous=thread)


def _may_reopen(thread: Interaction, letter: Letter) -> bool:
    """Within the time the mailbox sets, for the customer alone, and not again and again."""
    now = timezone.now()
    if letter.automatic or thread.ended_at is None or thread.ended_at < now - letter.mailbox.reopened_within:
        return False
    reopened = thread.events.filter(what=Event.What.REOPENED, at__gt=now - timedelta(days=1))
    return reopened.count() < MOST_REOPENINGS and is_the_customers(letter.row.sender, thread)


def _say(interaction: Interaction, letter: Letter, *, by_itself: bool = False) -> Interaction:
    words, files = words_of(letter.mail), files_of(letter.mail)
    known = letter.row.identity or ""
    if by_itself:
        line = interaction.note(None, words, client_id=known, files=files)
    else:
        line = interaction.hear(words, client_id=known, files=files)
    _described(line, letter, own=is_the_customers(letter.row.sender, interaction)).save(force_insert=True)
    return interaction


def _arrive(letter: Letter, previous: Interaction | None = None) -> Interaction:
    (interaction,) = arrive_all([letter], previous)
    if letter.recorded.spam:
        interaction.mark_spam(why=SPAM)
    return interaction


def is_new(letter: Letter) -> bool:
    """Nothing but new work can come of it: somebody wrote it, it answers nothing we know, and is taken for no spam."""
    row, mail = letter.row, letter.mail
    if row.interaction_id or is_ours(mail) or letter.automatic in BY_ITSELF or letter.recorded.spam:
        return False
    return find_thread(mail, row.entry_point, row.envelope_to) is None


def arrive_all(letters: Sequence[Letter], previous: Interaction | None = None) -> list[Interaction]:
    """New work of each, in their order; called within the transaction that holds their rows."""
    senders = [Sender(one.row.sender, one.mail.from_name or "", one.recorded.confirmed) for one in letters]
    arrivals: dict[EntryPoint, dict[int, Arrival]] = {}
    for letter, customer in zip(letters, customers_of(senders), strict=True):
        arrivals.setdefault(letter.row.entry_point, {})[letter.row.pk] = Arrival(
            customer=customer,
            text=words_of(letter.mail),
            subject=one_line(letter.mail.subject),
            client_id=letter.row.identity or "",
            files=files_of(letter.mail),
            previous=previous,
        )
    arrived = {
        row: made
        for door, by_row in arrivals.items()
        for row, made in zip(by_row, Interaction.arrive_all(door, list(by_row.values())), strict=True)
    }
    Email.objects.bulk_create(
        _described(arrived[letter.row.pk][1], letter, own=bool(letter.row.sender)) for letter in letters
    )
    acknowledge((letter, arrived[letter.row.pk][0]) for letter in letters)
    return [arrived[letter.row.pk][0] for letter in letters]


def _described(line: Message, letter: Letter, *, own: bool) -> Email:
    """What the desk shows beside the words; whether it is the customer's own is settled now, and kept."""
    return described(
        line,
        letter.row,
        letter.mail,
        automatic=letter.automatic,
        authentication=letter.recorded.checks,
        sender_verified=own and not letter.recorded.refuted,
    )
