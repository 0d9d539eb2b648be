"""Why work waits, and why nothing is offered to somebody: the reasons as people read them, with their second."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agents.models import Agent, AwayReason
from interactions.models import Interaction, Membership, Offer
from interactions.models.relaxation import Step, StepSkill
from interactions.routing.explain import why_waiting
from interactions.routing.explain_agent import why_nothing
from interactions.routing.heads import rows_of
from interactions.routing.match import order
from interactions.routing.router import Router, route
from interactions.routing.words import Words
from tests.cast import make_active, make_agent, make_chat, make_entry_point, make_offer, make_queue, make_skill

pytestmark = pytest.mark.usefixtures("noon")

MINUTE = timedelta(minutes=1)


def reasons(chat):
    """Name: what keeps the chat from them, and until when."""
    why = why_waiting(chat)
    words = Words.read(Agent.objects.values_list("pk", flat=True))
    return {
        each.agent.name: [words.of(o) + (f" until {o.until:%H:%M:%S}" if o.until else "") for o in each.obstacles]
        for each in why.candidates
    }


def changes(chat):
    words = Words.read(Agent.objects.values_list("pk", flat=True))
    return [f"{c.at:%d %H:%M:%S} {words.of_change(c)}" for c in why_waiting(chat).changes if c.at]


def why(*args, **options):
    out = StringIO()
    call_command("why", *args, stdout=out, **options)
    return out.getvalue()


def lunch():
    return AwayReason.objects.create(name="Lunch")


def full(agent, entry_point):
    for _ in range(agent.capacities.get(channel="chat").maximum):
        make_active(make_chat(entry_point), agent)


STANDING = {
    "Offline": lambda maya, door: maya.choose_status("offline", by=maya.person),
    "Lunch": lambda maya, door: maya.choose_status("away", lunch(), by=maya.person),
    "Not responding": lambda maya, door: maya.withhold("not_responding", why="missed"),
    "available, but no desk is open": lambda maya, door: maya.close_lease(maya.leases.get().connection),
}


@pytest.mark.parametrize("reason", STANDING)
def test_r19_r20_whoever_is_not_there_and_why(reason, chat, maya, entry_point):
    STANDING[reason](maya, entry_point)
    assert reasons(chat) == {"Maya Lind": [reason]}
    assert route() == []


def test_whoever_finishes_before_lunch(chat, maya, entry_point):
    make_active(make_chat(entry_point), maya)
    maya.choose_status("away", lunch(), by=maya.person)
    assert reasons(chat) == {"Maya Lind": ["finishes what is in hand, then: Lunch"]}


def test_who_is_disabled_is_not_named_at_all(chat, maya, omar):
    omar.person.is_active = False
    omar.person.save()
    assert list(reasons(chat)) == ["Maya Lind"]


def test_no_place_left(chat, maya, entry_point):
    full(maya, entry_point)
    assert reasons(chat) == {"Maya Lind": ["no Chat free (2 of 2)"]}


def test_not_enough_attention(maya, entry_point, queue):
    make_active(make_chat(entry_point), maya)
    call = make_chat(make_entry_point(queue, "calls", channel="voice"))
    assert reasons(call) == {"Maya Lind": ["not enough attention for Voice (33 of 100 in use, it needs 100)"]}


def test_keeps_room_for_a_call_that_came_first(noon, maya, entry_point, queue):
    make_active(make_chat(entry_point), maya)
    call = make_chat(make_entry_point(queue, "calls", channel="voice"))
    noon.shift(timedelta(seconds=1))
    later = make_chat(entry_point)
    assert reasons(later) == {"Maya Lind": [f"keeps room for #{call.pk}, which came first"]}
    assert route() == []


def test_what_goes_first_takes_the_room(noon, maya, entry_point):
    make_active(make_chat(entry_point), maya)
    first = make_chat(entry_point)
    noon.shift(timedelta(seconds=1))
    second = make_chat(entry_point)
    assert reasons(second) == {"Maya Lind": [f"gets #{first.pk}, which goes first"]}
    assert why_waiting(first).next == [maya]
    assert [offer.interaction_id for offer in route()] == [first.pk]
    assert reasons(second) == {"Maya Lind": ["no Chat free (2 of 2)"]}


def test_declined_and_asked_again_at_its_second(noon, maya, chat, queue):
    make_offer(chat, maya).decline()
    assert reasons(chat) == {
        "Maya Lind": ["declined, missed or handed it on, and is not asked again yet until 12:01:00"]
    }
    assert "02 12:01:00 Maya Lind may be asked again" in changes(chat)
    noon.shift(queue.excluded_for)
    assert reasons(chat) == {"Maya Lind": []}
    assert len(route()) == 1


def test_informal_employees_from_their_second(noon, ines, chat, queue):
    assert reasons(chat) == {"Ines Moreau": ["informal employees are not asked yet until 12:01:00"]}
    assert "02 12:01:00 Informal employees are asked" in changes(chat)
    noon.shift(queue.overflow_after)
    assert reasons(chat) == {"Ines Moreau": []}


def test_informal_employees_are_left_alone_for_a_moment(noon, ines, chat, queue):
    queue.overflow_after, queue.excluded_for = timedelta(0), timedelta(seconds=1)
    queue.save()
    make_offer(chat, ines).decline()
    noon.shift(timedelta(seconds=1))
    assert reasons(chat) == {"Ines Moreau": ["left alone for a moment after declining or missing until 12:00:10"]}
    noon.shift(timedelta(seconds=9))
    assert reasons(chat) == {"Ines Moreau": []}


def test_a_skill_that_a_step_lowers(noon, db):
    noor = make_agent("Noor", skills={"Dutch": 2})
    zoe = make_agent("Zoe")
    asking = make_queue("Dutch", agents=[noor, zoe], skills={"Dutch": 4}, time_to_live=None)
    step = Step.objects.create(queue=asking, position=1, after=MINUTE, add_queue=make_queue("Other"))
    StepSkill.objects.create(step=step, skill=make_skill("Dutch"), level=2)
    chat = make_chat(make_entry_point(asking))
    assert reasons(chat) == {
        "Noor": ["has Dutch at 2, asked is 4 until 12:01:00"],
        "Zoe": ["has Dutch at none, asked is 2"],
    }
    assert changes(chat) == [
        "02 12:01:00 Step 1: Dutch ≥ 2, also who serves Other",
        "02 12:01:00 Informal employees are asked",
    ]
    noon.shift(MINUTE)
    assert reasons(chat)["Noor"] == []
    assert len(route()) == 1


def test_who_comes_in_at_a_step(noon, maya, billing, queue):
    Step.objects.create(queue=billing, position=1, after=MINUTE, add_queue=queue)
    chat = make_chat(make_entry_point(billing, "billing"))
    assert reasons(chat) == {"Maya Lind": ["comes in at step 1 until 12:01:00"]}


def test_it_waits_for_its_preferred_agent(noon, maya, omar, entry_point, queue):
    queue.prefer_within = MINUTE
    queue.save()
    talk = make_active(make_chat(entry_point), maya)
    full(omar, entry_point)
    talk.transfer_to(queue, by=maya, agent=omar)
    told = reasons(talk)
    assert told["Omar Haddad"] == ["no Chat free (2 of 2)"]
    assert told["Maya Lind"][0] == "it waits for Omar Haddad first until 12:01:00"
    assert "02 12:01:00 The queue is asked: it no longer waits for Omar Haddad" in changes(talk)


def test_what_the_queue_does_in_the_end(maya, chat, queue):
    queue.longest_wait, queue.time_to_live, queue.overflow_after = 3 * MINUTE, timedelta(days=1), None
    queue.save()
    maya.choose_status("away", by=maya.person)
    assert changes(chat) == [
        "02 12:03:00 Waited too long: ask to leave a message",
        "03 12:00:00 Set aside: nobody took it in its time",
    ]


def test_whose_hands_are_free_when_at_the_latest(noon, maya, entry_point, queue):
    queue.overflow_after = None
    queue.save()
    full(maya, entry_point)
    chat = make_chat(entry_point)
    Interaction.objects.filter(agent=maya).first().end(by=maya)
    assert "02 12:01:00 Maya Lind's wrap-up ends by itself" in changes(chat)


def test_its_place_and_what_is_ahead_of_it(noon, maya, billing, entry_point, team):
    """Counted as match() orders, over all lines that the same agents serve."""
    Membership.objects.create(queue=billing, team=team)
    strict = make_queue("Strict", teams=[team], ordering="strict")
    unrelated = make_queue("Unrelated", agents=[make_agent("Zoe")])
    doors = [entry_point, make_entry_point(billing, "b", priority=1), make_entry_point(strict, "s", priority=3)]
    doors.append(make_entry_point(unrelated, "u"))
    chats = []
    for seconds in range(12):
        noon.shift(timedelta(seconds=7))
        chats.append(make_chat(doors[seconds % 4]))
    maya.choose_status("away", by=maya.person)
    rules = Router().know().rules

    rows = rows_of([chat.pk for chat in chats], timezone.now())
    serial = [
        row for row in sorted(rows, key=lambda row: order(row, rules.queues[row.queue])) if row.queue != unrelated.pk
    ]
    for place, row in enumerate(serial):
        why = why_waiting(Interaction.objects.get(pk=row.id))
        before = [other for other in serial[:place] if other.line != row.line]
        assert why.place == 1 + sum(other.line == row.line for other in serial[:place])
        assert why.line == 3
        assert sum(why.elsewhere.values()) == len(before)


def test_what_it_says_is_what_the_router_does(noon, maya, omar, ines, entry_point, billing, queue, team):
    """Whoever is said to get it next is rung, whatever else is waiting."""
    Membership.objects.create(queue=billing, agent=omar)
    doors = [entry_point, make_entry_point(billing, "b"), make_entry_point(queue, "mail", channel="email")]
    chats = []
    for n in range(9):
        noon.shift(timedelta(seconds=20))
        chats.append(make_chat(doors[n % 3]))
    said = {chat.pk: [agent.pk for agent in why_waiting(chat).next] for chat in chats}
    route()
    rung = dict(Offer.objects.pending().values_list("interaction", "agent"))
    assert rung
    assert said == {chat.pk: [rung[chat.pk]] if chat.pk in rung else [] for chat in chats}


def test_the_command_says_it(maya, ines, chat, omar):
    maya.choose_status("away", lunch(), by=maya.person)
    omar.choose_status("offline", by=omar.person)
    told = why(chat.pk)
    assert "Chat" in told
    assert "Place 1 of 1 in line." in told
    assert "No router is active" in told
    assert "Maya Lind: Lunch" in told
    assert "Ines Moreau: informal employees are not asked yet (until 12:01:00)" in told
    as_data = json.loads(why(chat.pk, json=True))
    assert as_data["place"] == 1
    assert {c["agent"]: [o["what"] for o in c["obstacles"]] for c in as_data["candidates"]} == {
        "ines": ["informal"],
        "maya": ["status"],
        "omar": ["status"],
    }
    assert as_data["changes"][0] == {
        "at": "2026-03-02T12:01:00+00:00",
        "what": "informal",
        "text": "Informal employees are asked",
    }


def test_the_command_says_what_does_not_wait(talk):
    assert why(talk.pk).strip().endswith("With an agent")
    with pytest.raises(CommandError, match="There is no interaction 0"):
        why(0)


def test_why_nothing_is_offered_to_somebody(maya, chat, entry_point, queue):
    assert f"#{chat.pk}: they get it next" in why(agent="maya")
    full(maya, entry_point)
    told = why(agent="maya")
    assert "66 of 100 units of attention in use." in told
    assert "No room: no Chat free (2 of 2)." in told
    assert f"Support (Chat): 1 waiting, #{chat.pk}: no Chat free (2 of 2)" in told
    assert "Support (Voice): nothing waits" in told


def test_nothing_waits_and_who_is_asked_before_them(noon, maya, omar, queue):
    Agent.objects.filter(pk=omar.pk).update(idle_since=timezone.now() - MINUTE)
    told = why(agent="maya")
    assert "Nothing waits in the lines they serve." in told
    assert "Support (Chat): nothing waits; 1 asked before them" in told


def test_why_nothing_is_offered_to_who_is_away_or_serves_nothing(maya, chat):
    maya.choose_status("away", lunch(), by=maya.person)
    make_agent("Zoe")
    assert "Is not rung: Lunch." in why(agent="maya")
    assert "Serves no queue." in why(agent="zoe")
    with pytest.raises(CommandError, match="no agent nobody"):
        why(agent="nobody")


def test_work_that_waits_for_them_by_name_is_theirs_to_hear_of(maya, omar, talk, billing):
    """Omar does not serve Billing."""
    talk.transfer_to(billing, by=maya, agent=omar)
    found = why_nothing(omar.pk)
    assert [(line.queue, line.first, line.obstacles) for line in found.lines if line.waiting] == [
        (billing.pk, talk.pk, ())
    ]
