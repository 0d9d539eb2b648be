"""What may follow a line a moment later: how far it was read, and how its row looks in the agent's list.

Done for all screens of a web process in one visit to a thread: each on its own would cost as much as the line. A row is
drawn a turn after its marks were set, so a line and its being read are one change of it. Lines that come meanwhile go
first: both compute under the one lock of the interpreter, where a line beside rows would take twice as long.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from agents.models import Agent
from contactcenter.realtime import in_db
from contactcenter.realtime.screen import RELOAD
from interactions.models import Interaction, marks
from interactions.models.marks import Mark
from interactions.views import panes

if TYPE_CHECKING:
    from interactions.consumers import DeskConsumer

log = logging.getLogger(__name__)
EVERY = 0.25  # seconds
STANDS_BACK = 0.1  # seconds of a turn, at most
DRAWN_AS = ("desk/_work.html#row_pushed", "desk/_talk.html#read_pushed")

type Row = tuple[Agent, int]  # of whose list, for which interaction


class Shortly:
    def __init__(self) -> None:
        self._marks: dict[Mark, int] = {}
        self._rows: dict[Row, set[DeskConsumer]] = {}
        self._later: dict[Row, set[DeskConsumer]] = {}
        self._turns: asyncio.Task[None] | None = None
        self._lines = 0
        self._no_line = threading.Event()
        self._no_line.set()

    @contextmanager
    def standing_back(self) -> Iterator[None]:
        """While a line is on its way."""
        self._lines += 1
        self._no_line.clear()
        try:
            yield
        finally:
            self._lines -= 1
            if not self._lines:
                self._no_line.set()

    def mark(self, mark: Mark, seq: int) -> None:
        """Soon mark the lines up to this one."""
        self._marks[mark] = max(seq, self._marks.get(mark, 0))
        self._start()

    def draw(self, desk: "DeskConsumer", row: Row) -> None:
        """Soon show this row on this desk as it is by then."""
        waiting = self._rows if row in self._rows else self._later
        waiting.setdefault(row, set()).add(desk)
        self._start()

    def _start(self) -> None:
        if self._turns is None or self._turns.done():
            self._turns = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        while self._marks or self._rows or self._later:
            await asyncio.sleep(EVERY)
            ahead, self._marks = self._marks, {}
            rows, self._rows, self._later = self._rows, self._later, {}
            # A row must not be shown after a list that was read later: a desk that draws its list waits another turn.
            seen = {desk: desk.refreshes for desks in rows.values() for desk in desks if not desk.refreshing}
            try:
                late, drawn = await in_db(self._carry_out, ahead, list(rows))
            except Exception:
                log.exception("marks could not be set, or rows not be drawn")
                for desk in seen:
                    desk.drop(RELOAD)
                continue
            for mark in late:
                self.mark(mark, ahead[mark])
            for row, desks in rows.items():
                for desk in desks:
                    if seen.get(desk) != desk.refreshes:
                        self.draw(desk, row)
                    elif row in drawn:
                        desk.show({"type": "websocket.send", "text": drawn[row]})

    def _carry_out(self, ahead: dict[Mark, int], rows: list[Row]) -> tuple[set[Mark], dict[Row, str]]:
        """Marks that another turn must set, and rows as they are now."""
        until = time.monotonic() + STANDS_BACK
        self._let_lines_pass(until)
        late = marks.move(ahead) if ahead else set()
        self._let_lines_pass(until)
        found = panes.rows({pk for _agent, pk in rows}) if rows else {}
        drawn = {}
        for agent, pk in rows:
            if pk in found and found[pk].agent_id == agent.pk:
                self._let_lines_pass(until)
                drawn[agent, pk] = _drawn(agent, found[pk])
        return late, drawn

    def _let_lines_pass(self, until: float) -> None:
        self._no_line.wait(max(0, until - time.monotonic()))


def _drawn(agent: Agent, row: Interaction) -> str:
    context = {"interaction": row, "mine": True}
    with translation.override(agent.person.language), timezone.override(ZoneInfo(agent.person.time_zone)):
        return "".join(render_to_string(template, context) for template in DRAWN_AS)


_shortly: WeakKeyDictionary[asyncio.AbstractEventLoop, Shortly] = WeakKeyDictionary()


def get_shortly() -> Shortly:
    """The one of the running loop, which in a web process is the only one."""
    return _shortly.setdefault(asyncio.get_running_loop(), Shortly())
