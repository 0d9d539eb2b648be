"""The router over several queues and restarts: who may have what, steps, transfers, turns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.models import Interaction, Membership, Offer
from interactions.models.relaxation import Step
from interactions.routing import router as routing
from interactions.routing.router import Router, route
from interactions.routing.timers import sweep
from tests.cast import make_active, make_agent, make_chat, make_entry_point, make_offer, make_queue, make_team

pytestmark = pytest.mark.usefixtures("noon")

SECOND = timedelta(seconds=1)


def ringing():
    return dict(Offer.objects.pending().values_list("interaction", "agent"))


def again(row):
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("agent", "gets_it"),
    [
        ({"skills": {"Dutch": 3}}, True),
        ({"skills": {"Dutch": 2}}, False),
        ({}, False),
        ({"skills": {"Dutch": 3}, "capacities": {"chat": 0}}, False),
        ({"skills": {"Dutch": 3}, "capacities": {"email": 5}}, False),
        ({"skills": {"Dutch": 3}, "capacities": {}}, False),
    ],
)
def test_r19_who_may_not_have_it_by_skill_or_channel_never_gets_it(agent, gets_it, db):
    noor = make_agent("Noor", **agent)
    chat = make_chat(make_entry_point(make_queue("Dutch", agents=[noor], skills={"Dutch": 3})))
    route()
    assert ringing() == ({chat.pk: noor.pk} if gets_it else {})


def test_r19_nor_who_does_not_serve_the_queue_any_more(maya, omar, chat, queue, team):
    router = Router()
    router.know()
    Membership.objects.filter(queue=queue).delete()
    Membership.objects.create(queue=queue, agent=omar)
    router.forget()  # as the wake-up of a change of rules has it
    router.serve_all()
    assert ringing() == {chat.pk: omar.pk}


def test_r17_a_missed_offer_neither_starts_the_steps_anew_nor_loses_the_place(noon, queue, entry_point):
    """Step 1 at 20 s asks the second team: who misses it there is followed by the next of that team at once."""
    others = make_team("Others")
    Step.objects.create(queue=queue, position=1, after=20 * SECOND, add_team=others)
    zoe = make_agent("Zoe", team=others, idle_since=timezone.now() - 9 * SECOND)
    yan = make_agent("Yan", team=others, capacities={"chat": 1})
    chat = make_chat(entry_point)
    place = chat.place_at
    noon.shift(19 * SECOND)
    assert route() == []
    noon.shift(SECOND)
    assert [offer.agent_id for offer in route()] == [zoe.pk]
    noon.shift(30 * SECOND)
    later = make_chat(entry_point)
    Interaction.objects.filter(pk=later.pk).update(queued_at=chat.queued_at)
    sweep()
    assert [(offer.interaction_id, offer.agent_id) for offer in route()] == [(chat.pk, yan.pk), (later.pk, zoe.pk)]
    assert (again(chat).place_at, again(chat).queued_at) == (place, chat.queued_at)


@pytest.mark.parametrize(
    ("transfer_place", "first"), [("arrival", "transferred"), ("anew", "waiting"), ("first", "transferred")]
)
def test_r23_a_transfer_goes_to_no_queue_back_to_its_sender(noon, maya, omar, team, entry_point, transfer_place, first):
    """Maya serves the other queue too. What customers waited is told from their arrival, wherever they stand now."""
    other = make_queue("Other", teams=[team], transfer_place=transfer_place)
    talk = make_active(make_chat(entry_point), maya)
    noon.shift(5 * SECOND)
    waiting = make_chat(make_entry_point(other, "other"))
    noon.shift(5 * SECOND)
    talk.transfer_to(other, by=maya)
    talk = again(talk)
    line = {talk.pk: "transferred", waiting.pk: "waiting"}
    assert next(line[work.pk] for work in Interaction.objects.in_queue(other).next_first()) == first
    assert (talk.arrived_at, talk.answered_at) == (talk.segments.get().started_at,) * 2
    omar.choose_status("away", by=omar.person)
    route()
    assert ringing() == {waiting.pk: maya.pk}, "for nobody else she is kept from it"
    assert talk.events.get(what="transferred").by == maya.person


def test_r25_what_happens_to_one_queue_is_nothing_to_another(noon, maya, entry_point, billing, team):
    """Closed for an emergency, left by its team, declined and missed: the other queue is served as ever."""
    Membership.objects.create(queue=billing, team=team)
    bill, chat = make_chat(make_entry_point(billing, "billing")), make_chat(entry_point)
    make_offer(bill, maya).decline()
    billing.emergency = True
    billing.save()
    assert [offer.interaction_id for offer in route()] == [chat.pk]
    Membership.objects.filter(queue=billing).delete()
    second = make_chat(entry_point)
    assert [offer.interaction_id for offer in route()] == [second.pk]
    assert {**ringing()} == {chat.pk: maya.pk, second.pk: maya.pk}


def rung_in_turn(noon, entry_point, times, router):
    """Who is rung for one chat after another, everybody always free."""
    rung = []
    for _ in range(times):
        noon.shift(SECOND)
        chat = make_chat(entry_point)
        (offer,) = router().serve_all()
        rung.append(offer.agent_id)
        again(chat).leave()
    return rung


@pytest.mark.parametrize("restarted", ["each time", "never", "reread"])
def test_r27_the_turn_survives_restarts_and_rereading(noon, queue, team, entry_point, restarted):
    queue.strategy = "round_robin"
    queue.save()
    agents = [make_agent(name, team=team).pk for name in ("Ada", "Bo", "Cy")]
    router = Router()

    def reread():
        router.forget()
        return router

    routers = {"each time": Router, "never": lambda: router, "reread": reread}
    assert rung_in_turn(noon, entry_point, 7, routers[restarted]) == [*agents, *agents, agents[0]]


def test_r27_a_router_killed_in_its_pass_has_taken_nobodys_turn(noon, queue, team, entry_point, monkeypatch):
    queue.strategy = "round_robin"
    queue.save()
    agents = [make_agent(name, team=team).pk for name in ("Ada", "Bo", "Cy")]
    assert rung_in_turn(noon, entry_point, 1, Router) == agents[:1]
    chat = make_chat(entry_point)

    def dying(*args):
        claimed(*args)
        raise KeyboardInterrupt

    claimed = routing.claim
    with monkeypatch.context() as patch:
        patch.setattr(routing, "claim", dying)
        with pytest.raises(KeyboardInterrupt):
            Router().serve_all()
    assert ringing() == {}
    assert [offer.agent_id for offer in route()] == [agents[1]]
    again(chat).leave()
    assert rung_in_turn(noon, entry_point, 2, Router) == [agents[2], agents[0]]
