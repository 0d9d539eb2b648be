"""Both runs side by side, and how well the unchanged one tells what really happened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.models import Interaction, RulesVersion
from interactions.replay import centre
from interactions.replay.changes import Changed, More, change
from interactions.replay.day import LEAD, Day, Span, Spans, bounds, merged, read
from interactions.replay.draws import Draws
from interactions.replay.figures import Fate, Figures, figures, occupancy, of_ledger
from interactions.rules.shape import Rules
from interactions.rules.versions import rules_at
from interactions.virtual.clock import VirtualTime
from interactions.virtual.happenings import Arrival, Shift

ABOUT = 5_000  # pieces of work in all runs of one kind: small days are run several times, with other dice
MOST_RUNS = 20
COMPARED = ("service_level", "asa_s", "p90_s", "abandon_rate", "occupancy")

type Tell = Callable[[float], None]


class NoSuchDay(ValueError):
    """There is nothing to replay."""


@dataclass(frozen=True)
class Row:
    """One queue, or all: as it really was, again under the same rules, and under the changed ones."""

    name: str  # empty: all
    real: Figures
    unchanged: Figures
    changed: Figures

    @property
    def error(self) -> dict[str, float | None]:
        """By how much the unchanged run is off: shares as differences, times in seconds."""
        return {name: _less(getattr(self.unchanged, name), getattr(self.real, name)) for name in COMPARED}

    def as_json(self) -> dict[str, Any]:
        kinds = {kind: getattr(self, kind).as_json() for kind in ("real", "unchanged", "changed")}
        return kinds | {"error": {name: None if x is None else round(x, 4) for name, x in self.error.items()}}


@dataclass(frozen=True)
class Replay:
    day: date
    runs: int
    changes: list[str]
    rows: list[Row]  # by queue
    all: Row
    notes: list[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "date": self.day.isoformat(),
            "runs": self.runs,
            "changes": self.changes,
            "all": self.all.as_json(),
            "queues": {row.name: row.as_json() for row in self.rows},
            "notes": self.notes,
        }


class Ledger:
    """Remembers of one run what the figures need."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.fates: list[Fate] = []
        self.spans: list[tuple[int, Span]] = []

    def answered(self, arrival: Arrival, now: datetime) -> None:
        self._over(arrival, now, "answered")

    def abandoned(self, arrival: Arrival, now: datetime) -> None:
        self._over(arrival, now, "left")

    def diverted(self, arrival: Arrival, now: datetime) -> None:
        self._over(arrival, now, "diverted")

    def worked(self, agent: int, since: datetime, until: datetime) -> None:
        self.spans.append((agent, (since, until)))

    def _over(self, arrival: Arrival, now: datetime, how: str) -> None:
        if arrival.live and self.day.start <= arrival.at < self.day.end:
            self.fates.append(Fate(arrival.legs[0].queue, now - arrival.at, how))


@dataclass
class Runs:
    """What came of several runs under the same rules."""

    rules: Rules
    there: Spans
    fates: list[Fate]
    worked: list[Spans]


def replay(
    day: date, changes: Any, *, queues: set[int] | None = None, tell: Tell = lambda share: None, runs: int | None = None
) -> Replay:
    """The day as it was and with these changes; of these queues only, if given, though all of them are run.

    Raises Unfit for changes that cannot be, NoSuchDay where there is nothing to replay; `tell` hears how much is done.
    """
    if day >= timezone.localdate():
        raise NoSuchDay(_("%s is not over yet.") % day)
    noon = noon_of(day)
    base = rules_at(noon)
    changed = change(base, changes)
    past = read(day)
    if not any(map(past.counts, past.works)):
        raise NoSuchDay(_("Nobody came on %s.") % day)
    runs = runs or _runs(len(past.works))
    same = run(past, Changed(base, {}, {}, []), runs, lambda share: tell(share / 2))
    other = run(past, changed, runs, lambda share: tell((1 + share) / 2))
    return Replay(day, runs, changed.words, *_rows(past, same, other, runs, queues), _notes(past, base, noon))


def noon_of(day: date) -> datetime:
    """Whose rules count, if they were changed that day."""
    return datetime.combine(day, time(12), timezone.get_default_timezone())


def pieces(day: date) -> int:
    """How much work there is to be done in all."""
    start, end = bounds(day)
    came = Interaction.objects.filter(arrived_at__gte=start - LEAD, arrived_at__lt=end + LEAD).count()
    return 2 * came * _runs(came)


def _runs(works: int) -> int:
    return max(1, min(MOST_RUNS, ABOUT // max(works, 1)))


def run(day: Day, changed: Changed, runs: int, tell: Tell) -> Runs:
    shifts, there = _shifts(day, changed)
    fates: list[Fate] = []
    worked: list[Spans] = []
    for n in range(runs):
        ledger, draws = Ledger(day), Draws(day, changed, f"{day.start:%F} {n}")
        virtual = VirtualTime(
            centre.routing_rules(changed.rules),
            centre.people(changed.rules),
            ledger,
            shifts=shifts,
            answering=draws.answer,
            manners=centre.manners(changed.rules),
        )
        virtual.run(_told(draws.arrivals(), n, runs, tell))
        fates += ledger.fates
        worked.append(merged(ledger.spans))
    return Runs(changed.rules, there, fates, worked)


def _told(arrivals: list[Arrival], n: int, runs: int, tell: Tell) -> Iterator[Arrival]:
    for number, arrival in enumerate(arrivals):
        if number % 500 == 0:
            tell((n + number / len(arrivals)) / runs)
        yield arrival


def _shifts(day: Day, changed: Changed) -> tuple[list[Shift], Spans]:
    """When everybody is there: as they were, and those who are added as they are said to be."""
    known = {agent["id"] for agent in changed.rules["agents"].values()}
    there = {agent: spans for agent, spans in day.there.items() if agent in known}
    there |= {agent: [_hours(day, more)] for agent, more in changed.more.items()}
    shifts = [
        Shift(at, agent, come)
        for agent, spans in there.items()
        for since, until in spans
        for at, come in ((since, True), (until, False))
    ]
    return sorted(shifts), there


def _hours(day: Day, more: More) -> Span:
    zone, on = day.start.tzinfo, day.start.date()
    since, until = datetime.combine(on, more.since, zone), datetime.combine(on, more.until, zone)
    return since, day.end if more.until == time.max else until


def _rows(day: Day, same: Runs, other: Runs, runs: int, only: set[int] | None) -> tuple[list[Row], Row]:
    names = {queue["id"]: name for name, queue in same.rules["queues"].items()}
    shown = {queue for queue in names if only is None or queue in only}
    real = [
        of_ledger(work.waited, work.answered_at, work.queue)
        for work in day.works
        if day.counts(work) and work.waited is not None
    ]
    as_it_was = Runs(same.rules, day.there, real, [day.worked])

    def row(name: str, queues: set[int]) -> Row:
        return Row(
            name, *(_figures(day, each, queues, days) for each, days in ((as_it_was, 1), (same, runs), (other, runs)))
        )

    rows = [row(names[queue], {queue}) for queue in shown]
    came = [each for each in rows if each.real.offered or each.unchanged.offered or each.changed.offered]
    return sorted(came, key=lambda each: each.name), row("", shown)


def _figures(day: Day, runs: Runs, queues: set[int], days: int) -> Figures:
    targets = {queue["id"]: timedelta(seconds=queue["answer_within"]) for queue in runs.rules["queues"].values()}
    fates = [fate for fate in runs.fates if fate.queue in queues]
    routing = centre.routing_rules(runs.rules)
    serving = [
        agent.id
        for agent in centre.people(runs.rules)
        if not agent.informal and any(j.queue in queues and not j.step for j in routing.joins(agent.id, agent.team))
    ]
    busy = occupancy(serving, runs.there, runs.worked, (day.start, day.end))
    return figures(fates, targets.__getitem__, busy, days)


def _notes(day: Day, base: Rules, noon: datetime) -> list[str]:
    """What these figures rest on, where it is not what one would think."""
    notes = []
    versions = RulesVersion.objects.order_by("at")
    if not versions.filter(at__lte=noon).exists():
        notes.append(_("No rules are kept from that day: the oldest that are known were used."))
    if versions.filter(at__gt=day.start, at__lt=day.end).exists():
        notes.append(_("The rules were changed during the day: those of noon were used."))
    if any(
        step["when_wait_over"] is not None or step["when_level_under"] is not None
        for queue in base["queues"].values()
        for step in queue["steps"].values()
    ):
        notes.append(_("Steps that come by the wait or the service level are not replayed; those by time are."))
    lost = sum(not all(part.queue for part in work.parts) for work in day.works)
    if lost:
        notes.append(
            ngettext(
                "%d conversation of queues that are gone was left out.",
                "%d conversations of queues that are gone were left out.",
                lost,
            )
            % lost
        )
    return notes


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
