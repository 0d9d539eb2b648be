"""The wallboard for all who watch: computed once a second by the active router, however many they are."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from contactcenter.realtime import push
from contactcenter.realtime.audience import watched
from interactions.reports.agent_now import AgentNow
from interactions.reports.board import Board, QueueNow, Scope, board_now, scopes

log = logging.getLogger(__name__)
EVERY = 1.0  # seconds
RENEWED_WITHIN = 30  # boards; a row that a screen has missed is right again after so many

type Row = QueueNow | AgentNow


def board_group(scope: Scope, language: str) -> str:
    """One group per set of teams and language: what is pushed to it is the same for all who see it."""
    teams = "" if scope is None else "-" + "-".join(map(str, sorted(scope)))
    return f"wallboard{teams}.{language}"


class Publisher:
    """Remembers what was shown last, so that only rows that differ are rendered and sent."""

    def __init__(self) -> None:
        self.shown: dict[str, Board] = {}
        self.turn = 0

    def publish_board(self) -> set[str]:
        """Compute the board if anybody watches, and push to each scope what is new there; returns those scopes."""
        groups = {board_group(*view): view for view in product(scopes(), dict(settings.LANGUAGES))}
        watching = watched(groups)
        self.shown = {group: board for group, board in self.shown.items() if group in watching}
        if not watching:
            return watching
        self.turn += 1
        everything = board_now()
        for group in sorted(watching):
            scope, language = groups[group]
            board = everything.within(scope)
            with translation.override(language):
                push(group, {"type": "screen.patch", "html": self._news(board, self.shown.get(group))})
            self.shown[group] = board
        return watching

    def _news(self, board: Board, before: Board | None) -> str:
        """The stamp and the totals always; rows that changed, and in turn some that did not; all when the list did."""
        context: dict[str, object] = {"board": board}
        for name, rows, old in (
            ("queues", board.queues, before.queues if before else None),
            ("agents", board.at_work, before.at_work if before else None),
        ):
            if old is None or [row.id for row in rows] != [row.id for row in old]:
                context[f"all_{name}"] = True
            else:
                context[name] = list(self._changed(rows, old))
        return render_to_string("wallboard/_news.html", context)

    def _changed(self, rows: Iterable[Row], old: Iterable[Row]) -> Iterator[Row]:
        for row, was in zip(rows, old, strict=True):
            if row != was or row.id % RENEWED_WITHIN == self.turn % RENEWED_WITHIN:
                yield row


@contextmanager
def publishing() -> Iterator[None]:
    """Publish every second on a thread of its own: a slow board never holds up an offer."""
    stop = threading.Event()
    thread = threading.Thread(target=_publish_until, args=(stop,), name="wallboard", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _publish_until(stop: threading.Event) -> None:
    publisher = Publisher()
    try:
        while not stop.is_set():
            started = time.monotonic()
            try:
                publisher.publish_board()
            except Exception:
                log.exception("the wallboard could not be computed")
                connection.close()
            stop.wait(max(0.0, EVERY - (time.monotonic() - started)))
    finally:
        connection.close()
