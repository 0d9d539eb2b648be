"""How far each side has read."""

import pytest

from interactions.models import marks
from interactions.models.marks import Mark
from tests.cast import frames

SIDES = ["agent_read", "customer_read", "customer_received"]


@pytest.mark.parametrize("side", SIDES)
def test_marks_only_move_ahead_and_not_past_the_end(side, talk, shown):
    mark = Mark(talk.pk, side)
    for seq, stands in ((2, 2), (1, 2), (999, talk.last_seq)):
        assert marks.move({mark: seq}) == set()
        talk.refresh_from_db()
        assert getattr(talk, side) == stands
    with shown() as pushes:
        marks.move({mark: 2})
    assert pushes == [], "nothing new, nothing to show"


def test_what_the_customer_read_was_also_received(talk, maya, shown):
    with shown() as pushes:
        marks.move({Mark(talk.pk, "customer_read"): 2})
    talk.refresh_from_db()
    assert (talk.customer_read, talk.customer_received) == (2, 2)
    (page,) = frames(pushes, "screen.json")
    assert page["data"] == {"type": "read", "agent_read": talk.agent_read, "customer_read": 2}
    assert [p["what"] for p in frames(pushes, "screen.refresh") if p["g"] == maya.screen] == ["row"]


def test_of_all_conversations_all_sides_move_and_only_who_has_one_reads_it(talk, maya, omar):
    asked = {
        Mark(talk.pk, "agent_read", by=maya.pk): 2,
        Mark(talk.pk, "agent_read", by=omar.pk): 3,
        Mark(talk.pk, "customer_read"): 1,
        Mark(talk.pk, "customer_received"): 2,
        Mark(2**63 - 1, "customer_read"): 1,
    }
    assert marks.move(asked) == set(), "what is gone is not tried again"
    talk.refresh_from_db()
    assert [getattr(talk, side) for side in SIDES] == [2, 1, 2]
