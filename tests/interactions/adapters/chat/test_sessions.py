"""Starting and resuming a conversation, and every way in which that is refused."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from interactions.adapters.chat.identity import sign
from interactions.adapters.chat.texts import texts
from interactions.lines.estimate import _paces
from interactions.models import Address, Customer, Hours, Interaction, Message, Visitor
from interactions.models.customer import token_hash

pytestmark = pytest.mark.django_db


def nothing_written():
    return not (Interaction.objects.exists() or Visitor.objects.exists() or Customer.objects.exists())


def test_a_visitor_starts_a_conversation(post, entry_point):
    reply = post("sessions", text="My order?", name="Lee", email="Lee@Example.com", client_id="a1", language="nl")
    assert reply.status_code == 201
    interaction = Interaction.objects.get(pk=reply.json()["interaction"])
    assert interaction.state == "queued"
    assert interaction.language == "nl"
    assert interaction.customer.name == "Lee"
    assert interaction.customer.addresses.get().value == "lee@example.com"
    assert interaction.messages.get().text == "My order?"
    assert reply.json()["state"]["place"] == 1
    assert reply.json()["state"]["wait_s"] is None, "no basis, no promise"


def test_the_token_is_kept_only_as_a_hash(start):
    token, interaction = start()
    assert len(token) >= 43
    assert interaction.visitor.token_hash == token_hash(token)
    assert token not in str(Visitor.objects.values().get())


def test_starting_again_goes_on_with_the_open_conversation(start, post):
    token, interaction = start("Hello?", client_id="a1")
    post("sessions", token=token, text="Hello?", client_id="a1")
    post("sessions", token=token, text="Anybody?", client_id="a2")
    assert Interaction.objects.get() == interaction
    assert [m.text for m in interaction.messages.all()] == ["Hello?", "Anybody?"]


def test_a_new_conversation_after_the_end(start):
    token, interaction = start()
    interaction.leave()
    _token, second = start(token=token)
    assert second.pk != interaction.pk
    assert second.visitor == interaction.visitor


def test_who_was_given_up_while_away_keeps_their_place(start):
    token, interaction = start()
    interaction.abandon(why="the customer's page is gone")
    _token, same = start("I am back", token=token)
    assert same == interaction
    assert same.state == "queued"
    assert same.place_at == interaction.place_at


def test_a_token_before_anything_is_said(post):
    reply = post("visitors")
    assert reply.status_code == 201
    assert Visitor.objects.count() == 1
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"text": "x" * 4097}, "too_long"),
        ({"text": ["x"]}, "invalid"),
        ({"name": {"$gt": ""}}, "invalid"),
        ({"email": "not an address"}, "email"),
        ({"fields": [1]}, "invalid"),
        ({"client_id": "a" * 65}, "invalid"),
        ({"client_id": "<script>"}, "invalid"),
        ({"leave_message": True, "text": "   "}, "empty"),
        ({"token": "guessed" * 6}, "token"),
        ({"token": {"$ne": ""}}, "token"),
        ({"token": ["a", "b"]}, "token"),
    ],
)
def test_bad_input_is_refused_and_nothing_written(post, data, code):
    reply = post("sessions", **data)
    assert 400 <= reply.status_code < 500
    assert reply.json()["code"] == code
    assert nothing_written()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 30_000, b"null"])
def test_what_is_not_json_is_refused(post, body):
    reply = post("sessions", body=body)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_json")
    assert nothing_written()


def test_an_enormous_body_is_refused(post):
    assert post("sessions", body=b'{"text": "' + b"x" * 100_000 + b'"}').json()["code"] == "too_long"


def test_an_unknown_entry_point_is_refused(post, entry_point):
    assert post("sessions", key="elsewhere", text="Hi").json()["code"] == "unknown_entry"
    entry_point.active = False
    entry_point.save()
    assert post("sessions", text="Hi").status_code == 404
    assert nothing_written()


def test_what_can_not_be_stored_is_dropped_from_a_text(start):
    _token, interaction = start("a\x00b\u202ec\ud800 d")
    assert interaction.messages.get().text == "ab\u202ec d"


def test_a_foreign_site_is_refused_a_listed_one_and_our_own_are_not(post, entry_point):
    entry_point.allowed_origins = ["https://shop.example"]
    entry_point.save()
    refused = post("sessions", origin="https://evil.example", text="Hi")
    assert (refused.status_code, refused.json()["code"]) == (403, "origin")
    assert "Access-Control-Allow-Origin" not in refused
    assert nothing_written()
    assert post("sessions", origin="null", text="Hi").status_code == 403
    welcome = post("sessions", origin="https://shop.example", text="Hi")
    assert welcome.status_code == 201
    assert welcome["Access-Control-Allow-Origin"] == "https://shop.example"
    assert post("sessions", origin="http://testserver", text="Hi").status_code == 201


def test_a_browser_may_ask_first_whether_it_may_ask(client, entry_point):
    entry_point.allowed_origins = ["https://shop.example"]
    entry_point.save()
    reply = client.options("/visit/support/sessions/", headers={"Origin": "https://shop.example"})
    assert reply.status_code == 204
    assert "x-visitor-token" in reply["Access-Control-Allow-Headers"].lower()
    assert client.options("/visit/support/sessions/", headers={"Origin": "https://evil.example"}).status_code == 403


def test_one_address_can_not_open_chats_without_end(post, settings):
    with time_machine.travel(timezone.now(), tick=False):  # no new minute begins meanwhile
        replies = [post("visitors").status_code for _ in range(settings.VISITS_PER_MINUTE + 5)]
    assert replies[0] == 201
    assert replies[-1] == 429


# out of hours


@pytest.fixture
def closed(entry_point):
    entry_point.hours = Hours.objects.create(name="Never")
    entry_point.save()


def test_when_it_opens_again_is_told(client, entry_point):
    def hours(name, opens):
        made = Hours.objects.create(name=name)
        for weekday in range(7):
            made.periods.create(weekday=weekday, opens=opens, closes="23:59")
        return made

    entry_point.hours, entry_point.queue.hours = hours("early", "08:00"), hours("late", "10:00")
    entry_point.queue.save()
    entry_point.save()
    with time_machine.travel("2026-11-23T07:00:00Z"):
        config = client.get("/visit/support/config/").json()
    assert (config["open"], config["opens"]) == (False, "2026-11-23T10:00:00+00:00")
    with time_machine.travel("2026-11-23T09:00:00Z"):
        assert client.get("/visit/support/config/").json()["opens"] == "2026-11-23T10:00:00+00:00"
    with time_machine.travel("2026-11-23T11:00:00Z"):
        assert client.get("/visit/support/config/").json()["open"] is True


@pytest.mark.usefixtures("closed")
def test_out_of_hours_a_message_can_be_left(post):
    refused = post("sessions", text="Hi")
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_hours")
    assert nothing_written()
    left = post("sessions", text="Please write me", email="lee@example.com", leave_message=True)
    interaction = Interaction.objects.get(pk=left.json()["interaction"])
    assert interaction.state == "queued", "work for the queue, not a dead end"
    assert not interaction.live
    assert Address.objects.get().value == "lee@example.com"


def test_r21_in_an_emergency_the_page_and_the_refusal_say_what_is_the_matter(client, post, entry_point):
    type(entry_point.queue).objects.update(emergency=True, emergency_text="Fire drill: back at one.")
    config = client.get("/visit/support/config/").json()
    assert (config["open"], config["texts"]["closed_greeting"]) == (False, "Fire drill: back at one.")
    refused = post("sessions", text="Hi")
    assert (refused.status_code, refused.json()) == (
        409,
        {"code": "closed_hours", "text": "Fire drill: back at one."},
    )
    assert post("sessions", text="Please write me", leave_message=True).status_code == 201


def test_a_full_line_takes_the_message_and_says_so(post, entry_point, chat):
    type(entry_point.queue).objects.update(longest_line=1)
    reply = post("sessions", text="My order?")
    assert reply.status_code == 201, "what was written is not lost"
    assert (reply.json()["state"]["state"], reply.json()["state"]["live"]) == ("queued", False)


# who they say they are


def test_a_signed_customer_is_known(post, entry_point):
    who = {"customer": {"id": "c-7", "name": "Lee Park"}, "signature": sign(entry_point, "c-7")}
    first = post("sessions", text="Hi", **who).json()
    second = post("sessions", text="From my phone", **who).json()
    assert Customer.objects.get().external_id == "c-7"
    assert first["interaction"] != second["interaction"], "another device, another conversation"


@pytest.mark.parametrize("signature", ["", "0" * 64, None, 7, "é"])
def test_a_wrong_signature_is_refused_and_nothing_written(post, signature):
    reply = post("sessions", text="Hi", customer={"id": "c-7"}, signature=signature)
    assert (reply.status_code, reply.json()["code"]) == (403, "signature")
    assert nothing_written()


def test_somebody_else_on_the_same_browser_does_not_get_the_conversation(post, entry_point):
    def who(name):
        return {"customer": {"id": name}, "signature": sign(entry_point, name)}

    first = post("sessions", text="My secret", **who("lee")).json()
    second = post("sessions", text="Hi", token=first["token"], **who("kim")).json()
    assert second["token"] != first["token"]
    assert second["interaction"] != first["interaction"]


def test_a_form_does_not_rename_a_signed_customer(post, entry_point):
    who = {"customer": {"id": "c-7", "name": "Lee Park"}, "signature": sign(entry_point, "c-7")}
    post("sessions", text="Hi", name="Root", **who)
    assert Customer.objects.get().name == "Lee Park"


# what the page is told


def test_the_wait_is_estimated_from_what_was_answered_lately(post, entry_point, chat, maya):
    _paces.clear()
    now = timezone.now()
    for minutes in (2, 4, 6):
        Interaction.objects.create(
            channel="chat", queue=entry_point.queue, customer=chat.customer, state="closed", agent=maya,
            arrived_at=now - timedelta(minutes=minutes + 1), answered_at=now - timedelta(minutes=minutes),
            ended_at=now, closed_at=now,
        )  # fmt: skip
    state = post("sessions", text="Hi").json()["state"]
    assert state["place"] == 2
    assert state["wait_s"] == pytest.approx(2 * 120, abs=3), "an answer every two minutes, two to go"


def test_config_in_the_asked_language(client, entry_point):
    entry_point.languages = ["en", "nl"]
    entry_point.save()
    dutch = client.get("/visit/support/config/?language=nl-BE").json()
    assert dutch["language"] == "nl"
    assert dutch["texts"]["send"] == "Versturen"
    assert dutch["title"] == "Chat met ons"
    assert client.get("/visit/support/config/?language=fr").json()["language"] == "en"
    assert dutch["open"] is True
    assert "secret" not in str(dutch)


def test_transcript(client, talk, maya):
    visitor, token = Visitor.objects.welcome(talk.entry_point, talk.customer)
    Interaction.objects.filter(pk=talk.pk).update(visitor=visitor)
    talk.refresh_from_db()
    talk.reply(maya, "Good <morning>")
    talk.note(maya, "he is angry")
    text = client.get("/visit/support/transcript/", headers={"X-Visitor-Token": token}).content.decode()
    assert "Maya: Good <morning>" in text
    assert "angry" not in text
    assert client.get("/visit/support/transcript/").status_code == 401


def test_an_exception_is_not_told(post, monkeypatch):
    monkeypatch.setattr(Interaction, "arrive", lambda **_: 1 / 0)
    reply = post("sessions", text="Hi")
    assert reply.status_code == 500
    assert "zero" not in reply.content.decode()
    assert reply.json()["code"] == "server"
    assert nothing_written()
    assert not Message.objects.exists()


@pytest.mark.parametrize("language", ["nl", "de", "fr"])
def test_the_widget_speaks_every_language(language):
    with translation.override(language):
        foreign = texts()
    same = {name for name, text in foreign.items() if text == texts()[name]}
    assert same <= {"email", "emoji", "menu", "conversation"}, "each is the same word in some language"
    for name, text in foreign.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", texts()[name])), "no value gets lost"
