"""A message comes in by SMS or WhatsApp: work for somebody, the next line of it, or a word about being written to."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.errors import StaleState
from agents.models import Channel
from interactions.adapters.twilio import people
from interactions.adapters.twilio.keywords import Keyword, keyword_of
from interactions.adapters.twilio.later import later
from interactions.models import Interaction, Message, Number, ShortMessage

WROTE_AGAIN = "the customer wrote again"
WHATSAPP = "whatsapp:"
MOST_FILES = 10  # Twilio's own limit


@dataclass(frozen=True)
class Said:
    """What the webhook says, in our words."""

    sid: str
    channel: Channel
    sender: str
    to: str
    words: str
    name: str
    segments: int
    files: list[dict[str, str]]
    opt_out_type: str

    @classmethod
    def of(cls, form: Any) -> Self:
        """Of Twilio's form; ValueError where it is none."""
        sender, to, sid = form.get("From", ""), form.get("To", ""), form.get("MessageSid", "")
        if not sender or not to or not 0 < len(sid) <= 34:
            raise ValueError
        return cls(
            sid=sid,
            channel=Channel.WHATSAPP if sender.startswith(WHATSAPP) else Channel.SMS,
            sender=sender.removeprefix(WHATSAPP).replace("\0", "")[:64],
            to=to.removeprefix(WHATSAPP),
            words=_words(form),
            name=form.get("ProfileName", ""),
            segments=_number(form.get("NumSegments", "")) or 1,
            files=[
                {"url": url, "type": form.get(f"MediaContentType{number}", "")[:100]}
                for number in range(min(_number(form.get("NumMedia", "")), MOST_FILES))
                if (url := form.get(f"MediaUrl{number}", ""))
            ],
            opt_out_type=form.get("OptOutType", ""),
        )

    @property
    def keyword(self) -> Keyword | None:
        return keyword_of(self.words, self.opt_out_type)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _words(form: Any) -> str:
    """What was written or pressed, or where somebody is."""
    words = (form.get("Body") or form.get("ButtonText") or "").replace("\0", "").strip()
    if form.get("Latitude") and form.get("Longitude"):
        place = [form.get("Label", ""), form.get("Address", ""), f"{form['Latitude']}, {form['Longitude']}"]
        words = "\n".join(part for part in [words, *place] if part)
    return words


@transaction.atomic
def receive(said: Said, number: Number) -> bool:
    """File it. Brought again, also at the same moment, it is the same message: False, and nothing is written."""
    people.one_at_a_time(said.sender)
    short, new = ShortMessage.objects.get_or_create(
        sid=said.sid,
        defaults={
            "number": number,
            "address": said.sender,
            "segments": said.segments,
            "whatsapp": said.channel == Channel.WHATSAPP,
        },
    )
    if not new:
        return False
    customer = people.customer_of(said.channel, said.sender, said.name)
    if said.keyword == Keyword.STOP:
        people.opt_out(said.channel, said.sender)
    elif said.keyword == Keyword.START:
        people.opt_in(said.channel, said.sender)
    short.line = _say(said, number, customer)
    if short.line and said.files:
        short.files, short.fetch_at = said.files, timezone.now()
        later("fetch_files", short.pk)
    short.save(update_fields=["line", "files", "fetch_at"])
    return True


def _say(said: Said, number: Number, customer: Any) -> Message | None:
    """The next line of what goes on; else new work, unless it was only about being written to."""
    entry_point = number.entry_point(said.channel)
    mine = Interaction.objects.filter(entry_point=entry_point, customer=customer)
    last = mine.select_related("customer").order_by("-pk").first()
    if last:
        with suppress(StaleState):
            return last.hear(said.words, client_id=said.sid)
    if _already_served(said, number):
        return None
    if last and last.ended_at and last.ended_at > timezone.now() - number.reopened_within:
        with suppress(StaleState):
            last.reopen(why=WROTE_AGAIN)
            return last.hear(said.words, client_id=said.sid)
    interaction = Interaction.arrive(entry_point=entry_point, customer=customer, live=False, previous=last)
    return interaction.hear(said.words, client_id=said.sid)


def _already_served(said: Said, number: Number) -> bool:
    """A STOP or START has been obeyed, and whoever asks for HELP was told; without an answer HELP is a question."""
    if said.keyword == Keyword.HELP:
        return bool(said.opt_out_type or answer_to(said, number))
    return said.keyword is not None


def answer_to(said: Said, number: Number) -> str:
    """What we answer at once, where Twilio does not."""
    if said.opt_out_type or not number.answers_keywords:
        return ""
    match said.keyword:
        case Keyword.STOP:
            return _("You will get no more messages from us. Write START if you want them again.")
        case Keyword.START:
            return _("You will get our messages again. Write STOP to end them.")
        case Keyword.HELP:
            return number.help_text
    return ""
