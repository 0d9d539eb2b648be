"""Why work waits, and why nothing is offered to somebody, as supervisors read it."""

import pytest
from django.test import Client

from agents.models import Agent, Person
from interactions.models import Interaction, Queue
from tests.cast import make_agent, make_chat, make_entry_point, make_offer, make_queue, make_team

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def browser_of(person: Person, **headers: str) -> Client:
    client = Client(headers=headers)
    client.force_login(person)
    return client


def page(person: Person, address: str, **headers: str) -> str:
    response = browser_of(person, **headers).get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def away(maya: Agent) -> Agent:
    maya.choose_status("away", by=maya.person)
    return maya


def test_who_waits_in_a_queue(sam: Person, away: Agent, chat: Interaction, queue: Queue) -> None:
    shown = page(sam, f"/wallboard/queues/{queue.pk}/waiting/")
    assert f'href="/wallboard/waiting/{chat.pk}/"' in shown
    assert "1 waiting" in shown
    assert f'href="/wallboard/queues/{queue.pk}/waiting/"' in page(sam, "/wallboard/")


def test_why_one_of_them_waits(sam: Person, away: Agent, ines: Agent, chat: Interaction) -> None:
    shown = page(sam, f"/wallboard/waiting/{chat.pk}/")
    assert "Why <bdi>Lee</bdi> waits" in shown
    assert "No router is active" in shown
    assert "<b>1</b> of 1 in line" in shown
    assert "Maya Lind" in shown
    assert "<li>Away</li>" in shown
    assert "informal employees are not asked yet" in shown
    assert "Informal employees are asked" in shown


def test_who_gets_it_next(sam: Person, maya: Agent, chat: Interaction) -> None:
    assert "Rings next at Maya Lind" in page(sam, f"/wallboard/waiting/{chat.pk}/")


def test_what_no_longer_waits(sam: Person, maya: Agent, chat: Interaction) -> None:
    make_offer(chat, maya)
    assert "Ringing: Maya Lind" in page(sam, f"/wallboard/waiting/{chat.pk}/")


def test_why_nothing_is_offered_to_somebody(sam: Person, away: Agent, chat: Interaction, queue: Queue) -> None:
    shown = page(sam, f"/wallboard/agents/{away.pk}/")
    assert "Is not rung: Away" in shown
    assert "0 of 100 units" in shown
    assert f'href="/wallboard/waiting/{chat.pk}/"' in shown


def test_from_the_board_it_is_a_dialog_and_within_it_a_fragment(sam: Person, away: Agent, chat: Interaction) -> None:
    address = f"/wallboard/waiting/{chat.pk}/"
    dialog = page(sam, address, **FRAGMENT, **{"HX-Target": "div#dialogs"})
    within = page(sam, address, **FRAGMENT, **{"HX-Target": "section#why"})
    assert dialog.startswith("<modal-box><dialog")
    assert "<html" not in dialog
    assert within.startswith('<section class="why"')
    assert "autofocus" in within
    again = page(sam, f"{address}?again", **FRAGMENT, **{"HX-Target": "section#why"})
    assert "autofocus" not in again, "what is read anew leaves the focus where it is"


def test_agents_of_other_teams_are_counted_and_not_named(
    sam: Person, away: Agent, queue: Queue, chat: Interaction
) -> None:
    zoe = make_agent("Zoe Hidden", team=make_team("Others"), status="away")
    queue.memberships.create(agent=zoe)
    shown = page(sam, f"/wallboard/waiting/{chat.pk}/")
    assert "Zoe" not in shown
    assert "1 of a team that you do not lead" in shown
    assert browser_of(sam).get(f"/wallboard/agents/{zoe.pk}/").status_code == 404


def test_what_other_teams_serve_is_not_there(sam: Person, maya: Agent) -> None:
    other = make_queue("Other", teams=[make_team("Others")])
    chat = make_chat(make_entry_point(other))
    for address in (f"/wallboard/queues/{other.pk}/waiting/", f"/wallboard/waiting/{chat.pk}/"):
        assert browser_of(sam).get(address).status_code == 404
        assert browser_of(maya.person).get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_many_agents_take_as_many_queries_as_few(
    sam: Person, away: Agent, chat: Interaction, django_assert_max_num_queries
) -> None:
    for number in range(30):
        make_agent(f"a{number} x", team=away.team, status="away")
    client = browser_of(sam)
    with django_assert_max_num_queries(45):
        client.get(f"/wallboard/waiting/{chat.pk}/")
