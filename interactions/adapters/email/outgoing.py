"""Mail that leaves the house: built anew from what is stored, and handed to the mail server of Django's MAILERS.

What SMTP cannot promise: when the connection or we die between the server's 250 and our note of it, nobody knows
whether the mail is on its way. It is then sent again, under the same Message-ID, by which mail programs show it once;
the other choice would be to lose mail. `Delivery.about_to_send_at` marks the beginning of that moment.
"""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.headerregistry import Address
from email.message import MIMEPart
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, InvalidMailer, mailers
from django.utils import timezone

from interactions.adapters.email.automatic import OUR_HEADER
from interactions.adapters.email.backend import NoServer
from interactions.adapters.email.subjects import tame
from interactions.adapters.outcome import NotNow, Refused, Sent
from interactions.models.delivery import Delivery
from interactions.models.email import Email
from interactions.models.mail_limits import Sending
from interactions.models.message import Attachment

NO_SERVER = "No mail server to send by is set (MAIL_URL); it waits until there is one."
BRAKED = "Too much mail to this address lately; it waits."
ASKED_AGAIN_AFTER = timedelta(seconds=60)
OF_IDS = {"references", "in-reply-to", "list-unsubscribe"}
CONTAINERS = {"message", "multipart"}  # these may not be encoded as a file is

type Words = dict[str, str]  # by address, what the server said


class Wire(EmailPolicy):
    """The standard library's, which would encode a Message-ID that is longer than a line as if it were words."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name.lower() in OF_IDS:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"
        return super()._fold(name, value, refold_binary)  # type: ignore[misc]


WIRE = Wire(linesep="\r\n")


class Outgoing(EmailMultiAlternatives):
    """For those recipients who do not have it yet; the header names them all."""

    def __init__(self, line: int, envelope: list[str], about_to_send: Callable[[], None], **parts: Any) -> None:
        super().__init__(**parts)
        self.line, self.envelope, self.about_to_send = line, envelope, about_to_send
        self.refused: dict[str, tuple[int, bytes]] = {}

    def recipients(self) -> list[str]:
        return self.envelope

    def message(self, *, policy: Any = None) -> Any:
        return super().message(policy=WIRE)


def send(delivery: Delivery) -> Sent:
    """Hand it over for everybody who does not have it yet; Refused or NotNow in the server's own words."""
    email: Email = delivery.line.email
    left = [one for one in (*email.to, *email.cc, *email.bcc) if one not in {*delivery.reached, *delivery.refused}]
    if not left:  # it was noted for all of them, and then somebody died
        return Sent(answer=_told(delivery.refused))
    if free_at := Sending.objects.begin(delivery, left):
        if email.kind == Email.Kind.ACKNOWLEDGEMENT:
            raise Refused(BRAKED)
        raise NotNow(BRAKED, until=free_at)
    mail = build(email, left, delivery.about_to_send)
    never, later = _handed_over(mail)
    reached = [one for one in left if one not in {*never, *later}]
    delivery.note_recipients(reached, never)
    if later:
        raise NotNow(_told(later, among=left))
    if not delivery.reached:
        raise Refused(_told(delivery.refused, among=left))
    return Sent(answer=_told(delivery.refused))


def build(email: Email, envelope: list[str], about_to_send: Callable[[], None] = lambda: None) -> Outgoing:
    """The same bytes each time, save for the boundaries between its parts."""
    mail = Outgoing(
        email.line_id,
        envelope,
        about_to_send,
        subject=tame(email.subject),
        body=email.text,
        from_email=_named(email.from_name, email.from_address),
        to=email.to,
        cc=email.cc,
        reply_to=[email.reply_to] if email.reply_to else [],
        headers=_headers(email),
    )
    if email.html:
        mail.attach_alternative(email.html, "text/html")
    for file in Attachment.objects.filter(message=email.line_id).order_by("pk"):
        mail.attach(_part(file))
    return mail


def _headers(email: Email) -> dict[str, Any]:
    headers: dict[str, Any] = {
        "Message-ID": f"<{email.message_id}>",
        "Date": email.line.at,
        OUR_HEADER.title(): urlsplit(settings.PUBLIC_BASE_URL).hostname or "yes",
    }
    if email.in_reply_to:
        headers["In-Reply-To"] = f"<{email.in_reply_to}>"
    if email.references:
        headers["References"] = " ".join(f"<{one}>" for one in email.references)
    if email.kind == Email.Kind.ACKNOWLEDGEMENT:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if email.kind == Email.Kind.NEW:  # nobody asked for it
        headers["List-Unsubscribe"] = f"<mailto:{email.reply_to}?subject=unsubscribe>"
    return headers


def _named(name: str, address: str) -> str:
    return str(Address(display_name=tame(name), addr_spec=address)) if name else address


def _part(file: Attachment) -> MIMEPart:
    main, _slash, sub = file.content_type.partition("/")
    if not sub or main in CONTAINERS:
        main, sub = "application", "octet-stream"
    part = MIMEPart(policy=WIRE)
    with file.file.open("rb") as content:
        part.set_content(content.read(), main, sub, disposition="attachment", filename=tame(file.name))
    return part


def _handed_over(mail: Outgoing) -> tuple[Words, Words]:
    """Who will never get it and who not yet; both empty when the server took it for all."""
    try:
        mailers.default.send_messages([mail])
    except NoServer as error:
        raise NotNow(NO_SERVER, until=timezone.now() + ASKED_AGAIN_AFTER) from error
    except smtplib.SMTPRecipientsRefused as error:
        mail.refused = error.recipients
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        words = _words(error.smtp_code, error.smtp_error)
        raise (Refused if error.smtp_code >= 500 else NotNow)(words) from error
    except smtplib.SMTPResponseException as error:  # of the greeting, or of our password: nothing to do with this mail
        raise NotNow(_words(error.smtp_code, error.smtp_error)) from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:
        raise Refused(str(error)) from error
    except (OSError, InvalidMailer) as error:
        raise NotNow(str(error) or type(error).__name__) from error
    given = {one.lower(): one for one in mail.envelope}
    answers = {given.get(address.lower(), address): answer for address, answer in mail.refused.items()}
    never = {address: _words(*answer) for address, answer in answers.items() if answer[0] >= 500}
    return never, {address: _words(*answer) for address, answer in answers.items() if answer[0] < 500}


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return tame(f"{code} {text}")


def _told(words: Words, among: list[str] | None = None) -> str:
    """What was said, with the address where there is more than one to tell apart."""
    alone = among is not None and len(among) == 1
    return "; ".join(said if alone else f"{address}: {said}" for address, said in words.items())
