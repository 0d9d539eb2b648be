"""A row that cannot be routed is set aside with its reason; whatever else waits is served all the same."""

import pytest
from django.db import connection

from interactions.models import Event, Interaction, Offer
from interactions.routing import claim as claims
from interactions.routing import poison, router
from interactions.routing.match import match
from interactions.routing.router import Router
from tests.cast import make_chat, make_entry_point


def poisoned(interaction):
    """Its next number is taken: any claim of it fails."""
    Event.objects.create(interaction=interaction, seq=interaction.last_seq + 1, what="arrived")
    return interaction


def states():
    return dict(Interaction.objects.values_list("pk", "state"))


@pytest.mark.parametrize("at_once", [1, 1000])
def test_a_claim_that_fails_is_set_aside_and_the_others_are_served(maya, omar, entry_point, at_once, monkeypatch):
    monkeypatch.setattr(claims, "AT_ONCE", at_once)
    bad, good, last = poisoned(make_chat(entry_point)), make_chat(entry_point), make_chat(entry_point)
    served = Router()
    assert {offer.interaction_id for offer in served.serve_all()} == {good.pk, last.pk}
    assert states() == {bad.pk: "set_aside", good.pk: "offered", last.pk: "offered"}
    bad.refresh_from_db()
    assert bad.set_aside_why.startswith("IntegrityError: duplicate key")
    assert served.serve_all() == []


def test_a_match_that_fails_is_set_aside_too(maya, omar, entry_point, monkeypatch):
    bad, good = make_chat(entry_point), make_chat(entry_point)

    def fails(waiting, pool, now):
        if any(work.id == bad.pk for work in waiting):
            raise ValueError("no such thing")
        return match(waiting, pool, now)

    monkeypatch.setattr(router, "matching", fails)
    monkeypatch.setattr(poison, "match", fails)
    assert [offer.interaction_id for offer in Router().serve_all()] == [good.pk]
    bad.refresh_from_db()
    assert (bad.state, bad.set_aside_why) == ("set_aside", "ValueError: no such thing")


def test_an_agent_with_whom_everything_fails_is_left_out_instead(maya, omar, entry_point):
    chats = {make_chat(entry_point).pk for _ in range(3)}
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("create function refuse() returns trigger language plpgsql as $$begin raise 'broken'; end$$")
        cursor.execute(
            "create trigger refuse before update on agents_agent for each row"
            f" when (old.id = {maya.pk}) execute function refuse()"
        )
    served = Router()
    served.serve_all()
    served.serve([entry_point.queue_id])
    assert set(Offer.objects.values_list("agent", flat=True)) == {omar.pk}
    assert Offer.objects.filter(interaction__in=chats).count() == 2, "as many as he has room for"
    assert sorted(states().values()) == ["offered", "offered", "queued"]


def test_when_everything_fails_it_is_not_the_work(maya, omar, entry_point, monkeypatch, caplog):
    """A router that no longer fits the database, during an upgrade, must not empty the lines."""
    chats = {make_chat(entry_point).pk for _ in range(poison.ALL_AFTER)}

    def fails(matches, now):
        raise ValueError("column does not exist")

    for module in (router, poison):
        monkeypatch.setattr(module, "claim", fails)
    assert Router().serve_all() == []
    assert states() == dict.fromkeys(chats, "queued")
    assert "nothing can be offered at all" in caplog.text
    monkeypatch.undo()
    assert Router().serve_all(), "as soon as one fits"


def test_what_cannot_even_be_set_aside_is_looked_at_once(maya, entry_point, monkeypatch):
    bad, good = poisoned(make_chat(entry_point)), make_chat(entry_point)
    tried = []

    def fails(pk, why):
        tried.append(pk)
        raise ValueError("not this one")

    monkeypatch.setattr(poison, "_by_its_verb", fails)
    monkeypatch.setattr(poison, "_by_hand", fails)
    served = Router()
    assert [offer.interaction_id for offer in served.serve_all()] == [good.pk]
    served.serve_all()
    assert tried == [bad.pk, bad.pk]


@pytest.fixture
def without_constraints(db):
    """As in a restored dump whose constraints were lost."""
    with connection.cursor() as cursor:
        cursor.execute("alter table interactions_interaction drop constraint interaction_channel_known")
        cursor.execute("alter table interactions_interaction alter queue_id drop not null")
        cursor.execute("alter table interactions_interaction alter channel drop not null")


def test_what_no_line_shows_is_found_and_set_aside(without_constraints, maya, entry_point, billing):
    other = make_entry_point(billing, "billing")
    chats = [make_chat(other) for _ in range(4)]
    for chat, broken in zip(chats, ({"channel": "telex"}, {"queue": None}, {"channel": None}, {}), strict=True):
        Interaction.objects.filter(pk=chat.pk).update(**broken)
    good = make_chat(entry_point)
    served = Router()
    assert [offer.interaction_id for offer in served.serve_all()] == [good.pk]
    assert poison.search(served) == 3
    reasons = [Interaction.objects.get(pk=chat.pk).set_aside_why for chat in chats]
    assert reasons == ["unknown channel: telex", "no queue", "no channel", ""]
    assert poison.search(served) == 0


def test_an_empty_house_has_nothing_unseen(db):
    assert poison.search(Router()) == 0
