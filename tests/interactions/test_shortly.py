"""Marks and rows follow a moment later, those of all screens together."""

import asyncio
import threading
from contextlib import ExitStack
from typing import Any

import pytest

from contactcenter.realtime.screen import RELOAD
from interactions import shortly
from interactions.models.marks import Mark
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
        _late, drawn = shortly.Shortly()._carry_out({}, rows)
    assert drawn.keys() == set(rows[:2])
    assert all(f'id="row-{pk}"' in html and "data-unread" in html for (_agent, pk), html in drawn.items())
    marks = {Mark(talk.pk, "agent_read", by=maya.pk): 999, Mark(other.pk, "agent_read", by=omar.pk): 999}
    late, drawn = shortly.Shortly()._carry_out(marks, rows)
    assert late == set()
    assert ["data-unread" in drawn[row] for row in rows[:2]] == [False, True]


async def test_what_is_asked_for_often_is_done_once_and_never_behind_a_newer_list(maya, monkeypatch):
    turns: list[tuple[dict[Mark, int], list[Any]]] = []
    soon, calm, busy, row, mark = shortly.Shortly(), Desk(), Desk(), (maya, 7), Mark(7, "customer_read")

    async def at_once(carry_out: Any, marks: dict[Mark, int], rows: list[Any]) -> tuple[set[Mark], dict[Any, str]]:
        turns.append((marks, rows))
        busy.refreshing = busy.refreshing and not rows
        return {mark for mark in marks if len(turns) == 1}, dict.fromkeys(rows, f"turn {len(turns)}")

    monkeypatch.setattr(shortly, "in_db", at_once)
    monkeypatch.setattr(shortly, "EVERY", 0)
    busy.refreshing = True
    for desk in (calm, busy, calm):
        soon.draw(desk, row)
    for seq in (3, 5, 4):
        soon.mark(mark, seq)
    await asyncio.gather(calm.changed.wait(), busy.changed.wait())
    assert turns[0] == ({mark: 5}, []), "marks first, so that the row shows them"
    assert [marks for marks, _rows in turns[1:3]] == [{mark: 5}, {}], "a mark that came too early is set a turn later"
    assert (calm.shown, busy.shown) == (["turn 2"], ["turn 4"])


@pytest.mark.django_db
def test_what_follows_stands_back_while_a_line_is_on_its_way_but_not_for_ever(talk, maya, monkeypatch):
    happened, soon, rows = [], shortly.Shortly(), [(maya, talk.pk)]
    monkeypatch.setattr(shortly, "_drawn", lambda *_: happened.append("drawn"))
    monkeypatch.setattr(shortly, "STANDS_BACK", 30)
    line = ExitStack()
    line.enter_context(soon.standing_back())
    line.callback(happened.append, "said")
    with soon.standing_back():
        pass
    threading.Timer(0.05, line.close).start()
    soon._carry_out({}, rows)
    assert happened == ["said", "drawn"], "it waits for the last of two"
    monkeypatch.setattr(shortly, "STANDS_BACK", 0.05)
    with soon.standing_back():
        soon._carry_out({}, rows)
    assert happened == ["said", "drawn", "drawn"]


async def test_a_desk_whose_row_cannot_be_drawn_begins_anew(maya, monkeypatch):
    async def fails(*_: Any) -> None:
        raise RuntimeError

    soon, desk = shortly.Shortly(), Desk()
    monkeypatch.setattr(shortly, "in_db", fails)
    monkeypatch.setattr(shortly, "EVERY", 0)
    soon.draw(desk, (maya, 7))
    await desk.changed.wait()
    assert desk.shown == [RELOAD]
