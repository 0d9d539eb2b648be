"""What is due: each thing moves at its moment, not before, and one bad row stops nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from agents.channels import Channel
from interactions.models import Exclusion, Offer
from interactions.models.offer_rule import RINGS_FOR
from interactions.routing.active import Active
from interactions.routing.router import route
from interactions.routing.timers import follow_agents, sweep
from tests.cast import load_of, make_chat, make_offer

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def shift(noon, maya, omar):
    """Let time pass, everybody's desk staying open."""

    def pass_time(time):
        noon.shift(time)
        for agent in (maya, omar):
            agent.leases.update(expires_at=timezone.now() + timedelta(hours=1))

    return pass_time


SECOND = timedelta(seconds=1)


def close_desk(agent):
    agent.close_lease(agent.leases.get().connection)


def test_nothing_due_nothing_done(offer, talk, shift):
    assert sweep() == 0
    assert follow_agents() == 0


def test_r08_an_offer_times_out_and_rings_at_the_next_agent(offer, maya, omar, queue, shift):
    chat, placed = offer.interaction, offer.interaction.place_at
    shift(RINGS_FOR[Channel.CHAT] - SECOND)
    assert sweep() == 0
    shift(SECOND)
    assert sweep() == 1
    (again,) = route()
    chat.refresh_from_db()
    assert (again.agent_id, chat.place_at, load_of(maya), load_of(omar)) == (omar.pk, placed, 0, 1)


def test_r08_until_nobody_is_left_who_responds_and_then_the_place_is_still_kept(chat, maya, omar, queue, shift):
    placed = chat.place_at
    for _ in range(20):
        if not route() and not Exclusion.objects.exists():
            break
        shift(RINGS_FOR[Channel.CHAT])
        sweep()
    chat.refresh_from_db()
    maya.refresh_from_db()
    omar.refresh_from_db()
    assert (maya.withheld, omar.withheld) == ("not_responding", "not_responding")
    assert (chat.state, chat.place_at) == ("queued", placed)
    assert Offer.objects.filter(state="timed_out").count() == 2 * queue.miss_limit
    maya.choose_status("available", by=maya.person)
    assert [o.agent_id for o in route()] == [maya.pk]


def test_r09_an_exclusion_is_swept_away_when_it_is_over(offer, queue, shift):
    offer.decline()
    shift(queue.excluded_for)
    assert sweep() == 1
    assert not Exclusion.objects.exists()


@pytest.mark.parametrize("how", ["desk closed", "withheld", "leaving", "disabled"])
def test_r10_an_open_offer_of_who_is_gone_rings_elsewhere_at_once(how, offer, maya, omar):
    if how == "desk closed":
        close_desk(maya)
    elif how == "withheld":
        maya.withhold("not_responding", why="missed")
    elif how == "leaving":
        maya.choose_status("away", by=maya.person)
    else:
        maya.person.is_active = False
        maya.person.save()
    assert follow_agents() == 1
    assert [o.agent_id for o in route()] == [omar.pk]
    offer.refresh_from_db()
    assert (offer.state, offer.interaction.exclusions.count()) == ("rescinded", 0)


def test_r10_chats_of_who_is_gone_return_after_the_queues_limit(talk, maya, omar, queue, shift, noon):
    close_desk(maya)
    shift(queue.return_after - SECOND)
    sweep()
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("active", maya)
    shift(SECOND)
    sweep()
    talk.refresh_from_db()
    assert (talk.state, talk.returned_from, talk.events.last().by) == ("queued", maya, None)
    assert [o.agent_id for o in route()] == [omar.pk]


def test_r10_written_messages_are_not_taken_away(talk, maya, queue, shift):
    """Nobody waits on the line: it stays with its agent."""
    type(talk).objects.filter(pk=talk.pk).update(live=False)
    close_desk(maya)
    shift(queue.return_after)
    sweep()
    talk.refresh_from_db()
    assert talk.state == "active"


def test_r10_who_comes_back_takes_back_what_nobody_else_has(talk, maya, omar, queue, shift):
    omar.choose_status("away", by=omar.person)
    close_desk(maya)
    shift(queue.return_after)
    sweep()
    assert route() == []
    maya.open_lease(uuid4())
    assert follow_agents() == 1
    talk.refresh_from_db()
    assert (talk.state, talk.agent, talk.events.last().what) == ("active", maya, "taken_back")


@pytest.mark.parametrize("forgotten", [False, True])
def test_r10_also_if_the_router_sees_them_before_it_is_told(forgotten, talk, maya, queue, shift):
    close_desk(maya)
    shift(queue.return_after)
    sweep()
    active = Active(wakeups=None)
    active.reread()
    if forgotten:
        active.router.forget()
    maya.open_lease(uuid4())
    active.reread()
    assert active.router.serve_all() == []
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("active", maya)


def test_r10_but_not_what_rings_at_another_unless_that_one_declines(talk, maya, omar, queue, shift):
    close_desk(maya)
    shift(queue.return_after)
    sweep()
    route()
    maya.open_lease(uuid4())
    assert follow_agents() == 0
    Offer.objects.pending().get().decline()
    assert follow_agents() == 1
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("active", maya)


def test_r11_a_closed_tab_is_not_lunch(talk, maya, shift):
    close_desk(maya)
    shift(settings.AWAY_AFTER - SECOND)
    sweep()
    maya.refresh_from_db()
    assert (maya.status, maya.withheld) == ("available", "")
    maya.open_lease(uuid4())
    shift(timedelta(minutes=5))
    sweep()
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("active", maya)


def test_r11_but_after_a_while_it_shows(maya, shift):
    close_desk(maya)
    shift(settings.AWAY_AFTER)
    assert sweep() == 1
    maya.refresh_from_db()
    assert (maya.status, maya.withheld) == ("available", "disconnected")
    assert sweep() == 0


def test_r12_gone_while_away_stays_away(maya, shift):
    maya.choose_status("away", by=maya.person)
    close_desk(maya)
    shift(timedelta(hours=2))
    sweep()
    maya.refresh_from_db()
    assert (maya.status, maya.withheld) == ("away", "")
    maya.open_lease(uuid4())
    maya.refresh_from_db()
    assert (maya.status, maya.available) == ("away", False)


def test_a_desk_that_died_silently_is_closed_when_its_lease_has_run_out(maya, noon):
    noon.shift(timedelta(hours=1))
    assert sweep() == 1
    maya.refresh_from_db()
    assert (maya.leases.count(), maya.gone_since) == (0, timezone.now())


def test_r15_the_wrap_up_ends_by_itself(talk, maya, queue, shift):
    talk.end(by=maya)
    close_desk(maya)
    shift(queue.wrap_up_within - SECOND)
    sweep()
    talk.refresh_from_db()
    assert (talk.state, load_of(maya)) == ("wrap_up", 1)
    shift(SECOND)
    sweep()
    talk.refresh_from_db()
    event = talk.events.last()
    assert (talk.state, talk.disposition, load_of(maya)) == ("closed", None, 0)
    assert (event.what, event.by, event.why) == ("wrapped_up", None, "time was up")


def test_parked_work_wakes_at_its_moment(talk, maya, shift):
    talk.park(timezone.now() + timedelta(minutes=10), by=maya)
    shift(timedelta(minutes=10) - SECOND)
    assert sweep() == 0
    shift(SECOND)
    assert sweep() == 1
    assert [(o.interaction, o.agent_id) for o in route()] == [(talk, maya.pk)]


def test_a_customer_whose_page_is_gone_for_long_has_left(chat, queue, shift):
    shift(queue.abandoned_after - SECOND)
    assert sweep() == 0
    shift(SECOND)
    assert sweep() == 1
    chat.refresh_from_db()
    assert (chat.state, chat.events.last().why) == ("abandoned", "the customer's page is gone")


def test_whoever_left_a_message_need_not_stay(entry_point, queue, shift):
    left = make_chat(entry_point, text="Call me", live=False)
    shift(timedelta(days=1))
    sweep()
    left.refresh_from_db()
    assert left.state == "queued"


def test_one_bad_row_does_not_stop_the_others(offer, maya, omar, entry_point, queue, shift, monkeypatch, caplog):
    other = make_offer(make_chat(entry_point), omar)
    time_out = Offer.time_out

    def odd(self):
        if self == offer:
            raise ValueError("odd")
        time_out(self)

    monkeypatch.setattr(Offer, "time_out", odd)
    shift(RINGS_FOR[Channel.CHAT])
    assert sweep() == 1
    other.refresh_from_db()
    assert other.state == "timed_out"
    assert "sweep failed" in caplog.text


def test_r20_a_message_left_with_who_was_deactivated_is_not_left_lying(entry_point, maya, queue, shift):
    left = make_offer(make_chat(entry_point, text="Call me", live=False), maya).accept()
    close_desk(maya)
    shift(queue.return_after)
    sweep()
    left.refresh_from_db()
    assert left.state == "active", "its agent may come back to it tomorrow"
    maya.person.is_active = False
    maya.person.save()
    sweep()
    left.refresh_from_db()
    assert (left.state, left.agent) == ("queued", None)
    assert load_of(maya) == 0


def test_however_much_is_due_others_have_their_turn_in_between(noon, maya, omar, entry_point):
    """A router that takes over finds a thousand offers that rang out; who comes in meanwhile does not wait for them."""
    offers = [make_offer(make_chat(entry_point), agent) for agent in (maya, omar)]
    noon.shift(max(offer.rings_for for offer in offers))
    pending = []
    assert sweep(between=lambda: pending.append(Offer.objects.pending().count())) == 2
    assert {2, 1, 0} == set(pending), "before, between and after the two moves"
    assert pending.count(2) > 1, "between two questions too, also when nothing comes of the first"
