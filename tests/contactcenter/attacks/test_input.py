"""Odd, endless and malicious input, and what the log keeps of it."""

import json
import logging

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from interactions.models import Interaction, Message, Visitor
from tests.cast import (
    make_offer,
)
from tests.contactcenter.attacks.helpers import note_with_file, signed_in

pytestmark = pytest.mark.django_db

INERT = "<img src=x onerror=alert(1) hx-get='/logout/' data-hx-trigger=load>{{ settings.SECRET_KEY }}"


@pytest.mark.parametrize("nul", ["\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass")])
def test_nothing_odd_in_a_text_breaks_the_desk(desk, talk, maya, nul):
    """PostgreSQL cannot keep a NUL and Python cannot encode half a surrogate."""
    page = {name: reverse(name, args=[talk.pk]) for name in ("messages", "draft", "transfer", "parking", "wrap-up")}
    offer = talk.offers.get().pk
    replies = [
        desk.post(page["messages"], {"text": nul, "client_id": nul, "kind": nul}),
        desk.post(page["messages"], {"text": "Hi", "client_id": nul}),
        desk.post(page["draft"], {"text": nul}),
        desk.get(page["transfer"], {"q": nul, "places": ""}),
        desk.post(page["transfer"], {"to": f"queue-{talk.queue_id}{nul!r}", "note": nul}),
        desk.post(page["parking"], {"until": "60", "why": nul}),
        desk.post(page["wrap-up"], {"disposition": nul, "note": nul}),
        desk.post(reverse("decline-offer", args=[offer]), {"reason": nul}),
        desk.post(reverse("customer-notes", args=[talk.customer_id]), {"text": nul}),
        desk.get(reverse("canned-replies", args=[talk.pk]), {"text": nul}),
        desk.post("/status/", {"status": nul}),
        desk.get("/attachments/a%00b/"),
        desk.get("/visit/support/attachments/a%00b/"),
        desk.post("/login/", {"username": nul, "password": nul}),
    ]
    assert [reply.status_code for reply in replies if reply.status_code >= 500] == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"no form at all", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\n" + b'Content-Disposition: form-data; name="files"; filename="a"\r\n\r\nx\r\n--x\r\n' * 200, "m"),
        (b"[" * 100_000, "application/json"),
        (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json"),
        (b'{"n": ' + b"9" * 5000 + b"}", "application/json"),
    ],
)
def test_s1_what_cannot_be_read_is_refused_without_a_trace(client, visitor, caplog, body, content_type):
    token = visitor("post", "sessions/", text="Hello?").json()["token"]
    content_type = "multipart/form-data; boundary=x" if content_type == "m" else content_type
    for path in ("messages", "sessions"):
        reply = client.post(f"/visit/support/{path}/", body, content_type, headers={"X-Visitor-Token": token})
        assert reply.status_code == 400, path
        assert set(reply.json()) == {"code", "text"}
    assert not [record for record in caplog.records if record.exc_info]
    assert Message.objects.count() == 1


def test_s34_a_conversation_keeps_so_much_and_no_more(client, visitor, settings):
    token = visitor("post", "sessions/", text="Hello?").json()["token"]
    settings.CONVERSATION_MAX_BYTES = 1500

    def send():
        files = [SimpleUploadedFile("a.txt", b"x" * 1000)]
        return client.post("/visit/support/messages/", {"files": files}, headers={"X-Visitor-Token": token})

    assert send().status_code == 201
    assert (send().status_code, send().json()["code"]) == (400, "files")


def test_s23_nothing_a_visitor_says_of_themselves_is_alive_on_the_desk_or_in_the_admin(client, visitor, maya, admin):
    agents, office = signed_in(maya), Client()
    office.force_login(admin)
    visitor("post", "sessions/", text=INERT, name=INERT[:60])
    talk = make_offer(Interaction.objects.get(), maya).accept()
    agents.post(reverse("customer-notes", args=[talk.customer_id]), {"text": INERT})
    agents.post(reverse("messages", args=[talk.pk]), {"text": INERT, "kind": "note"})
    talk.customer.attributes = {INERT: INERT}
    talk.customer.save()
    pages = [
        agents.get(f"/desk/{talk.pk}/"),
        agents.get(f"/interactions/{talk.pk}/messages/"),
        agents.get(reverse("transfer", args=[talk.pk])),
        office.get(f"/admin/interactions/interaction/{talk.pk}/change/"),
        office.get(f"/admin/interactions/customer/{talk.customer_id}/change/"),
        office.get("/admin/interactions/interaction/"),
        office.get("/admin/interactions/customer/"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()
        assert settings.SECRET_KEY not in page.content.decode()
    assert "{{ settings.SECRET_KEY }}" in pages[0].content.decode()


def test_s55_the_log_holds_neither_tokens_nor_what_was_said(client, visitor, maya, caplog):
    caplog.set_level(logging.DEBUG, "contactcenter")
    caplog.set_level(logging.DEBUG, "interactions")
    caplog.set_level(logging.INFO)
    begun = visitor("post", "sessions/", text="My card is 4111", name="Lee Secret", email="lee@secret.example").json()
    visitor("get", "transcript/", begun["token"])
    talk = make_offer(Interaction.objects.get(), maya).accept()
    signed_in(maya).post(reverse("messages", args=[talk.pk]), {"text": "Your card is 4111"})
    file = note_with_file(talk, maya).files[0].token
    signed_in(maya).get(reverse("attachment", args=[file]))
    visitor("get", f"attachments/{file}/")
    written = json.dumps([record.__dict__ for record in caplog.records], default=str)
    for secret in (begun["token"], "4111", "Lee Secret", "secret.example"):
        assert secret not in written


def test_s3_a_key_is_a_key_and_no_pattern(client, entry_point):
    for key in ("%25", "_______", "supp%25", "*", "support%00", "SUPPORT"):
        assert client.get(f"/visit/{key}/config/").status_code == 404
    assert not Visitor.objects.exists()
