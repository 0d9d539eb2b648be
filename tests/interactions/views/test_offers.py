"""Accept and decline: one press wins, whoever presses too late is told politely."""

import json
from datetime import timedelta

from django.urls import reverse

from interactions.models import Interaction
from tests.cast import make_agent, make_customer, make_entry_point, make_offer, make_offers

ACCEPT_WITHIN = 12


def test_accepting_begins_the_conversation_and_opens_it(desk, offer, maya, django_assert_max_num_queries):
    with django_assert_max_num_queries(ACCEPT_WITHIN):
        response = desk.post(reverse("accept-offer", args=[offer.pk]))
    offer.interaction.refresh_from_db()
    assert (offer.interaction.state, offer.interaction.agent) == ("active", maya)
    assert json.loads(response["HX-Location"])["path"] == reverse("conversation", args=[offer.interaction.pk])


def test_the_second_press_gets_a_notice_and_a_fresh_desk(desk, offer):
    desk.post(reverse("accept-offer", args=[offer.pk]))
    response = desk.post(reverse("accept-offer", args=[offer.pk]))
    assert response.status_code == 409
    assert "no longer yours" in response.content.decode()
    assert response["HX-Trigger"] == "stale"


def test_an_offer_that_went_elsewhere_is_refused(desk, offer):
    offer.time_out()
    assert desk.post(reverse("accept-offer", args=[offer.pk])).status_code == 409
    assert desk.post(reverse("decline-offer", args=[offer.pk])).status_code == 409


def test_an_offer_to_a_colleague_is_not_there(omars_desk, offer):
    assert omars_desk.post(reverse("accept-offer", args=[offer.pk])).status_code == 404
    assert omars_desk.post(reverse("decline-offer", args=[offer.pk])).status_code == 404
    assert omars_desk.get(reverse("accept-offer", args=[offer.pk])).status_code == 405


def test_declining_gives_it_back(desk, offer):
    response = desk.post(reverse("decline-offer", args=[offer.pk]))
    offer.interaction.refresh_from_db()
    assert offer.interaction.state == "queued"
    assert f"offer-{offer.pk}" not in response.content.decode()


def test_without_htmx_it_is_an_ordinary_form(client, maya, chat):
    client.force_login(maya.person)
    offer = make_offer(chat, maya)
    response = client.post(reverse("accept-offer", args=[offer.pk]))
    assert response.status_code == 302
    assert response["Location"] == reverse("conversation", args=[chat.pk])


def test_who_is_second_is_told_politely(desk, omars_desk, chat, maya, omar):
    mine, theirs = make_offers(chat, maya, omar)
    desk.post(reverse("accept-offer", args=[mine.pk]))
    for verb in ("accept-offer", "decline-offer"):
        response = omars_desk.post(reverse(verb, args=[theirs.pk]))
        assert response.status_code == 409
        assert response["HX-Trigger"] == "stale"


def test_an_offer_that_opens_by_itself_says_when(desk, chat, maya, queue):
    queue.offer_rules.create(channel="chat", rings_for=timedelta(seconds=30), accepts_after=timedelta(seconds=5))
    make_offer(chat, maya)
    page = desk.get(reverse("desk")).text
    assert "Opens by itself in" in page
    assert 'of="5000"' in page


def test_what_is_on_hold_says_so_and_can_be_written_to(queue, team, client):
    noor = make_agent("Noor Vos", team=team, capacities={"voice": 1, "email": 5})
    doors = {channel: make_entry_point(queue, channel, channel=channel) for channel in ("voice", "email")}
    for channel in ("email", "voice"):
        work = Interaction.arrive(entry_point=doors[channel], customer=make_customer(), text="Hello")
        make_offer(work, noor).accept()
    client.force_login(noor.person)
    mail = Interaction.objects.get(channel="email")
    page = client.get(reverse("conversation", args=[mail.pk])).text
    assert page.count("On hold since") == 2, "in its row and above its lines"
    client.post(reverse("messages", args=[mail.pk]), {"text": "One moment", "kind": "note", "client_id": "c1"})
    assert mail.messages.get(kind="note").text == "One moment"


def test_who_is_left_alone_is_shown_until_when(client, ines, sam, chat):
    make_offer(chat, ines).decline()
    ines.refresh_from_db()
    client.force_login(ines.person)
    assert "Left alone until" in client.get(reverse("desk")).text
    client.force_login(sam)
    board = client.get(reverse("wallboard")).text
    assert "Left alone until" in board
    assert f'datetime="{ines.cooling_until.isoformat(timespec="seconds")[:16]}' in board
