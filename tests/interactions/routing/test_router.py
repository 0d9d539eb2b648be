"""One pass: what it offers, what it reads, what it leaves alone."""

import re
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import sql

from agents.channels import Channel
from agents.models import Agent
from contactcenter.benches.router.floor import open_queues, sign_in
from contactcenter.sql import array
from interactions.management.commands.router import BY_INDEX
from interactions.models import Exclusion, Interaction, Membership, Offer
from interactions.models.offer_rule import RINGS_FOR
from interactions.routing import claim as claims
from interactions.routing.claim import claim
from interactions.routing.match import Match
from interactions.routing.router import Router, route
from tests.cast import (
    load_of,
    make_active,
    make_agent,
    make_chat,
    make_entry_point,
    make_offer,
    make_queue,
    make_state,
    numbers_of,
)


def ringing():
    """Whose phone rings with what."""
    return dict(Offer.objects.pending().values_list("interaction", "agent"))


def test_a_pass_offers_waiting_work(noon, maya, chat, queue, shown):
    with shown() as pushes:
        (offer,) = route()
    chat.refresh_from_db()
    assert (chat.state, chat.agent, ringing()) == ("offered", None, {chat.pk: maya.pk})
    assert offer.expires_at == timezone.now() + RINGS_FOR[Channel.CHAT]
    assert load_of(maya) == 1
    event = chat.events.last()
    assert (event.what, event.agent, event.by, event.why) == ("offered", maya, None, "rank 1, longest idle")
    assert event.seq == chat.last_seq
    assert {"g": maya.screen, "type": "screen.refresh", "what": "offers", "id": chat.pk} in pushes
    assert {"g": f"visitor-{chat.pk}", "type": "screen.refresh", "what": "state", "id": chat.pk} in pushes
    assert route() == []


def test_nothing_without_work_or_without_agents(maya, queue):
    assert route() == []
    maya.choose_status("away", by=maya.person)
    make_chat(make_entry_point(queue))
    assert route() == []


def test_a_claim_looks_up_the_leases_of_its_agents_and_of_nobody_else(db):
    """Also by the plan made for whichever agents are asked for, in a centre of a thousand."""
    open_queues()
    sign_in(1000)
    ready, params = claims.READY.written(timezone.now(), array([Agent.objects.first().pk]))
    numbers = count(1)
    statement = re.sub("%s", lambda _place: f"${next(numbers)}", claims.PLACES.format(ready=ready))
    session = connection.connection
    session.execute("analyze")
    for setting in (*BY_INDEX.split("-c ")[1:], "plan_cache_mode=force_generic_plan"):
        session.execute(f"set local {setting}")
    session.execute(f"prepare places as {statement}")
    given = sql.SQL(", ").join(map(sql.Literal, (str(param) for param in params)))
    plan = session.execute(sql.SQL("explain execute places ({})").format(given)).fetchall()
    session.execute("deallocate places")
    assert any(re.search(r"Index Cond: \(+agent_id = agents_agent\.id", line) for (line,) in plan), plan


@pytest.mark.parametrize("state", ["active", "parked", "wrap_up", "closed", "abandoned", "spam"])
def test_r18_only_waiting_work_is_routed(state, chat, maya, omar):
    chat = make_state(state, chat, maya)
    assert route() == []
    assert Interaction.objects.get(pk=chat.pk).state == state


def test_r06_the_oldest_first_and_a_further_line_keeps_the_place(noon, ines, entry_point, queue):
    queue.overflow_after = timedelta(0)
    queue.save()
    first = make_chat(entry_point)
    noon.shift(timedelta(seconds=1))
    make_chat(entry_point)
    first.hear("Still waiting")
    assert [o.interaction for o in route()] == [first]


def test_r07_what_nobody_can_take_does_not_hold_up_the_next(noon, maya, queue, entry_point, billing):
    """Another channel, an unattended queue, one Maya has declined: as many as there are, they are passed over."""
    calls = make_entry_point(queue, "calls", channel="email")
    unattended = make_entry_point(billing, "billing")
    for _ in range(5):
        make_chat(calls)
        make_chat(unattended)
        make_chat(entry_point).exclude(maya, timezone.now() + timedelta(minutes=1))
    noon.shift(timedelta(seconds=1))
    later = make_chat(entry_point)
    assert [(o.interaction, o.agent_id) for o in route()] == [(later, maya.pk)]


def test_r07_transferred_work_that_may_not_overflow_yet_does_not_hold_up_what_may(noon, ines, entry_point):
    old, waiting = make_chat(entry_point), make_chat(entry_point)
    noon.shift(timedelta(seconds=61))
    Interaction.objects.filter(pk=old.pk).update(queued_at=timezone.now())
    assert [o.interaction for o in route()] == [waiting]


def test_r16_a_call_that_waits_gets_room_though_chats_wait_as_well(noon, queue, entry_point, team):
    """Her last free place is not given away again and again: she drains for the call, and takes it."""
    zoe = make_agent("Zoe", team=team, capacities={"voice": 1, "chat": 3})
    talks = [make_active(make_chat(entry_point), zoe) for _ in range(3)]
    router = Router()
    call = make_chat(make_entry_point(queue, "calls", channel="voice"))
    noon.shift(timedelta(seconds=1))
    make_chat(entry_point)
    assert router.serve_all() == []
    for talk in talks:
        talk.end(by=zoe)
        talk.complete_wrap_up(by=zoe.person)
        router.look_at([zoe.pk])
        offers = router.serve([], [zoe.pk])
        assert [offer.interaction_id for offer in offers] == ([call.pk] if talk == talks[-1] else [])


def test_r09_declined_is_not_for_ever(noon, maya, chat, queue):
    make_offer(chat, maya).decline()
    assert route() == []
    noon.shift(queue.excluded_for - timedelta(seconds=1))
    assert route() == []
    noon.shift(timedelta(seconds=1))
    assert [o.agent_id for o in route()] == [maya.pk]


def test_r09_nor_when_the_only_other_agent_is_absent(noon, maya, omar, chat, queue):
    omar.close_lease(omar.leases.get().connection)
    make_offer(chat, maya).decline()
    noon.shift(queue.excluded_for)
    assert ringing() == {}
    route()
    assert ringing() == {chat.pk: maya.pk}


def test_r13_a_next_status_stops_new_work_at_once(maya, chat, entry_point):
    make_active(chat, maya)
    maya.choose_status("away", by=maya.person)
    make_chat(entry_point)
    assert route() == []


def test_r17_informal_employees_from_the_set_second_on(noon, ines, chat, queue):
    placed = chat.place_at
    noon.shift(queue.overflow_after - timedelta(seconds=1))
    assert route() == []
    noon.shift(timedelta(seconds=1))
    (offer,) = route()
    chat.refresh_from_db()
    assert (offer.agent_id, chat.place_at) == (ines.pk, placed)
    assert chat.events.last().why == "overflow"


def test_r17_formal_agents_first_even_then(noon, ines, maya, chat, queue):
    noon.shift(queue.overflow_after)
    assert [o.agent_id for o in route()] == [maya.pk]


def test_r23_a_transfer_excludes_the_sender_and_keeps_the_original_wait(noon, maya, omar, chat, entry_point, queue):
    talk = make_active(chat, maya)
    noon.shift(timedelta(seconds=5))
    later = make_chat(entry_point)
    omar.capacities.filter(channel="chat").update(maximum=1)
    talk.transfer_to(queue, by=maya)
    route()
    assert ringing() == {talk.pk: omar.pk, later.pk: maya.pk}


def test_r24_a_colleague_asked_by_name_is_first_if_free(noon, maya, omar, talk, queue):
    zoe = make_agent("Zoe", idle_since=timezone.now() - timedelta(hours=1))
    Membership.objects.create(queue=queue, agent=zoe)
    talk.transfer_to(queue, by=maya, agent=omar)
    route()
    assert ringing() == {talk.pk: omar.pk}


def test_r24_deep_in_a_line_that_nobody_else_serves_too(noon, maya, omar, talk, billing):
    """Omar does not serve Billing: its line is not read for him, only what asks for him by name."""
    door = make_entry_point(billing, "billing", priority=60)
    for _ in range(3):
        make_chat(door)
    talk.transfer_to(billing, by=maya, agent=omar)
    assert [(o.interaction, o.agent_id) for o in route()] == [(talk, omar.pk)]


def test_r24_and_anybody_else_when_not(noon, maya, omar, talk, queue):
    zoe = make_agent("Zoe")
    Membership.objects.create(queue=queue, agent=zoe)
    omar.choose_status("away", by=omar.person)
    talk.transfer_to(queue, by=maya, agent=omar)
    route()
    assert ringing() == {talk.pk: zoe.pk}


def test_r25_agents_serve_two_queues_independently(maya, entry_point, billing, team):
    Membership.objects.create(queue=billing, team=team)
    one, other = make_chat(entry_point), make_chat(make_entry_point(billing, "billing"))
    route()
    assert ringing() == {one.pk: maya.pk, other.pk: maya.pk}


def test_r27_who_was_rung_last_is_rung_last_after_a_restart_too(noon, maya, omar, entry_point):
    """The turn is kept in the rows, so that there is nothing a restart could forget."""
    rung = []
    for _ in range(4):
        noon.shift(timedelta(seconds=1))
        chat = make_chat(entry_point)
        (offer,) = route()
        rung.append(offer.agent_id)
        chat.refresh_from_db()
        chat.leave()
    assert rung in ([maya.pk, omar.pk] * 2, [omar.pk, maya.pk] * 2)


def claimed(*matches):
    return claim(list(matches), timezone.now())


def test_a_claim_looks_again(maya, omar, chat, entry_point, billing):
    """Between the match and the claim the work was answered, moved to another queue, or the agent has left."""
    other = make_chat(entry_point)
    assert claimed(Match(chat.pk, billing.pk, maya.pk, "moved")) == []
    make_active(chat, omar)
    assert claimed(Match(chat.pk, chat.queue_id, maya.pk, "answered")) == []
    maya.close_lease(maya.leases.get().connection)
    assert claimed(Match(other.pk, other.queue_id, maya.pk, "gone")) == []
    assert (load_of(maya), Offer.objects.pending().count()) == (0, 0)


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_a_claim_never_takes_more_places_than_are_left(maya, entry_point, queue, at_once, monkeypatch):
    """However many are written in one part, and while the next are looked at."""
    monkeypatch.setattr(claims, "AT_ONCE", at_once)
    chats = [make_chat(entry_point) for _ in range(3)]
    offers = claimed(*[Match(c.pk, queue.pk, maya.pk, "stale room") for c in chats])
    assert [o.interaction for o in offers] == chats[:2]
    assert load_of(maya) == 2


def test_work_that_rings_at_several_may_be_parted(maya, omar, chat, queue, monkeypatch):
    monkeypatch.setattr(claims, "AT_ONCE", 1)
    offers = claimed(*[Match(chat.pk, queue.pk, agent.pk, "both") for agent in (maya, omar)])
    assert [o.agent_id for o in offers] == [maya.pk, omar.pk]
    before = chat.last_seq
    chat.refresh_from_db()
    assert (chat.last_seq, numbers_of(chat)) == (before + 2, [*range(1, before + 3)])


def make_line(entry_point, count):
    """Very many waiting, written at once."""
    first = make_chat(entry_point)
    rows = [
        Interaction(channel="chat", queue=first.queue, entry_point=entry_point, customer=first.customer)
        for _ in range(count - 1)
    ]
    Interaction.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("analyze interactions_interaction")
    return first


def rows_read(cursor):
    cursor.execute(
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables"
        " where relname = 'interactions_interaction'"
    )
    return cursor.fetchone()[0]


def cost_of_a_pass():
    """Rows of interactions touched, queries sent, offers made."""
    with (
        connection.cursor() as cursor,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        before = rows_read(cursor)
        offers = route()
        return rows_read(cursor) - before, len(queries) - 2, len(offers)


def test_r28_a_pass_costs_what_the_free_room_costs_not_the_backlog(maya, omar, entry_point, chat):
    few = cost_of_a_pass()
    Offer.objects.all().delete()
    Interaction.objects.update(state="abandoned", ended_at=timezone.now())
    for agent in (maya, omar):
        agent.capacities.update(load=0)
    make_line(entry_point, 10_000)
    many = cost_of_a_pass()
    assert (few[2], many[2]) == (1, 4)
    assert many[0] < 100, "rows read, of ten thousand"
    assert many[1] == few[1], "queries"
    full = cost_of_a_pass()
    assert full[2] == 0
    assert full[0] < 100


def test_r28_nor_does_it_cost_more_with_an_odd_line(maya, entry_point, queue, ines):
    """Only an informal employee is free and nothing may overflow yet: a bounded look, not ten thousand rows."""
    maya.choose_status("away", by=maya.person)
    first = make_line(entry_point, 10_000)
    held = make_queue("Held")
    Interaction.objects.filter(pk=first.pk).update(
        queue=held, preferred_agent=ines, preferred_until=timezone.now() + timedelta(minutes=1)
    )
    Exclusion.objects.create(interaction=first, agent=maya, until=timezone.now() + timedelta(minutes=1))
    rows, _queries, offers = cost_of_a_pass()
    assert offers == 1
    assert rows < 1_100, "rows read, of ten thousand"


def test_r16_nor_does_a_line_of_calls_keep_a_chat_waiting_for_ever(noon, maya, queue, entry_point):
    """The freed hands take what came first, whatever its channel."""
    calls = make_entry_point(queue, "calls", channel="voice")
    busy = make_active(make_chat(calls), maya)
    noon.shift(timedelta(seconds=1))
    chat = make_chat(entry_point)
    for _ in range(9):
        noon.shift(timedelta(seconds=1))
        make_chat(calls)
    busy.end(by=maya)
    busy.complete_wrap_up(by=maya.person)
    assert [offer.interaction for offer in route()] == [chat]
