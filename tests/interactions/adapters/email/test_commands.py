"""Mail from the command line: one line of JSON for any bytes, and what was not read is read again."""

import hashlib
import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from interactions.adapters.email import intake
from interactions.adapters.email.store import store
from interactions.models import RawMail
from tests.interactions.adapters.email.conftest import letter, take

pytestmark = pytest.mark.usefixtures("own_folder", "db")


@pytest.fixture
def receive(door, monkeypatch, capsys):
    def receive(raw, *words):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        call_command("receive_mail", "--entry", "mail", *words)
        (line,) = capsys.readouterr().out.splitlines()
        return json.loads(line)

    return receive


def test_it_says_what_became_of_a_mail_and_what_it_said(receive):
    mail = letter(
        "Mijn lamp is kapot 💡", To="Help <help@example.com>, b@example.org", Cc="c@example.org", Subject="Lámp"
    )
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="rekening é.pdf", cid="<7@x>")
    said = receive(bytes(mail))
    assert said.pop("interaction") == RawMail.objects.get().interaction_id
    assert said == {
        "action": "created",
        "why": "",
        "from": "lee@example.org",
        "name": "Lee Wong",
        "to": ["help@example.com", "b@example.org"],
        "cc": ["c@example.org"],
        "subject": "Lámp",
        "text": "Mijn lamp is kapot 💡",
        "reply": "Mijn lamp is kapot 💡",
        "html": "",
        "attachments": [
            {
                "name": "rekening é.pdf",
                "type": "application/pdf",
                "size": 8,
                "md5": hashlib.md5(b"%PDF-1.4").hexdigest(),
                "cid": "7@x",
            }
        ],
    }
    again = receive(bytes(mail))
    assert (again["action"], again["subject"]) == ("duplicate", "Lámp")


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 1000, b"From: <>\nTo: @\n\n", b"Subject: =?x?b?!?=\r\n\r\n\r"])
def test_any_bytes_end_well(receive, raw):
    said = receive(raw)
    assert said["action"] in ("created", "quarantined")
    assert said["interaction"]


def test_what_cannot_be_read_is_said_too(receive, monkeypatch):
    monkeypatch.setattr(intake, "parse", lambda raw: 1 / 0)
    said = receive(bytes(letter()), "--from", "Lee@example.org")
    assert (said["action"], said["from"], said["why"]) == ("quarantined", "lee@example.org", "it could not be read")


def test_an_unknown_entry_point_is_a_mistake_of_whoever_calls(door, entry_point):
    for key in ("nobody", entry_point.key):
        with pytest.raises(CommandError, match="There are: mail"):
            call_command("receive_mail", "--entry", key)


def test_reading_again_takes_what_is_left_or_what_failed_or_what_is_named(door, monkeypatch, capsys):
    left = store(bytes(letter("left")), entry_point=door, door="smtp")
    with monkeypatch.context() as broken_code:
        broken_code.setattr(intake, "parse", lambda raw: 1 / 0)
        failed, named = (take(letter(text), door).row for text in ("failed", "named"))

    def states():
        return [RawMail.objects.get(pk=row.pk).state for row in (left, failed, named)]

    call_command("reprocess_mail")
    assert states() == ["done", "failed", "failed"]
    call_command("reprocess_mail", str(named.pk))
    assert states() == ["done", "failed", "done"]
    call_command("reprocess_mail", "--failed")
    assert states() == ["done", "done", "done"]
    assert capsys.readouterr().out.count("Opened an interaction") == 3
