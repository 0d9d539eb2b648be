"""What came of a day, by the formulas of the wallboard, with the slow tenth and how busy people were."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from interactions.replay.day import Span, Spans, merged
from interactions.reports.service_level import QueueDay

P90 = _("Nine in ten of those who were answered had waited no longer than this.")
OCCUPANCY = _(
    "Time with work in hand ÷ time at work, of the agents who serve the queue and whatever they worked on; informal "
    "employees left out."
)


class Fate(NamedTuple):
    """What became of one customer on the line."""

    queue: int  # they came into
    waited: timedelta
    how: str  # answered, left, diverted


@dataclass(frozen=True)
class Figures:
    """Of one queue or all; counts of one day on average. None: nobody is there to count."""

    offered: float
    answered: float
    abandoned: float
    diverted: float  # off the line to leave a message, because of a limit of the queue
    service_level: float | None
    asa_s: float | None
    p90_s: float | None
    abandon_rate: float | None
    occupancy: float | None

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def figures(
    fates: Collection[Fate], target: Callable[[int], timedelta], occupancy: float | None, days: int = 1
) -> Figures:
    """Of what happened on so many days alike; `target` of a queue."""
    answered = sorted(fate.waited for fate in fates if fate.how == "answered")
    in_time = sum(fate.how == "answered" and fate.waited <= target(fate.queue) for fate in fates)
    left = [fate for fate in fates if fate.how == "left"]
    late = sum(fate.waited > target(fate.queue) for fate in left)
    day = QueueDay(len(fates), len(answered), in_time, len(left), late, sum(answered, timedelta(0)))
    asa = day.speed_of_answer
    return Figures(
        day.offered / days,
        day.answered / days,
        day.abandoned / days,
        (day.offered - day.answered - day.abandoned) / days,
        day.service_level,
        asa.total_seconds() if asa is not None else None,
        answered[(len(answered) * 9 - 1) // 10].total_seconds() if answered else None,
        day.abandoned / day.offered if day.offered else None,
        occupancy,
    )


def occupancy(agents: Iterable[int], there: Spans, worked: Iterable[Spans], within: Span) -> float | None:
    """See OCCUPANCY; over several runs of the same day, each with what was worked in it."""
    runs = list(worked)
    busy = at_work = timedelta(0)
    for agent in agents:
        for run in runs:
            worked_on = run.get(agent, [])
            at_desk = merged((agent, span) for span in (*worked_on, *there.get(agent, ())))
            busy += _length(worked_on, within)
            at_work += _length(at_desk.get(agent, []), within)
    return busy / at_work if at_work else None


def _length(spans: Iterable[Span], within: Span) -> timedelta:
    start, end = within
    lengths = (min(until, end) - max(since, start) for since, until in spans)
    return sum((length for length in lengths if length > timedelta(0)), timedelta(0))


def of_ledger(waited: timedelta, answered_at: datetime | None, queue: int) -> Fate:
    return Fate(queue, waited, "answered" if answered_at else "left")
