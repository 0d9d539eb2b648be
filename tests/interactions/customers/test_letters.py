"""What simulated customers write is taken in like any other mail, and they answer what they get."""

import random
from email import message_from_bytes, policy

import pytest

from interactions.customers import letters
from interactions.customers.letters import Letters
from interactions.demo_mail import answers
from interactions.demo_mail.kept import keep, newest
from interactions.models import Customer, Interaction
from tests.interactions.adapters.email.conftest import HELP, door, take  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def brought(monkeypatch):
    """What was handed to the SMTP door."""
    mails = []

    class Door:
        def __init__(self, *_, **__):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        send_message = staticmethod(mails.append)

    for module in (letters, answers):
        monkeypatch.setattr(module.smtplib, "SMTP", Door)
    return mails


def test_they_write_in_several_forms_and_answer_what_they_get(door, brought, settings, tmp_path):  # noqa: F811
    settings.DEMO_MAIL_DIR = str(tmp_path / "mail")
    customers = Letters([HELP], per_minute=60, dice=random.Random(3), tell=lambda _: None)
    for _ in range(12):
        customers.write_or_answer()
    assert {take(mail, door).row.action for mail in brought} == {"created"}
    kinds = {mail.get_content_type() for mail in brought}
    assert kinds == {"text/plain", "multipart/alternative", "multipart/mixed"}
    assert Interaction.objects.count() == 12
    assert Customer.objects.filter(name="").count() == 0

    writer = brought[-1]["From"].addresses[0].addr_spec
    ours = f"From: {HELP}\r\nTo: {writer}\r\nSubject: Re: Hi\r\nMessage-ID: <ours@x>\r\n\r\nLook under the lamp.\r\n"
    keep(ours.encode())
    keep(ours.replace(writer, "a-human@example.org").encode())
    while len(customers.answered) < 1:
        customers.write_or_answer()
    said = next(mail for mail in brought if mail["In-Reply-To"])
    assert (said["In-Reply-To"], said["To"]) == ("<ours@x>", HELP)
    for _ in range(6):
        customers.write_or_answer()
    assert sum(bool(mail["In-Reply-To"]) for mail in brought) == 1, "nobody answers for somebody else, or twice"
    assert message_from_bytes(newest()[0].raw, policy=policy.default)["From"]
