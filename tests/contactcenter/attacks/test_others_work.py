"""Ids of others, visitors of others, fields nobody asked for (S13-S20)."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import AwayReason
from interactions.models import CustomerNote, Disposition, Interaction
from tests.cast import (
    make_agent,
    make_chat,
    make_customer,
    make_entry_point,
    make_offer,
    make_queue,
    make_team,
)
from tests.contactcenter.attacks.helpers import doors, note_with_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "route"), doors())
def test_s13_what_is_another_teams_is_not_there_whatever_is_asked_of_it(stranger, talk, maya, name, route):
    message = note_with_file(talk, maya)
    things = {
        "accept-offer": talk.offers.get().pk,
        "decline-offer": talk.offers.get().pk,
        "customer-notes": talk.customer_id,
        "attachment": message.files[0].token,
        "replay-job": uuid4(),
    }
    url = reverse(name, args=[things.get(name, talk.pk)])
    before = Interaction.objects.values().get()
    data = {"text": "Mine now", "kind": "note", "to": f"queue-{talk.queue_id}", "until": "60", "seq": "1"}
    assert {stranger.get(url).status_code, stranger.post(url, data).status_code} <= {403, 404, 405}
    assert Interaction.objects.values().get() == before
    assert not CustomerNote.objects.exists()
    assert not talk.messages.filter(text="Mine now").exists()


@pytest.mark.parametrize(("name", "route"), doors())
def test_s20_a_stranger_and_a_visitor_find_the_door_of_the_agents_closed(client, talk, name, route):
    url = reverse(name, args=["x" if "slug" in route else uuid4() if "uuid" in route else 1])
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
