"""From one event to the next: arrivals, offers, answers, ends of work, shifts, patience, steps of relaxation.

Who gets what is decided by the router's own pool and match, at the moments at which the router would wake. Pure: no
database and no real clock; what happens is told to a ledger.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from interactions.routing.match import match
from interactions.routing.pool import AtWork, Line, Pool
from interactions.routing.rules import QueueRules, Rules
from interactions.virtual.hands import Doing, Hands
from interactions.virtual.happenings import Answering, Arrival, Ledger, Manner, Shift, at_once
from interactions.virtual.lines import Lines
from interactions.virtual.pieces import HANDED_ON_FOR, Piece, Ring

USUAL = Manner()
QUEUE, INFORMAL = "queue", "informal"  # what may be done with work that may not wait; anything else: a message


class VirtualTime:
    """A centre under these rules with these agents; `shifts` says when who is there, without them all always are."""

    def __init__(
        self,
        rules: Rules,
        agents: Iterable[AtWork],
        ledger: Ledger,
        *,
        shifts: Iterable[Shift] | None = None,
        answering: Answering = at_once,
        manners: Mapping[int, Manner] | None = None,
    ) -> None:
        self.agents = {agent.id: agent for agent in agents}
        self.pool = Pool(rules, self.agents.values() if shifts is None else ())
        self.ledger = ledger
        self.answering = answering
        self.manners = {queue: (manners or {}).get(queue, USUAL) for queue in rules.queues}
        self.now = datetime.min.replace(tzinfo=UTC)
        self.lines = Lines()
        self.pieces: dict[int, Piece] = {}  # waiting and ringing ones
        self.in_hand: dict[int, Piece] = {}
        self.hands = Hands(ledger, lambda moment, doing: self._at(moment, self._finish, doing))
        self.rings: dict[int, list[Ring]] = defaultdict(list)
        self._due: list[tuple[datetime, int, Callable[[Any], None], Any]] = []
        self._numbers = count()
        self._looks = {queue.id: _moments(queue) for queue in rules.queues.values()}
        self._conditional = [(queue, n) for queue, manner in self.manners.items() for n in manner.when_nobody]
        for shift in shifts or ():
            self._at(shift.at, self._change_shift, shift)

    def run(self, arrivals: Iterable[Arrival]) -> None:
        """Let all this happen in order of time, until everything that anybody took has ended."""
        coming, due = iter(arrivals), self._due
        following = next(coming, None)
        while due or following:
            if following is None or (due and due[0][0] <= following.at):
                self.now, _number, do, what = heappop(due)
                do(what)
            else:
                self.now = following.at
                self._arrive(Piece(following, following.live))
                following = next(coming, None)

    def _at(self, moment: datetime, do: Callable[[Any], None], what: Any) -> None:
        heappush(self._due, (moment, next(self._numbers), do, what))

    # customers

    def _arrive(self, piece: Piece) -> None:
        self._enter(piece)
        if piece.arrival.patience is not None and not piece.over:
            self._at(piece.arrival.at + piece.arrival.patience, self._abandon, piece)

    def _abandon(self, piece: Piece) -> None:
        if piece.over:
            return
        piece.over = True
        freed = [self._withdraw(ring) for ring in list(piece.rings)]
        self._leave(piece)
        del self.pieces[piece.arrival.id]
        self.ledger.abandoned(piece.arrival, self.now)
        self._serve(self.pool.lines_of(freed))

    # the line

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

    # the router

    def _serve(self, lines: Iterable[Line]) -> None:
        """What the router does when it is woken for these lines; for all of them while somebody drains."""
        pool = self.pool
        pool.settle()
        if self._conditional:
            self._hold_steps()
        if pool.draining:
            pool.end_drains()
            lines = list(self.lines)
        while (heads := self.lines.heads(lines, pool, self.now)) and (matches := match(heads, pool, self.now)):
            rings = [Ring(self.pieces[m.interaction], pool.agents[m.agent]) for m in matches]
            for ring in rings:
                self._leave(ring.piece)
                ring.piece.rings.append(ring)
                self.rings[ring.agent.id].append(ring)
            for ring in rings:
                self._ring(ring)

    def _hold_steps(self) -> None:
        """Steps that come when nobody is there for those before (see routing/health.py)."""
        for queue, number in self._conditional:
            if self._waiting(queue) and self.pool.nobody_before(number, queue):
                self.pool.rules.held(queue, number, self.now)

    # offers

    def _ring(self, ring: Ring) -> None:
        if ring.over:  # it rang at several, and one of them has it already
            return
        after, ring.accepts = self.answering(ring.piece.arrival, ring.piece.leg, ring.agent.id)
        if after:
            self._at(self.now + after, self._answer, ring)
        else:
            self._answer(ring)

    def _answer(self, ring: Ring) -> None:
        if ring.over:
            return
        piece = ring.piece
        if ring.accepts:
            self._end(ring)
            freed = [self._withdraw(other) for other in list(piece.rings)]
            self._begin(piece, ring.agent)
            if freed:
                self._serve(self.pool.lines_of(freed))
        else:
            agent = self._withdraw(ring)
            self._exclude(piece, ring.agent, self.now + self.manners[piece.queue].excluded_for)
            self._come_back([piece], [agent])

    def _withdraw(self, ring: Ring) -> int:
        self._end(ring)
        self._give_back(ring.agent, ring.piece.arrival.channel)
        return ring.agent.id

    def _end(self, ring: Ring) -> None:
        ring.over = True
        ring.piece.rings.remove(ring)
        self.rings[ring.agent.id].remove(ring)

    def _come_back(self, pieces: list[Piece], agents: list[int]) -> None:
        """Into line again with their age, those that ring at nobody else; these agents are free."""
        lines = self.pool.lines_of(agents)
        for piece in pieces:
            if piece.row and not piece.rings:
                self._join(piece)
                lines.add(piece.row.line)
        self._serve(lines)

    # agents

    def _begin(self, piece: Piece, agent: AtWork) -> None:
        piece.row, piece.agent = None, agent
        self.in_hand[piece.arrival.id] = self.pieces.pop(piece.arrival.id)
        if not piece.over:
            piece.over = True
            self.ledger.answered(piece.arrival, self.now)
        self.hands.begin(piece.arrival, agent, piece.leg.takes, self.now)

    def _finish(self, doing: Doing) -> None:
        """A leg is over, and its place is free."""
        if not self.hands.end(doing, self.now):
            return
        piece, agent = self.in_hand.pop(doing.arrival.id), doing.agent
        self._give_back(agent, piece.arrival.channel, self.now)
        if piece.nth + 1 < len(piece.arrival.legs):
            self._at(self.now + piece.arrival.legs[piece.nth + 1].after, self._enter, piece)
        self._serve(self.pool.lines_of([agent.id]))

    def _give_back(self, agent: AtWork, channel: str, idle_since: datetime | None = None) -> None:
        if agent.id in self.pool.agents:
            self.pool.give_back(agent.id, channel, idle_since)
        else:
            agent.places[channel].load -= 1
            agent.idle_since = idle_since or agent.idle_since

    def _change_shift(self, shift: Shift) -> None:
        agent = self.agents[shift.agent]
        agent.drains_for = None
        if shift.there:
            self.pool.put(agent)
            self._come_back([], [agent.id])
        else:
            self.pool.drop(agent.id)
            rings = list(self.rings[agent.id])
            for ring in rings:
                self._withdraw(ring)
            self._come_back([ring.piece for ring in rings], [])
            self._serve([line for line in self.lines if self.manners[line[0]].when_nobody])


def _moments(queue: QueueRules) -> list[timedelta]:
    """After how much waiting more may be asked for its work."""
    moments = {queue.overflow_after, queue.prefer_within, *(step.after for step in queue.steps)}
    return sorted(moment for moment in moments if moment)
