"""What was over goes on through the queue; what should never have begun leaves it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.errors import StaleState
from interactions.invariants import broken
from interactions.models import Interaction
from tests.cast import load_of, make_active, make_agent, make_entry_point, make_state


@pytest.fixture
def mail(queue, lee):
    door = make_entry_point(queue, "mail", channel="email")
    return Interaction.arrive(entry_point=door, customer=lee, text="My lamp is broken.", live=False)


@pytest.fixture
def omar(team):
    return make_agent("Omar Haddad", team=team, capacities={"email": 5})


@pytest.mark.parametrize("state", ["wrap_up", "closed", "abandoned", "set_aside"])
def test_what_was_over_waits_again_and_its_agent_is_asked_first(mail, omar, queue, state):
    queue.wrap_up_within = timedelta(minutes=1)
    queue.save()
    had_it = omar if state in ("wrap_up", "closed") else None
    make_state(state, mail, omar) if state != "set_aside" else mail.set_aside(why="nobody took it in its time")
    before = timezone.now()
    mail.reopen(why="the customer wrote again")
    mail.hear("It is broken again.")
    mail.refresh_from_db()
    assert (mail.state, mail.agent, mail.preferred_agent) == ("queued", None, had_it)
    assert mail.ended_at is mail.closed_at is None
    assert mail.place_at >= before, "behind what came meanwhile"
    assert load_of(omar, "email") == 0
    assert mail.events.last().what == "reopened"
    assert mail.unanswered_since == mail.messages.filter(kind="inbound").first().at, "nobody has ever answered"
    assert broken() == []


def test_what_was_answered_waits_from_the_new_line_on(mail, omar):
    make_active(mail, omar)
    mail.reply(omar, "Try another bulb.")
    mail.end(by=omar)
    mail.complete_wrap_up(by=omar.person)
    mail.reopen(why="the customer wrote again")
    assert mail.unanswered_since is None
    line = mail.hear("It did not help.")
    assert mail.unanswered_since == line.at
    assert broken() == []


@pytest.mark.parametrize("state", ["queued", "offered", "active", "parked", "spam"])
def test_only_what_is_over_is_reopened(mail, omar, state):
    make_state(state, mail, omar)
    with pytest.raises(StaleState):
        mail.reopen(why="the customer wrote again")


def test_a_rating_stays_with_what_was_rated(mail, omar):
    make_state("closed", mail, omar)
    mail.rate(5)
    with pytest.raises(StaleState):
        mail.reopen(why="the customer wrote again")
    assert mail.state == "closed"


def test_a_visitor_begins_anew(chat, maya):
    make_state("closed", chat, maya)
    with pytest.raises(StaleState):
        chat.reopen(why="the customer wrote again")


@pytest.mark.parametrize("state", ["queued", "offered"])
def test_spam_leaves_the_line_and_may_come_back(mail, omar, sam, state):
    make_state(state, mail, omar)
    arrived = mail.place_from
    mail.mark_spam(why="marked by the mail server")
    assert mail.state == "spam"
    assert not mail.offers.pending().exists()
    assert mail.events.last().what == "marked_spam"
    assert broken() == []
    mail.no_spam(by=sam)
    assert (mail.state, mail.place_from) == ("queued", arrived)
    assert broken() == []


def test_what_somebody_works_on_is_no_spam(mail, omar):
    make_active(mail, omar)
    with pytest.raises(StaleState):
        mail.mark_spam(why="marked by the mail server")
