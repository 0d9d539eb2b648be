"""What people outside write, as a mail program would send it to our SMTP door."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from typing import Any

from django.conf import settings

from interactions.adapters.email.subjects import answering, tame
from interactions.demo_mail.kept import Kept, keep

DOOR_ANSWERS_WITHIN = 10  # seconds


def answer(kept: Kept, text: str, file: Any = None) -> str:
    """By whoever got it, to whom it says answers go; returns the key of the copy."""
    theirs = kept.mail
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(addr_spec=theirs.to[0])
    mail["To"] = Address(addr_spec=theirs.reply_to or theirs.from_address)
    mail["Subject"] = answering(theirs.subject)
    mail["In-Reply-To"] = f"<{theirs.message_id}>"
    mail["References"] = " ".join(f"<{one}>" for one in [*theirs.references[-5:], theirs.message_id])
    quoted = "\n".join(f"> {line}".rstrip() for line in theirs.text.splitlines())
    who = theirs.from_name or theirs.from_address
    return _send(mail, f"{text}\n\nOn {kept.at:%a, %d %b %Y at %H:%M}, {who} wrote:\n{quoted}\n", file)


def begin(given: dict[str, Any]) -> str:
    """A mail of somebody's own; returns the key of the copy."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(tame(given["name"]), addr_spec=given["address"])
    mail["To"] = Address(addr_spec=given["to"])
    mail["Subject"] = tame(given["subject"])
    return _send(mail, given["text"], given.get("file"))


def _send(mail: EmailMessage, text: str, file: Any) -> str:
    mail["Date"] = localtime()
    mail["Message-ID"] = make_msgid(domain="demo.example")
    mail.set_content(text)
    if file:
        main, _slash, sub = (file.content_type or "").partition("/")
        kind = (main, sub) if sub and main not in ("message", "multipart") else ("application", "octet-stream")
        mail.add_attachment(file.read(), *kind, filename=tame(file.name))
    with smtplib.SMTP(settings.MAIL_IN_HOST, settings.MAIL_IN_PORT, timeout=DOOR_ANSWERS_WITHIN) as door:
        door.send_message(mail)
    return keep(mail.as_bytes(), sent=True)
