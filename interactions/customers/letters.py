"""Customers who write mail: by real SMTP to our door, from programs of several kinds, and answer what they get."""

import asyncio
import html
import random
import smtplib
from collections.abc import Callable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid

from django.conf import settings

from interactions.customers.people import WANTS, Person, photograph
from interactions.demo_mail import answers
from interactions.demo_mail.kept import Kept, keep, newest

ANSWERS = 0.5  # the share of mails that are answers, while there is something to answer
WITH_HTML, WITH_PICTURE, FROM_A_PHONE = 0.6, 0.25, 0.3
SUBJECTS = (
    "A question",
    "My order",
    "Help please",
    "Not as I expected",
    "Two things",
    "Re-order?",
    "Kapot / broken 😕",
)
THANKS = (
    "Thank you, that helps!",
    "Thanks. And when would that be?",
    "That did it, thank you.",
    "No, it is the other one.",
)

Tell = Callable[[str], None]


class Letters:
    def __init__(
        self, to: Sequence[str], *, per_minute: float, dice: random.Random, tell: Tell, pace: float = 1
    ) -> None:
        self.to, self.per_minute, self.dice, self.tell, self.pace = to, per_minute, dice, tell, pace
        self.writers: set[str] = set()
        self.answered: set[str] = set()

    async def run(self, mails: int | None = None) -> None:
        """Write until stopped, or so many."""
        while mails is None or mails > 0:
            await asyncio.sleep(self.dice.expovariate(self.per_minute / 60) / self.pace)
            try:
                await asyncio.to_thread(self.write_or_answer)
            except (OSError, smtplib.SMTPException) as error:
                self.tell(f"a mail could not be handed over: {error}")
            mails = None if mails is None else mails - 1

    def write_or_answer(self) -> None:
        if (got := self._unanswered()) and self.dice.random() < ANSWERS:
            self.answered.add(got.key)
            answers.answer(got, self.dice.choice(THANKS))
            self.tell(f"{got.person} answers a mail")
            return
        person = Person(self.dice.choice(list(WANTS)), random.Random(self.dice.random()))
        mail = self.letter(person)
        with smtplib.SMTP(settings.MAIL_IN_HOST, settings.MAIL_IN_PORT, timeout=30) as door:
            door.send_message(mail)
        keep(mail.as_bytes(), sent=True)
        self.writers.add(person.email)
        self.tell(f"{person.name} writes a mail")

    def letter(self, person: Person) -> EmailMessage:
        """As one of several programs would write it."""
        said = [f"Hello,\n\n{person.lines()[0]}", f"Kind regards,\n{person.name}"]
        if self.dice.random() < FROM_A_PHONE:
            said.append("Sent from my phone")
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(person.name, addr_spec=person.email)
        mail["To"] = Address(addr_spec=self.dice.choice(self.to))
        mail["Subject"] = self.dice.choice(SUBJECTS)
        mail["Date"] = localtime()
        mail["Message-ID"] = make_msgid(domain="demo.example")
        mail.set_content("\n\n".join(said) + "\n")
        if self.dice.random() < WITH_HTML:
            written = "".join(f"<p>{html.escape(text).replace(chr(10), '<br>')}</p>" for text in said)
            mail.add_alternative(f'<html><body><div dir="ltr">{written}</div></body></html>', subtype="html")
        if self.dice.random() < WITH_PICTURE:
            mail.add_attachment(photograph(self.dice), "image", "png", filename="photo.png")
        return mail

    def _unanswered(self) -> Kept | None:
        """The newest that one of us got, and that somebody wrote."""
        ours = (one for one in newest() if not one.sent and not one.automatic and one.key not in self.answered)
        return next((one for one in ours if self.writers & set(one.mail.to)), None)
