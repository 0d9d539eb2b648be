"""What the wallboard says about a moment: activities in order of precedence, queues, and who sees which part."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import AwayReason
from interactions.models import Interaction, Membership
from interactions.reports.agent_now import AgentNow, agents_now
from interactions.reports.board import board_now, scope_of, scopes
from interactions.reports.queue_now import Staff
from tests.cast import make_active, make_agent, make_chat, make_offer, make_person, make_queue, make_team

pytestmark = pytest.mark.django_db


def doing(agent) -> AgentNow:
    return next(row for row in agents_now(timezone.now()) if row.id == agent.pk)


def test_an_agent_rings_talks_wraps_up_and_is_free_again(maya, chat, solved):
    assert doing(maya).activity == "available"
    offer = make_offer(chat, maya)
    assert (doing(maya).activity, doing(maya).since) == ("ringing", offer.offered_at)
    talk = offer.accept()
    assert (doing(maya).activity, doing(maya).since) == ("talking", talk.segments.get().started_at)
    assert [(load.channel, load.load, load.maximum) for load in doing(maya).taken] == [("chat", 1, 2)]
    talk.end(by=maya)
    assert (doing(maya).activity, doing(maya).since) == ("wrapping_up", talk.ended_at)
    talk.wrap_up(solved, by=maya)
    maya.refresh_from_db()
    assert (doing(maya).activity, doing(maya).since) == ("available", maya.idle_since)


def test_what_is_wrong_comes_before_what_is_in_hand(maya, talk):
    maya.withhold("not_responding", why="test")
    assert doing(maya).activity == "not_responding"
    maya.leases.all().delete()
    assert doing(maya).activity == "disconnected"


def test_away_has_its_reason_and_a_next_status_its_name(maya, omar, talk):
    lunch = AwayReason.objects.create(name="Lunch")
    omar.choose_status("away", lunch, by=omar.person)
    maya.choose_status("away", lunch, by=maya.person)
    assert (doing(omar).activity, doing(omar).reason) == ("away", "Lunch")
    assert (doing(maya).activity, doing(maya).next_status, doing(maya).standing) == ("talking", "Lunch", "busy")


def test_a_queue_counts_its_line_its_work_and_its_people(queue, entry_point, maya, omar, ines, chat):
    ringing = make_chat(entry_point)
    make_offer(ringing, maya)
    make_active(make_chat(entry_point), omar)
    make_chat(entry_point, live=False)
    ines.choose_status("away", by=ines.person)
    make_agent("Noor Idle")  # serves nothing
    (row,) = board_now().queues
    assert (row.line.waiting, row.line.ringing, row.line.messages_left) == (2, 1, 1)
    assert row.line.here_since == row.line.arrived_at == chat.arrived_at
    assert (row.in_hand.active, row.in_hand.wrapping_up) == (1, 0)
    assert row.staff == Staff(available=0, busy=2, away=1)
    assert (row.day.offered, row.day.answered) == (3, 1)


def test_the_longest_wait_is_told_in_this_queue_and_since_arrival(queue, talk, maya):
    billing = make_queue("Billing", agents=[maya])
    Interaction.objects.update(arrived_at=timezone.now() - timedelta(minutes=9))
    talk.refresh_from_db()
    talk.transfer_to(billing, by=maya)
    line = next(row.line for row in board_now().queues if row.id == billing.pk)
    assert line.here_since - line.arrived_at > timedelta(minutes=8)


def test_only_those_with_the_skill_count_for_a_queue(maya, team):
    make_agent("Lena", team=team, skills={"Dutch": 4})
    make_queue("Dutch", teams=[team], skills={"Dutch": 3})
    (row,) = board_now().queues
    assert row.staff == Staff(available=1)


def test_a_supervisor_sees_their_teams_and_what_these_serve(sam, admin, maya, queue):
    other = make_agent("Nadia", team=make_team("Sales"))
    sales = make_queue("Sales", agents=[other])
    shared = make_queue("Shared", agents=[other, maya])
    make_queue("Nobody's")
    board = board_now()
    seen = board.within(scope_of(sam))
    assert [row.name for row in seen.agents] == ["Maya Lind"]
    assert {row.id for row in seen.queues} == {queue.pk, shared.pk}
    assert sales.pk in {row.id for row in board.within(scope_of(admin)).queues}
    assert scopes() == {None, scope_of(sam)}
    assert board.within(scope_of(make_person("Sid New", role="supervisor"))).queues == ()


def test_the_board_takes_the_same_queries_for_a_small_and_a_large_centre(
    django_assert_num_queries, queue, entry_point, team, maya
):
    board_now()  # knows for a few seconds how right the estimates are: the eleventh
    with django_assert_num_queries(10):
        board_now()
    for number in range(12):
        Membership.objects.create(queue=make_queue(f"Queue {number}"), team=team)
        make_agent(f"Agent{number} Smith", team=team)
        make_chat(entry_point)
    with django_assert_num_queries(10):
        board = board_now()
    assert (len(board.queues), len(board.agents), board.totals.waiting) == (13, 13, 12)
