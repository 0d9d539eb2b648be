"""Accept and decline: one press wins, whoever presses too late is told politely."""

import json

from django.urls import reverse

from tests.cast import make_offer

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
