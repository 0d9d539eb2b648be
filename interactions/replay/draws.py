"""What the ledger cannot know, drawn by dice that fall the same for both runs.

Who was answered would have waited longer: as long again as others are ready to (patience without memory). What nobody
answered would have taken as long as other work of its queue. An agent answers an offer as one of the offers of that
channel was answered.
"""

import random
from datetime import timedelta

from interactions.models.queue import WrapUp
from interactions.replay.centre import rings
from interactions.replay.changes import Changed
from interactions.replay.day import Day, Part, Work
from interactions.virtual.happenings import NO_TIME, Answer, Arrival, Leg

ANSWERED_AFTER = timedelta(seconds=5)  # where the ledger knows no answer of that channel


class Draws:
    """One throw of all dice for a day, and what follows from it under these rules."""

    def __init__(self, day: Day, changed: Changed, seed: str) -> None:
        self.day, self.moved, self.seed = day, changed.moved, seed
        rules = changed.rules
        self.rings = rings(rules)
        self.queues = {queue["id"]: queue for queue in rules["queues"].values()}
        self.entry_points = rules["entry_points"]
        self.rung: dict[int, int] = {}

    def arrivals(self) -> list[Arrival]:
        dice = random.Random(self.seed)
        return [self._arrival(work, dice.random(), dice.random()) for work in self.day.works if self._known(work)]

    def answer(self, arrival: Arrival, leg: Leg, agent: int) -> Answer:
        """As one of the offers of this channel was answered, in the time the queue lets it ring."""
        nth = self.rung[arrival.id] = self.rung.get(arrival.id, 0) + 1
        rings_for, accepts_after = self.rings[leg.queue, arrival.channel]
        known = self.day.answers.get(arrival.channel)
        after, how = ANSWERED_AFTER, "accepted"
        if known:
            after, how = known[random.Random(f"{self.seed} {arrival.id} {nth}").randrange(len(known))]
        if accepts_after is not None and after >= accepts_after:
            return Answer(accepts_after)
        if how == "timed_out" or after >= rings_for:
            return Answer(rings_for, accepts=False)
        return Answer(after, how == "accepted")

    def _known(self, work: Work) -> bool:
        return work.queue in self.queues and all(part.queue in self.queues for part in work.parts)

    def _arrival(self, work: Work, patience: float, takes: float) -> Arrival:
        parts = work.parts
        if not parts:
            others = self.day.takes.get(work.queue) or self.day.takes.get(0) or [Part(work.queue, NO_TIME, NO_TIME)]
            parts = (others[int(takes * len(others))],)
        door = self.entry_points.get(work.entry_point)
        priority = door["priority"] if door else 0
        first = self.moved.get(work.entry_point, work.queue)
        legs = tuple(
            Leg(
                first if not n else part.queue,
                self._takes(part, last=n == len(parts) - 1),
                priority,
                part.parked,
                part.back,
            )
            for n, part in enumerate(parts)
        )
        return Arrival(work.id, work.at, work.channel, legs, self._patience(work, patience), work.live)

    def _takes(self, part: Part, *, last: bool) -> timedelta:
        """With the wrap-up the queue would give it now; one cut off by the clock then stays as short."""
        if not last:
            return part.talked
        queue = self.queues[part.queue]
        within = timedelta(seconds=queue["wrap_up_within"])
        match queue["wrap_up_mode"]:
            case WrapUp.FORCED:
                return part.talked + within
            case WrapUp.TIMED:
                return part.talked + min(part.wrapped_up, within)
            case WrapUp.OPTIONAL:
                return part.talked
        return part.talked + part.wrapped_up

    def _patience(self, work: Work, luck: float) -> timedelta | None:
        if not work.live:
            return None
        if work.left_at:
            return work.left_at - work.at
        per_second = self.day.patience.get(work.queue, self.day.patience.get(0, 0.0))
        if not per_second:
            return None
        longer = random.Random(luck).expovariate(per_second)
        return (work.waited or NO_TIME) + timedelta(seconds=longer)
