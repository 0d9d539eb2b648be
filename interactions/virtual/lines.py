"""The waiting lines in memory, read as the router reads them from the database: bounded by who has room."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from interactions.routing.match import Waiting
from interactions.routing.pool import Line, Pool
from interactions.routing.reading import worth_reading


class Lines:
    def __init__(self) -> None:
        self.lines: dict[Line, list[tuple[tuple, Waiting]]] = defaultdict(list)
        self.passed_over: Counter[Line] = Counter()

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def all(self, line: Line) -> Iterator[Waiting]:
        return (work for _place, work in self.lines.get(line, ()))

    def join(self, work: Waiting) -> None:
        line = work.line
        insort(self.lines[line], (_place(work), work))
        if _passed_over(work):
            self.passed_over[line] += 1

    def leave(self, work: Waiting) -> None:
        line = work.line
        waiting = self.lines[line]
        del waiting[bisect_left(waiting, (_place(work),))]
        if _passed_over(work):
            self.passed_over[line] -= 1

    def heads(self, lines: Iterable[Line], pool: Pool, now: datetime) -> list[Waiting]:
        """As much of each line as those who have room could take (see routing/heads.py)."""
        found: dict[int, Waiting] = {}
        for line in lines:
            if waiting := self.lines.get(line):
                for work in self._head(line, waiting, pool, now):
                    found[work.id] = work
        return list(found.values())

    def _head(self, line: Line, waiting: list[tuple[tuple, Waiting]], pool: Pool, now: datetime) -> Iterator[Waiting]:
        passed_over = self.passed_over[line]
        if passed_over:
            yield from (work for _place, work in waiting if _passed_over(work))
        for k, by in worth_reading(line, pool, now):
            if by is None:
                for _place, work in waiting[: k + passed_over]:
                    yield work
            else:
                yield from islice((work for _place, work in waiting if work.queued_at <= by), k + passed_over)


def _place(work: Waiting) -> tuple:
    return -work.precedence, work.place_at, work.id


def _passed_over(work: Waiting) -> bool:
    """It may have to be, and must not hide what stands behind it."""
    return bool(work.excluded) or work.preferred_until is not None
