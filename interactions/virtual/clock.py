"""From one event to the next: arrivals, offers, answers, ends of work, shifts, patience, steps of relaxation.

Who gets what is decided by the router's own pool and match, at the moments at which the router would wake. Pure: no
database and no real clock; what happens is told to a ledger.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import heappop

from interactions.routing.match import match
from interactions.routing.pool import AtWork, Line
from interactions.routing.rules import Rules
from interactions.virtual.hands import Doing, Hands
from interactions.virtual.happenings import Answering, Arrival, Ledger, Manner, Shift, at_once
from interactions.virtual.pieces import Piece, Ring
from interactions.virtual.room import Room


class VirtualTime(Room):
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
        super().__init__(rules, self.agents.values() if shifts is None else (), ledger, manners or {})
        self.answering = answering
        self.in_hand: dict[int, Piece] = {}
        self.hands = Hands(ledger, lambda moment, doing: self._at(moment, self._finish, doing))
        self.rings: dict[int, list[Ring]] = defaultdict(list)
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
            agent.load(channel, -1)
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
