"""Where work waits: into a line, past its limits, out again, and the moments at which more may be asked for it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappush
from itertools import count
from typing import Any

from interactions.routing.pool import AtWork, Line, Pool
from interactions.routing.rules import QueueRules, Rules
from interactions.virtual.happenings import Ledger, Manner
from interactions.virtual.lines import Lines
from interactions.virtual.pieces import HANDED_ON_FOR, Piece

USUAL = Manner()
QUEUE, INFORMAL = "queue", "informal"  # what may be done with work that may not wait; anything else: a message


class Room(ABC):
    """The waiting half of virtual time; the clock serves it."""

    def __init__(self, rules: Rules, agents: Iterable[AtWork], ledger: Ledger, manners: Mapping[int, Manner]) -> None:
        self.pool = Pool(rules, agents)
        self.ledger = ledger
        self.manners = {queue: manners.get(queue, USUAL) for queue in rules.queues}
        self.now = datetime.min.replace(tzinfo=UTC)
        self.lines = Lines()
        self.pieces: dict[int, Piece] = {}  # waiting and ringing ones
        self._due: list[tuple[datetime, int, Callable[[Any], None], Any]] = []
        self._numbers = count()
        self._looks = {queue.id: _moments(queue) for queue in rules.queues.values()}
        self._conditional = [(queue, n) for queue, manner in self.manners.items() for n in manner.when_nobody]

    def _at(self, moment: datetime, do: Callable[[Any], None], what: Any) -> None:
        heappush(self._due, (moment, next(self._numbers), do, what))

    @abstractmethod
    def _serve(self, lines: Iterable[Line]) -> None:
        """Bring these lines and whoever is free together."""

    def _enter(self, piece: Piece) -> None:
        """Into the queue of its next leg."""
        piece.next_leg()
        if piece.agent and not piece.leg.back:
            self._exclude(piece, piece.agent, self.now + HANDED_ON_FOR)
        manner = self.manners[piece.queue]
        if manner.longest_line and piece.live and not piece.nth and self._waiting(piece.queue) >= manner.longest_line:
            self._overflow(piece)
        else:
            self._wait(piece)

    def _wait(self, piece: Piece) -> None:
        queue, now = piece.queue, self.now
        row = piece.enter(self.pool.rules.queues[queue].strict, self.manners[queue], now)
        self._join(piece)
        self._serve([row.line])
        if piece.in_line:
            for moment in self._looks[queue]:
                self._at(now + moment, self._look, piece)
            if row.preferred_until:
                self._at(row.preferred_until, self._look, piece)
            longest = self.manners[queue].longest_wait
            if longest is not None and piece.live and self.manners[queue].overflow_action != INFORMAL:
                self._at(now + longest, self._too_long, (piece, queue))

    def _waiting(self, queue: int) -> int:
        """How many are on the line of this queue."""
        return sum(
            self.pieces[work.id].live for line in self.lines if line[0] == queue for work in self.lines.all(line)
        )

    def _too_long(self, what: tuple[Piece, int]) -> None:
        piece, queue = what
        if piece.in_line and piece.live and piece.queue == queue:
            self._overflow(piece)

    def _overflow(self, piece: Piece) -> None:
        """It may not wait here: on to another queue, or off the line; or informal employees are asked for the line."""
        manner = self.manners[piece.queue]
        piece.been.add(piece.queue)
        if manner.overflow_action == INFORMAL:
            rules = self.pool.rules.queues
            rules[piece.queue] = replace(rules[piece.queue], overflowed_at=self.now)
            self._wait(piece)
            return
        self._leave(piece)
        if manner.overflow_action == QUEUE and manner.overflow_to and manner.overflow_to not in piece.been:
            piece.queue = manner.overflow_to
            full = self.manners[piece.queue].longest_line
            if full and self._waiting(piece.queue) >= full:
                self._overflow(piece)
            else:
                self._wait(piece)
        else:
            piece.live, piece.over = False, True
            self.ledger.diverted(piece.arrival, self.now)
            self._wait(piece)

    def _join(self, piece: Piece) -> None:
        assert piece.row
        piece.in_line = True
        self.pieces[piece.row.id] = piece
        self.lines.join(piece.row)

    def _leave(self, piece: Piece) -> None:
        if piece.in_line and piece.row:
            piece.in_line = False
            self.lines.leave(piece.row)

    def _look(self, piece: Piece) -> None:
        """From this moment on more may be asked."""
        if piece.in_line and piece.row:
            self._serve([piece.row.line])

    def _exclude(self, piece: Piece, agent: AtWork, until: datetime) -> None:
        """Not offered to this agent until then."""
        piece.exclude(agent.id, until)
        self._at(until, self._readmit, piece)

    def _readmit(self, piece: Piece) -> None:
        in_line = piece.in_line
        self._leave(piece)
        piece.readmit(self.now)
        if in_line:
            self._join(piece)
            self._look(piece)

    def _hold_steps(self) -> None:
        """Steps that come when nobody is there for those before (see routing/health.py)."""
        for queue, number in self._conditional:
            if self._waiting(queue) and self.pool.nobody_before(number, queue):
                self.pool.rules.held(queue, number, self.now)


def _moments(queue: QueueRules) -> list[timedelta]:
    """After how much waiting more may be asked for its work."""
    moments = {queue.overflow_after, queue.prefer_within, *(step.after for step in queue.steps)}
    return sorted(moment for moment in moments if moment)
