"""A mailbox, and mails by the one path."""

from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from interactions.adapters.email.intake import Outcome, process
from interactions.adapters.email.store import store
from interactions.models import EntryPoint, Mailbox, RawMail
from tests.cast import make_active, make_agent, make_entry_point

HELP = "help@example.com"


def letter(text: str = "My lamp is broken.", **headers: Any) -> EmailMessage:
    """A plain mail from Lee; `In_Reply_To=None` leaves a header out."""
    mail = EmailMessage()
    usual = {
        "From": "Lee Wong <lee@example.org>",
        "To": HELP,
        "Subject": "Lamp",
        "Message-ID": f"<{uuid4()}@example.org>",
    }
    for name, value in (usual | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value is not None:
            mail[name] = value
    mail.set_content(text)
    return mail


def take(mail: EmailMessage | bytes, entry_point: EntryPoint, **envelope: Any) -> Outcome:
    """Store it and read it, as every door does."""
    raw = mail if isinstance(mail, bytes) else bytes(mail)
    return process(store(raw, entry_point=entry_point, door=RawMail.Door.COMMAND, **envelope).pk)


@pytest.fixture
def door(queue):
    entry_point = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address=HELP)
    return entry_point


@pytest.fixture
def billing_door(billing):
    entry_point = make_entry_point(billing, "bills", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address="billing@example.com")
    return entry_point


@pytest.fixture
def omar(team):
    return make_agent("Omar Haddad", team=team, capacities={"email": 5})


@pytest.fixture
def work(door, omar, own_folder):
    """Lee's mail about a lamp, in Omar's hands."""
    mail = letter(Message_ID="<m1@example.org>", References="<m0@example.org>", Cc="Kim <kim@example.org>")
    return make_active(take(mail, door).row.interaction, omar)
