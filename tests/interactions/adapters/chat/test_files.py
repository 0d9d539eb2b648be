"""Files from visitors: taken by their content, kept under a name of ours, given back so that no browser runs them."""

import random
import zipfile
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from interactions.customers.people import photograph
from interactions.models import Attachment, Message
from interactions.uploads import checked
from tests.cast import make_entry_point

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
PICTURE = photograph(random.Random(1))


@pytest.fixture
def token(start):
    return start()[0]


@pytest.fixture
def send(client, token):
    def sending(*files, text="", token=token, **more):
        uploads = [SimpleUploadedFile(name, content, "image/png") for name, content in files]
        data = {"text": text, "files": uploads} | more
        return client.post("/visit/support/messages/", data, headers={"X-Visitor-Token": token})

    return sending


def test_a_picture_is_sent_and_given_back_as_a_file(send, client):
    reply = send(("photo.png", PICTURE), text="Look")
    assert reply.status_code == 201, reply.content
    line = reply.json()
    assert (line["kind"], line["text"]) == ("inbound", "Look")
    (file,) = line["attachments"]
    assert (file["name"], file["type"], file["size"]) == ("photo.png", "image/png", len(PICTURE))
    given = client.get(f"/visit/support/attachments/{file['token']}/")
    assert b"".join(given.streaming_content) == PICTURE
    assert given["Content-Disposition"].startswith("attachment")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]


def test_sending_it_again_is_not_sending_it_twice(send):
    first = send(("a.png", PICTURE), client_id="f1").json()
    again = send(("a.png", PICTURE), client_id="f1").json()
    assert first == again
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.png", b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
        ("a.svg", b"<!-- x --><svg onload='alert(1)'/>"),
        ("a.txt", b"  <!DOCTYPE html><script>alert(1)</script>"),
        ("a.txt", b"<html><body onload=alert(1)>"),
        ("a.txt", b"<body onload=alert(1)>"),
        ("a.png", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("a.pdf", b"\x7fELF\x02\x01\x01"),
        ("empty.txt", b""),
        ("a.bin", bytes(range(256))),
    ],
)
def test_what_a_browser_or_machine_could_run_is_refused(send, name, content):
    reply = send((name, content))
    assert (reply.status_code, reply.json()["code"]) == (400, "files")
    assert not Attachment.objects.exists()
    assert Message.objects.count() == 1, "the line it came with is not written either"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "/abs/olute.png",
        "C:\\boot.ini.png",
        "\u200b.htaccess",
        "gpj.\u202eexe.png",
        "a.php.png",
        "a.png.html",
        "nul\x00.png",
        ". .",
        "ü" * 300 + ".png",
    ],
)
def test_nothing_hides_in_a_name(send, name):
    (file,) = send((name, PICTURE)).json()["attachments"]
    assert file["name"].endswith(".png")
    assert file["name"].count(".") == 1
    assert not set(file["name"]) & set("/\\<>\"'\x00\u200b\u202e")
    assert len(file["name"]) < 100
    stored = Attachment.objects.get().file.name
    assert stored.startswith("attachments/")
    assert "." not in stored, "nothing of the sender's name reaches the disk"


def test_too_many_and_too_large(send, settings):
    assert send(*[("a.png", PICTURE)] * (settings.ATTACHMENT_MAX_COUNT + 1)).json()["code"] == "files"
    settings.ATTACHMENT_MAX_BYTES = 100
    assert send(("a.png", PICTURE)).json()["code"] == "files"
    assert not Attachment.objects.exists()


def test_a_zip_is_not_opened(send):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("../../zeros", b"\0" * 10_000_000)
    (file,) = send(("a.zip", packed.getvalue())).json()["attachments"]
    assert file["size"] == len(packed.getvalue())


def test_files_can_not_be_sent_without_end(send):
    with time_machine.travel(timezone.now(), tick=False):  # no new minute begins meanwhile
        replies = [send(("a.png", PICTURE)).status_code for _ in range(11)]
    assert replies == [201] * 10 + [429]


def test_only_with_the_right_token(send, client):
    assert send(("a.png", PICTURE), token="x" * 43).status_code == 401
    assert send().json()["code"] == "empty"
    assert send(text="x" * 5000).json()["code"] == "too_long"
    assert client.get("/visit/support/attachments/guess/").status_code == 404


def test_a_file_is_found_at_its_own_entry_point_only(send, client, queue):
    make_entry_point(queue, "other")
    token = send(("a.png", PICTURE)).json()["attachments"][0]["token"]
    assert client.get(f"/visit/other/attachments/{token}/").status_code == 404


def test_a_colleagues_file_is_not_the_customers(talk, maya, client):
    message = talk.note(maya, "look", files=checked([SimpleUploadedFile("a.png", PICTURE)]))
    assert client.get(f"/visit/support/attachments/{message.files[0].token}/").status_code == 404


def test_a_closed_conversation_takes_no_files(send, talk, start):
    token, interaction = start()
    interaction.leave()
    reply = send(("a.png", PICTURE), token=token)
    assert (reply.status_code, reply.json()["code"]) == (409, "closed")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("text", ["Order 4711\nthree chairs", "naïve café, 10 €\n" * 1000, "a,b\n1,2\n", "#!/bin/sh\n"])
def test_plain_text_is_welcome(send, text):
    (file,) = send(("list.csv", text.encode())).json()["attachments"]
    assert (file["name"], file["type"]) == ("list.csv", "text/plain")
