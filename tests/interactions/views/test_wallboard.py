import pytest
from django.test import Client

from agents.models import Agent, Person
from interactions.models import Interaction
from interactions.reports.service_level import SERVICE_LEVEL

pytestmark = pytest.mark.django_db


def browser_of(person: Person, **headers: str) -> Client:
    client = Client(headers=headers)
    client.force_login(person)
    return client


def test_a_plain_get_shows_everything_and_how_it_is_made(sam: Person, maya: Agent, talk: Interaction) -> None:
    response = browser_of(sam).get("/wallboard/")
    page = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert f'id="queue-{talk.queue_id}"' in page
    assert f'id="agent-{maya.pk}" class="agent" data-activity="talking"' in page
    assert "1 of 1 in time" in page
    assert page.count(str(SERVICE_LEVEL)) >= 2  # on hover and in text


def test_after_a_reconnect_everything_comes_as_patches(sam: Person, maya: Agent, talk: Interaction) -> None:
    html = browser_of(sam, **{"HX-Request": "true", "HX-Request-Type": "partial"}).get("/wallboard/").content.decode()
    assert "<html" not in html
    for target in ("stamp", "totals", "queues", "agents"):
        assert f'hx-target="#{target}"' in html


def test_agents_and_strangers_see_no_board(maya: Agent, client: Client) -> None:
    assert browser_of(maya.person).get("/wallboard/").status_code == 403
    assert client.get("/wallboard/").status_code == 302


def test_opening_the_board_takes_few_queries(sam: Person, talk: Interaction, django_assert_max_num_queries) -> None:
    client = browser_of(sam)
    with django_assert_max_num_queries(13):  # session, person, scope, ten for the board
        client.get("/wallboard/")
