"""A line said in one statement is the line that a move would have made."""

import pytest
from django.db import transaction

from interactions.models import Draft, Interaction, live_line


def conversation(talk, maya, shown):
    """What four lines leave behind, in the tables and on both sides' screens; undone again."""
    work, before = Interaction(pk=talk.pk), transaction.savepoint_create()
    with shown() as pushes:
        said = [
            work.hear("line 0", client_id="c0"),
            work.reply(maya, "line 1", client_id="c1"),
            work.hear("line 2", client_id="c2"),
            work.hear("line 3", client_id="c3"),
        ]
    row = Interaction.objects.filter(pk=talk.pk).values().get()
    known = ("state", "channel", "agent_id", "customer_id", "last_seq", "last_line", "agent_read", "replied_at")
    assert [getattr(work, name) for name in known] == [row[name] for name in known]
    assert (row.pop("unanswered_since"), row.pop("replied_at")) == (said[2].at, said[1].at)
    stored = work.messages.order_by("seq").values_list("seq", "kind", "notice", "agent", "text", "client_id", "due_at")
    lines = [*stored, *((line.prev, line.files) for line in said)]
    frames = [push["data"] | {"at": ""} for push in pushes if push["type"] == "screen.json"]
    transaction.savepoint_rollback(before)
    return row, lines, frames, [(push["g"], push["type"]) for push in pushes]


def test_it_leaves_the_same_as_a_move(talk, maya, shown, monkeypatch):
    in_one_statement = conversation(talk, maya, shown)
    monkeypatch.setattr(Interaction, "_may_be_live", False)
    assert in_one_statement == conversation(talk, maya, shown)


def test_it_is_shown_to_the_other_side_first(talk, maya, shown):
    with shown() as pushes:
        talk.hear("Hello?")
        talk.reply(maya, "Yes?")
    mayas, customers = maya.screen, f"visitor-{talk.pk}"
    assert [push["g"] for push in pushes if push["type"] != "screen.refresh"] == [mayas, customers, customers, mayas]


def test_a_draft_is_said_by_its_line_and_no_other(talk, maya, omar):
    for agent in (maya, omar):
        Draft.objects.keep(talk, agent, "Hi th")
    assert live_line.replied(talk, omar, "Hi there", "b1") is None, "it is not his"
    assert live_line.replied(talk, maya, "Hi there", "b1")
    assert Draft.objects.get().agent == omar


@pytest.mark.parametrize(
    "other", [{"channel": "sms"}, {"state": "parked"}, {"live": False}, {"reply_due_at": "2026-01-01T00:00Z"}]
)
def test_what_is_no_live_chat_is_left_to_the_move(other, talk):
    Interaction.objects.filter(pk=talk.pk).update(**other)
    assert live_line.heard(Interaction(pk=talk.pk), "Still there?", "a1") is None
    assert Interaction.objects.get(pk=talk.pk).last_seq == talk.last_seq
