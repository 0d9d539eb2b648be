"""The mailbox of everybody outside: what lands there is shown, harmless, and answered as a real mail."""

import re
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from interactions.demo_mail import answers, kept
from interactions.demo_mail.sink import Sink
from interactions.models import Mailbox
from tests.cast import make_entry_point
from tests.interactions.adapters.email.servers import AnyPort, Server

pytestmark = pytest.mark.django_db
OURS = "help+7-0123@example.com"


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def door(settings):
    """Our own SMTP door, as far as the page is concerned."""
    door = Server()
    controller = AnyPort(door, hostname="127.0.0.1", port=0)
    controller.start()
    settings.MAIL_IN_PORT = controller.port
    yield door
    controller.stop()


def ours(**headers):
    mail = EmailMessage()
    usual = {"From": "Tulip & Oak <help@example.com>", "To": "lee@example.org", "Subject": "Re: Lamp <script>"}
    for name, value in (usual | {"Message-ID": "<a1@example.com>", "Reply-To": OURS} | headers).items():
        mail[name] = value
    mail.set_content("It is <b>on its way</b>.\n\nOn Monday, Lee <lee@example.org> wrote:\n> My lamp is broken.\n")
    mail.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="page.html")
    return mail


def test_elsewhere_there_is_no_such_page(client, settings):
    settings.DEMO_MAIL_DIR = ""
    assert client.get(reverse("demo-mail")).status_code == 404
    assert client.get(reverse("demo-mail-new")).status_code == 404
    assert client.post(reverse("demo-mail-one", args=["x"])).status_code == 404


def test_what_we_send_is_listed_read_and_can_do_nothing(client, folder):
    key = kept.keep(bytes(ours()))
    assert "lee@example.org" in client.get(reverse("demo-mail")).content.decode()
    page = client.get(reverse("demo-mail-one", args=[key])).content.decode()
    assert "It is &lt;b&gt;on its way&lt;/b&gt;." in page
    assert "Re: Lamp &lt;script&gt;" in page
    assert "My lamp is broken." in page
    file = client.get(reverse("demo-mail-file", args=[key, 0]))
    assert (file.content, file["Content-Type"]) == (b"<script>alert(1)</script>", "application/octet-stream")
    assert file["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("demo-mail-file", args=[key, 1])).status_code == 404


@pytest.mark.parametrize("key", ["x", "..", "0" * 20 + "-01234567"])
def test_no_other_file_is_read(key, client, folder):
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_an_open_page_asks_only_for_what_is_new(client, folder):
    key = kept.keep(bytes(ours()))
    partly = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert client.get(reverse("demo-mail"), {"newest": key}, headers=partly).status_code == 204
    kept.keep(bytes(ours(Subject="News")))
    answer = client.get(reverse("demo-mail"), {"newest": key, "open": key}, headers=partly).content.decode()
    assert "<html" not in answer
    assert "News" in answer
    assert re.findall(r'mail/([\w-]+)/" aria-current', answer) == [key]


def test_an_answer_goes_to_our_door_in_the_thread(client, folder, door):
    key = kept.keep(bytes(ours()))
    posted = {"text": "Thank you!", "file": SimpleUploadedFile("lamp.png", b"\x89PNG", "image/png")}
    reply = client.post(reverse("demo-mail-one", args=[key]), posted)
    assert reply.status_code == 302
    ((recipients, mail),) = door.taken
    assert recipients == [OURS]
    assert (mail["From"], mail["To"], mail["Subject"]) == ("lee@example.org", OURS, "Re: Lamp <script>")
    assert mail["In-Reply-To"] == mail["References"] == "<a1@example.com>"
    assert mail.get_body(("plain",)).get_content().startswith("Thank you!\n\nOn ")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["lamp.png"]
    assert [one.sent for one in kept.newest()] == [True, False]


def test_a_new_mail_goes_to_a_mailbox_of_ours_and_nowhere_else(client, folder, door, queue):
    Mailbox.objects.create(entry_point=make_entry_point(queue, "mail", channel="email"), address="help@example.com")
    mail = {"name": "Kim\r\nBcc: x@example.net", "address": "kim@example.org", "to": "help@example.com"}
    mail |= {"subject": "Chair", "text": "It squeaks."}
    assert client.post(reverse("demo-mail-new"), mail | {"to": "all@example.net"}).status_code == 422
    assert client.post(reverse("demo-mail-new"), mail).status_code == 302
    ((recipients, sent),) = door.taken
    assert recipients == ["help@example.com"]
    assert "Bcc" not in sent
    assert sent["From"].addresses[0].addr_spec == "kim@example.org"


def test_an_empty_answer_and_a_closed_door_are_said(client, folder, settings):
    key = kept.keep(bytes(ours()))
    page = reverse("demo-mail-one", args=[key])
    assert client.post(page, {"text": " "}).status_code == 422
    settings.MAIL_IN_PORT = 1
    reply = client.post(page, {"text": "Hi"})
    assert reply.status_code == 422
    assert "could not be handed over" in reply.content.decode()
    assert "Hi</textarea>" in reply.content.decode()


def test_old_mails_make_room(folder, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    keys = [kept.keep(bytes(ours())) for _ in range(3)]
    assert [one.key for one in kept.newest()] == keys[:0:-1]


async def test_the_sink_takes_mail_for_all_but_nobody(folder):
    envelope = SimpleNamespace(rcpt_tos=[], original_content=bytes(ours()))
    assert (await Sink().handle_RCPT(None, None, envelope, "Nobody@example.org", [])).startswith("550")
    assert (await Sink().handle_RCPT(None, None, envelope, "lee@example.org", [])).startswith("250")
    assert (await Sink().handle_DATA(None, None, envelope)).startswith("250")
    assert envelope.rcpt_tos == ["lee@example.org"]
    assert [one.person for one in kept.newest()] == ["lee@example.org"]


def test_whoever_has_no_reply_to_is_answered_at_the_sender(folder, door):
    mail = ours()
    del mail["Reply-To"]
    answers.answer(kept.find(kept.keep(bytes(mail))), "Hi")
    assert door.taken[0][0] == ["help@example.com"]
