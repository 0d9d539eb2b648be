"""What a stranger, a visitor and a colleague of another team try over HTTP; every case is named by what it must not do.

Beside this file: sockets in test_consumers.py and adapters/chat/, files in test_files.py, roles in test_access.py and
test_admin.py, rights that end while a screen is open in agents/test_watch.py.
"""

import json
import logging

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from agents.models import Agent, AwayReason
from interactions.models import CustomerNote, Disposition, Interaction, Message, Visitor
from interactions.uploads import checked
from tests.cast import (
    PASSWORD,
    make_agent,
    make_chat,
    make_customer,
    make_entry_point,
    make_offer,
    make_queue,
    make_team,
)

pytestmark = pytest.mark.django_db

INERT = "<img src=x onerror=alert(1) hx-get='/logout/' data-hx-trigger=load>{{ settings.SECRET_KEY }}"


@pytest.fixture(autouse=True)
def _fresh_counters(valkey):
    """Nothing counted by the throttles is left from the test before."""


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def desk(maya):
    return signed_in(maya)


@pytest.fixture
def stranger():
    """An agent of another team, at their own desk."""
    return signed_in(make_agent("Kim Lee", team=make_team("Elsewhere")))


@pytest.fixture
def visitor(client, entry_point):
    """A visitor in a conversation: asks as their page would."""

    def ask(method, path, token="", **data):
        headers = {"X-Visitor-Token": token} if token else {}
        return getattr(client, method)(
            f"/visit/{entry_point.key}/{path}", data or None, content_type="application/json", headers=headers
        )

    return ask


def signed_in(agent: Agent, **options) -> Client:
    browser = Client(headers={"HX-Request": "true", "HX-Request-Type": "partial"}, **options)
    browser.force_login(agent.person)
    return browser


def note_with_file(talk: Interaction, agent: Agent) -> Message:
    return talk.note(agent, "She is lying", files=checked([SimpleUploadedFile("a.txt", b"secret file")]))


# ids of others (S13-S17, S20)


def doors() -> list[tuple[str, str]]:
    """Every page that names one thing by its id."""
    pages = [page for page in get_resolver("interactions.urls").url_patterns if isinstance(page, URLPattern)]
    return [(page.name or "", str(page.pattern)) for page in pages if "<" in str(page.pattern)]


@pytest.mark.parametrize(("name", "route"), doors())
def test_s13_what_is_another_teams_is_not_there_whatever_is_asked_of_it(stranger, talk, maya, name, route):
    message = note_with_file(talk, maya)
    things = {
        "accept-offer": talk.offers.get().pk,
        "decline-offer": talk.offers.get().pk,
        "customer-notes": talk.customer_id,
        "attachment": message.files[0].token,
    }
    url = reverse(name, args=[things.get(name, talk.pk)])
    before = Interaction.objects.values().get()
    data = {"text": "Mine now", "kind": "note", "to": f"queue-{talk.queue_id}", "until": "60", "seq": "1"}
    assert {stranger.get(url).status_code, stranger.post(url, data).status_code} <= {404, 405}
    assert Interaction.objects.values().get() == before
    assert not CustomerNote.objects.exists()
    assert not talk.messages.filter(text="Mine now").exists()


@pytest.mark.parametrize(("name", "route"), doors())
def test_s20_a_stranger_and_a_visitor_find_the_door_of_the_agents_closed(client, talk, name, route):
    url = reverse(name, args=["x" if "slug" in route else 1])
    for reply in (client.get(url), client.post(url, {"text": "I am an agent"}, headers={"X-Visitor-Token": "x" * 43})):
        assert reply.status_code == 302
        assert reply.url.startswith("/login/")


def test_s16_an_offer_of_the_same_interaction_to_somebody_else_is_not_theirs_to_take(stranger, chat, maya):
    offer = make_offer(chat, maya)
    for name in ("accept-offer", "decline-offer"):
        assert stranger.post(reverse(name, args=[offer.pk])).status_code == 404
    offer.refresh_from_db()
    assert offer.state == "pending"


def test_s17_what_is_chosen_is_looked_up_among_what_one_may_choose(desk, talk, maya, billing):
    elsewhere = Disposition.objects.create(name="Refunded")
    elsewhere.queues.add(billing)
    retired = AwayReason.objects.create(name="Smoking", active=False)
    assert desk.post("/status/", {"status": f"away:{retired.pk}"}).status_code == 404
    desk.post(reverse("ending", args=[talk.pk]))
    reply = desk.post(reverse("wrap-up", args=[talk.pk]), {"disposition": elsewhere.pk})
    assert reply.status_code == 422
    talk.refresh_from_db()
    assert (talk.state, talk.disposition) == ("wrap_up", None)


def test_s17_nobody_is_handed_work_who_cannot_sign_in(desk, talk, omar):
    omar.person.is_active = False
    omar.person.save()
    assert desk.post(reverse("transfer", args=[talk.pk]), {"to": f"agent-{omar.pk}"}).status_code == 404


def test_s13_the_timeline_tells_what_the_customer_knows_and_no_colleagues_note(stranger, desk, talk, maya, lee, queue):
    silent = make_chat(make_entry_point(queue, "silent"), lee)
    make_offer(silent, maya).accept().note(maya, "She is lying")
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert "She is lying" not in page[page.index('class="timeline"') :]


def test_s18_fields_nobody_asked_for_are_ignored(desk, talk, maya, visitor):
    more = {"state": "closed", "agent": "1", "is_staff": "on", "role": "administrator", "priority": "9", "load": "0"}
    assert desk.post("/status/", {"status": "away", **more}).status_code == 200
    assert desk.post(reverse("messages", args=[talk.pk]), {"text": "Hi", **more}).status_code == 200
    reply = visitor("post", "sessions/", text="Hi", kind="note", live=False, queue=99, **more)
    fresh = Interaction.objects.get(pk=reply.json()["interaction"])
    assert (fresh.state, fresh.agent, fresh.priority, fresh.live) == ("queued", None, 0, True)
    assert fresh.messages.get().kind == "inbound"
    maya.person.refresh_from_db()
    assert (maya.person.role, maya.person.is_staff) == ("agent", False)


# between the two sides of one conversation (S4, S9, S20, S33)


def test_s4_an_internal_note_reaches_no_page_of_the_customer(visitor, client, maya):
    begun = visitor("post", "sessions/", text="Hello?").json()
    talk = make_offer(Interaction.objects.get(), maya).accept()
    note = note_with_file(talk, maya)
    seen = visitor("get", "transcript/", begun["token"]).content.decode()
    seen += visitor("post", "sessions/", token=begun["token"]).content.decode()
    assert "Hello?" in seen
    assert "lying" not in seen
    assert note.files[0].token not in seen
    assert visitor("get", f"attachments/{note.files[0].token}/", begun["token"]).status_code == 404


@pytest.mark.parametrize("kind", ["note", "outbound"])
def test_a_visitor_who_guesses_the_id_of_an_agents_line_neither_reads_nor_stops_it(client, visitor, maya, kind):
    token = visitor("post", "sessions/", text="Hello?").json()["token"]
    talk = make_offer(Interaction.objects.get(), maya).accept()
    say = talk.note if kind == "note" else talk.reply
    form, headers = {"text": "Mine", "client_id": "guessed"}, {"X-Visitor-Token": token}
    say(maya, "She is lying", client_id="guessed")
    heard = client.post("/visit/support/messages/", form, headers=headers).json()
    assert (heard["kind"], heard["text"]) == ("inbound", "Mine")
    client.post("/visit/support/messages/", form | {"client_id": "earlier"}, headers=headers)
    assert say(maya, "Said after all", client_id="earlier").text == "Said after all"
    assert say(maya, "Said again", client_id="earlier").text == "Said after all"


def test_s9_a_stranger_rates_ends_and_reads_their_own_conversation_only(visitor, talk, maya):
    """Nothing a visitor sends names a conversation; the token alone does."""
    token = visitor("post", "sessions/", text="Another").json()["token"]
    reply = visitor("post", "sessions/", token=token, interaction=talk.pk, visitor=talk.visitor_id)
    assert reply.json()["interaction"] != talk.pk
    assert "Hello?" not in visitor("get", "transcript/", token).content.decode()
    for wrong in ("", "x" * 43, token[:-1], token.swapcase(), "%", "' or 1=1 --"):
        assert visitor("get", "transcript/", wrong).status_code == 401


# forged requests and foreign sites (S7, S53, headers)


POSTS = [(name, route) for name, route in doors() if name not in ("conversation", "attachment", "canned-replies")]


@pytest.mark.parametrize(("name", "route"), [*POSTS, ("status", ""), ("logout", ""), ("login", "")])
def test_s53_no_change_without_the_csrf_token(maya, talk, name, route):
    browser = signed_in(maya, enforce_csrf_checks=True)
    assert browser.post(reverse(name, args=[talk.pk] if route else [])).status_code == 403


@pytest.mark.parametrize("name", ["accept-offer", "decline-offer", "draft", "ending", "resumption", "wrap-up"])
def test_s53_a_link_changes_nothing(desk, talk, name):
    assert desk.get(reverse(name, args=[talk.pk])).status_code == 405


@pytest.mark.parametrize("name", ["status", "logout", "admin:logout"])
def test_s53_a_link_signs_nobody_out(desk, name):
    assert desk.get(reverse(name)).status_code in (302, 403, 405)
    assert desk.get("/desk/").status_code == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_sent_elsewhere(client, maya, to):
    client.force_login(maya.person)
    assert client.get("/login/", {"next": to}).url == "/"
    client.logout()
    door = client.get("/admin/login/", {"next": to}).url
    assert door.startswith("/login/?")
    assert client.post(door, {"username": "maya", "password": PASSWORD}).url == "/"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/login/", "/desk/", "/nowhere", "/admin/", "/logout/", "/healthz", "/static/icons.svg"),
        *("/visit/support/", "/visit/none/", "/widget.js"),
        *("/visit/support/config/", "/visit/support/sessions/", "/visit/none/config/"),
    ],
)
def test_every_answer_carries_the_strict_policy_and_is_framed_by_nobody(client, desk, entry_point, path):
    for browser in (client, desk):
        reply = browser.get(path)
        policy = reply["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert reply["X-Frame-Options"] == "DENY"
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert reply["Referrer-Policy"] == "same-origin"


def test_an_unknown_host_is_refused(client, entry_point):
    assert client.get("/visit/support/config/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "file://", "http://[", "http://testserver.evil.example"]
)
def test_s7_a_foreign_or_malformed_origin_gets_nothing_and_no_other_one_may_use_cookies(client, entry_point, origin):
    reply = client.get("/visit/support/config/", headers={"Origin": origin})
    assert (reply.status_code, reply.json()["code"]) == (403, "origin")
    assert "Access-Control-Allow-Origin" not in reply
    ours = client.get("/visit/support/config/", headers={"Origin": "http://testserver"})
    assert ours["Access-Control-Allow-Origin"] == "http://testserver"
    assert "Access-Control-Allow-Credentials" not in ours


def test_private_pages_are_kept_by_nobody(desk, talk, sam):
    for path in ("/", "/desk/", f"/desk/{talk.pk}/", f"/interactions/{talk.pk}/messages/"):
        assert "no-store" in desk.get(path)["Cache-Control"], path
    assert "no-store" in desk.get(reverse("canned-replies", args=[talk.pk]))["Cache-Control"]
    desk.force_login(sam)
    assert "no-store" in desk.get("/wallboard/")["Cache-Control"]


def test_the_session_cookie_is_for_the_server_alone(client, maya):
    assert client.post("/login/", {"username": "maya", "password": PASSWORD}).status_code == 302
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


# what cannot be read or kept


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


# what is shown (S23, S24, S30, S55)


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


def test_s13_a_supervisor_sees_their_own_teams_work_only(sam, talk, team):
    other_team = make_team("Elsewhere")
    kim = make_agent("Kim Lee", team=other_team)
    door = make_entry_point(make_queue("Elsewhere", teams=[other_team]), "elsewhere")
    theirs = make_offer(make_chat(door, make_customer("Pat")), kim).accept()
    assert list(Interaction.objects.visible_to(sam)) == [talk]
    assert theirs in Interaction.objects.visible_to(kim.person)
    client = Client()
    client.force_login(sam)
    assert "Kim Lee" not in client.get("/wallboard/").content.decode()
