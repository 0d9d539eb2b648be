"""Marks and rows follow a moment later, those of all screens together."""

import asyncio
from typing import Any

import pytest

from contactcenter.realtime.screen import RELOAD
from interactions import shortly
from interactions.models import Interaction
from tests.cast import make_active, make_chat


class Desk:
    def __init__(self) -> None:
        self.refreshes, self.refreshing, self.shown = 0, False, []
        self.changed = asyncio.Event()

    def show(self, frame: dict[str, Any]) -> None:
        self.shown.append(frame["text"])
        self.changed.set()

    def drop(self, code: int) -> None:
        self.shown.append(code)
        self.changed.set()


@pytest.mark.django_db
def test_only_who_has_the_work_marks_it_and_sees_its_row(talk, maya, omar, entry_point, django_assert_num_queries):
    other = make_active(make_chat(entry_point, text="And I?"), maya)
    for work in (talk, other):
        work.hear("One more")
    rows = [(agent, work.pk) for agent in (maya, omar) for work in (talk, other)]
    with django_assert_num_queries(1):
        drawn = shortly._carry_out({}, rows)
    assert drawn.keys() == set(rows[:2])
    assert all(f'id="row-{pk}"' in html and "data-unread" in html for (_agent, pk), html in drawn.items())
    marks = {(Interaction.read_by_agent, talk.pk, maya): 999, (Interaction.read_by_agent, other.pk, omar): 999}
    drawn = shortly._carry_out(marks, rows)
    assert ["data-unread" in drawn[row] for row in rows[:2]] == [False, True]


async def test_what_is_asked_for_often_is_done_once_and_never_behind_a_newer_list(maya, monkeypatch):
    turns: list[tuple[dict[Any, int], list[Any]]] = []
    soon, calm, busy, row = shortly.Shortly(), Desk(), Desk(), (maya, 7)

    async def at_once(carry_out: Any, marks: dict[Any, int], rows: list[Any]) -> dict[Any, str]:
        turns.append((marks, rows))
        busy.refreshing = busy.refreshing and not rows
        return dict.fromkeys(rows, f"turn {len(turns)}")

    monkeypatch.setattr(shortly, "in_db", at_once)
    monkeypatch.setattr(shortly, "EVERY", 0)
    busy.refreshing = True
    for desk in (calm, busy, calm):
        soon.draw(desk, row)
    for seq in (3, 5, 4):
        soon.mark(Interaction.read_by_customer, 7, seq)
    await asyncio.gather(calm.changed.wait(), busy.changed.wait())
    assert turns[0] == ({(Interaction.read_by_customer, 7, None): 5}, []), "marks first, so that the row shows them"
    assert (calm.shown, busy.shown) == (["turn 2"], ["turn 4"])


async def test_a_desk_whose_row_cannot_be_drawn_begins_anew(maya, monkeypatch):
    async def fails(*_: Any) -> None:
        raise RuntimeError

    soon, desk = shortly.Shortly(), Desk()
    monkeypatch.setattr(shortly, "in_db", fails)
    monkeypatch.setattr(shortly, "EVERY", 0)
    soon.draw(desk, (maya, 7))
    await desk.changed.wait()
    assert desk.shown == [RELOAD]
