"""One computation for all who watch, each scope told only what is new to it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from agents.models import Agent, Person, Team
from contactcenter.realtime import in_db
from contactcenter.realtime.audience import watched
from interactions import board_publisher
from interactions.board_publisher import RENEWED_WITHIN, Publisher, board_group, publishing
from interactions.models import EntryPoint, Queue
from interactions.wallboard_consumer import NO_ACCESS, SIGNED_OUT, WallboardConsumer
from tests.cast import make_agent, make_chat, make_person, make_team
from tests.screens import Connect, Connecting

EVERYTHING = board_group(None, "en")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the last board brought to each group; everybody watches."""
    pushed: dict[str, str] = {}
    monkeypatch.setattr(board_publisher, "watched", set)
    monkeypatch.setattr(board_publisher, "push", lambda group, event: pushed.update({group: event["html"]}))
    return pushed


def targets(html: str) -> set[str]:
    return set(re.findall(r'hx-target="#([\w-]+)"', html))


@pytest.mark.django_db
def test_the_first_board_is_whole_and_later_ones_tell_what_changed(
    published: dict[str, str], entry_point: EntryPoint, maya: Agent
) -> None:
    publisher = Publisher()
    publisher.publish_board()
    assert targets(published[EVERYTHING]) == {"stamp", "totals", "queues", "agents"}
    quiet = _turns_of(maya.pk, entry_point.queue_id)
    publisher.turn = quiet
    publisher.publish_board()
    assert targets(published[EVERYTHING]) == {"stamp", "totals"}
    make_chat(entry_point)
    publisher.turn = quiet
    publisher.publish_board()
    assert targets(published[EVERYTHING]) == {"stamp", "totals", f"queue-{entry_point.queue_id}"}
    maya.choose_status("away", by=maya.person)
    publisher.turn = quiet
    publisher.publish_board()
    assert f"agent-{maya.pk}" in targets(published[EVERYTHING])
    make_agent("Nora New")
    publisher.publish_board()
    assert "agents" in targets(published[EVERYTHING])


def _turns_of(*ids: int) -> int:
    """A turn after which none of these rows is renewed."""
    taken = {pk % RENEWED_WITHIN for pk in ids}
    return next(turn for turn in range(RENEWED_WITHIN) if (turn + 1) % RENEWED_WITHIN not in taken)


@pytest.mark.django_db
def test_every_row_is_renewed_in_turn(published: dict[str, str], queue: Queue, maya: Agent) -> None:
    publisher = Publisher()
    publisher.publish_board()
    renewed: set[str] = set()
    for _ in range(RENEWED_WITHIN):
        publisher.publish_board()
        renewed |= targets(published[EVERYTHING])
    assert {f"queue-{queue.pk}", f"agent-{maya.pk}"} <= renewed


@pytest.mark.django_db
def test_a_scope_never_hears_of_others(published: dict[str, str], sam: Person, team: Team, maya: Agent) -> None:
    make_agent("Olga Other", team=make_team("Sales"))
    Publisher().publish_board()
    html = published[board_group(frozenset({team.pk}), "en")]
    assert "Maya Lind" in html
    assert "Olga Other" not in html
    assert "Olga Other" in published[EVERYTHING]


@pytest.mark.django_db
def test_each_language_is_rendered_for_itself(published: dict[str, str], maya: Agent) -> None:
    Publisher().publish_board()
    assert {board_group(None, code) for code in ("en", "nl", "de", "fr")} <= set(published)


@pytest.mark.django_db
def test_nothing_is_computed_while_nobody_watches(valkey: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert Publisher().publish_board() == set()


@pytest.fixture
def connect(connecting: Connecting) -> Connect:
    return connecting(WallboardConsumer)


@pytest.mark.django_db(transaction=True)
async def test_an_open_wallboard_is_watched_and_gets_a_board_a_second(
    valkey: Any, connect: Connect, sam: Person, team: Team, maya: Agent
) -> None:
    browser = await connect(sam)
    group = board_group(frozenset({team.pk}), "en")
    assert await in_db(watched, [group, EVERYTHING]) == {group}
    with publishing():
        html = await browser.receive_from(timeout=5)
        assert "Maya Lind" in html
        assert "board-stamp" in await browser.receive_from(timeout=5)
    await browser.disconnect()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["nobody", "agent"])
async def test_others_are_turned_away(valkey: Any, connect: Connect, who: str, maya: Agent) -> None:
    browser = await connect(AnonymousUser() if who == "nobody" else maya.person)
    said = await browser.receive_output(timeout=5)
    assert (said["type"], said["code"]) == ("websocket.close", SIGNED_OUT if who == "nobody" else NO_ACCESS)


@pytest.mark.django_db(transaction=True)
async def test_a_changed_role_closes_the_board(valkey: Any, connect: Connect, sam: Person) -> None:
    browser = await connect(sam)
    await in_db(sam.reconnect_screens)
    said = await browser.receive_output(timeout=5)
    assert (said["type"], said["code"]) == ("websocket.close", 4000)


def test_a_group_is_named_by_its_teams() -> None:
    assert board_group(None, "en") == "wallboard.en"
    assert board_group(frozenset({7, 3}), "nl") == "wallboard-3-7.nl"
    assert board_group(frozenset(), "en") == "wallboard-.en"


@pytest.mark.django_db
def test_a_supervisor_without_a_team_sees_an_empty_board(published: dict[str, str], maya: Agent) -> None:
    make_person("Sid New", role="supervisor")
    Publisher().publish_board()
    assert "No queues to show" in published[board_group(frozenset(), "en")]
