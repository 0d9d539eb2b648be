"""The desk page: what an agent sees of their own work, and nothing of anybody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from interactions.models import Interaction
from tests.cast import make_active, make_chat, make_customer


def test_the_page_shows_what_rings_and_what_is_in_hand(maya, offer):
    browser = Client()
    browser.force_login(maya.person)
    page = browser.get("/desk/").content.decode()
    assert f'id="offer-{offer.pk}"' in page
    assert "Hello?" in page
    offer.accept()
    page = browser.get("/desk/").content.decode()
    assert f'id="row-{offer.interaction.pk}"' in page
    assert f'id="offer-{offer.pk}"' not in page


def test_who_was_set_aside_is_not_told_that_work_comes(desk, maya):
    assert "You are all caught up" in desk.get("/desk/").content.decode()
    maya.withhold("not_responding", why="did not answer")
    page = desk.get("/desk/").content.decode()
    assert "You were set aside" in page
    assert "You are all caught up" not in page


def test_a_desk_that_is_there_gets_its_panes_only(desk, talk):
    reply = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert "<html" not in reply
    assert reply.count("<hx-partial") == 5
    assert f'id="messages-{talk.pk}"' in reply
    assert "Hello?" in reply


def test_the_back_button_gets_the_whole_page(maya, talk):
    browser = Client(headers={"HX-Request": "true", "HX-Request-Type": "full"})
    browser.force_login(maya.person)
    assert b"<html" in browser.get(reverse("conversation", args=[talk.pk])).content


def test_somebody_elses_conversation_is_not_there(omars_desk, talk):
    assert omars_desk.get(reverse("conversation", args=[talk.pk])).status_code == 404


def test_a_conversation_handed_on_can_still_be_read_but_not_written_in(desk, talk, billing, maya):
    talk.transfer_to(billing, by=maya)
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert "no longer with you" in page
    assert "draft-box" not in page


def test_the_timeline_opens_what_the_agent_had_and_only_tells_of_what_others_had(desk, talk, maya, omar, entry_point):
    def past_of(agent):
        past = make_active(make_chat(entry_point, talk.customer, text=f"Once with {agent}"), agent)
        past.end(by=agent)
        past.complete_wrap_up(by=maya.person)
        return past

    mine, his = past_of(maya), past_of(omar)
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert f'href="{reverse("conversation", args=[mine.pk])}"' in page
    assert f'id="past-{his.pk}"' in page
    assert reverse("conversation", args=[his.pk]) not in page
    transcript = desk.get(reverse("conversation", args=[mine.pk])).content.decode()
    assert "Once with Maya" in transcript
    assert "draft-box" not in transcript


@pytest.mark.parametrize(
    ("code", "name"), [("en", "Engels"), ("en-GB", "Brits-Engels"), ("pt-BR", "Braziliaans Portugees"), ("xx", "xx")]
)
def test_the_customers_language_has_a_name_in_that_of_the_reader(desk, talk, maya, code, name):
    type(maya.person).objects.filter(pk=maya.person_id).update(language="nl")
    type(talk.customer).objects.filter(pk=talk.customer_id).update(language=code)
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert f"<dd>{name}</dd>" in page


def test_only_agents_have_a_desk(sam):
    browser = Client()
    assert browser.get("/desk/").status_code == 302
    browser.force_login(sam)
    assert browser.get("/desk/").status_code == 403


def test_who_was_signed_out_is_sent_to_the_login_page_not_shown_it_in_a_pane(desk, talk):
    url = reverse("conversation", args=[talk.pk])
    desk.logout()
    response = desk.get(url, headers={"HX-Current-URL": f"http://testserver{url}"})
    assert response.status_code == 401
    assert response["HX-Redirect"] == f"{reverse('login')}?next=%2Fdesk%2F{talk.pk}%2F"


def test_what_a_customer_wrote_never_becomes_markup(desk, talk, lee):
    lee.name = "<img src=x>"
    lee.save()
    talk.hear("<script>alert(1)</script> https://example.com/?a=1&b=2")
    page = desk.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '<a target="_blank" href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener noreferrer">' in page


def test_the_page_needs_no_more_queries_for_more_work(desk, maya, talk, entry_point, django_assert_max_num_queries):
    url = reverse("conversation", args=[talk.pk])
    maya.capacities.filter(channel="chat").update(maximum=20, units=5)
    with django_assert_max_num_queries(14) as few:
        desk.get(url)
    for number in range(8):
        Interaction.objects.create(
            channel="chat",
            state="active",
            agent=maya,
            queue=entry_point.queue,
            customer=make_customer(f"Customer {number}"),
            entry_point=entry_point,
        )
        talk.hear(f"line {number}")
    with django_assert_max_num_queries(len(few)):
        desk.get(url)


def test_nothing_inline_a_strict_policy_would_block(maya, talk):
    browser = Client()
    browser.force_login(maya.person)
    response = browser.get(reverse("conversation", args=[talk.pk]))
    page = response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    for forbidden in ("style=", "<style", "hx-on", "js:", "onclick", "javascript:"):
        assert forbidden not in page
