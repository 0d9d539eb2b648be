"""The bars of a replay, and its table: plain numbers that a template draws."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from interactions.replay.figures import Figures
from interactions.replay.run import Replay, Row
from interactions.replay.words import COLUMNS, better, in_word, in_words

SHOWN = 8  # queues in a chart, those with the most customers; all of them are in the table


@dataclass(frozen=True)
class Bar:
    kind: str  # real, unchanged, changed
    name: str
    length: float  # of 100
    value: str


@dataclass(frozen=True)
class Bars:
    name: str  # of the queue
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    name: str
    queues: list[Bars]


@dataclass(frozen=True)
class Cell:
    value: str
    change: str = ""  # beside the unchanged run
    tone: str = ""  # good, bad


@dataclass(frozen=True)
class Line:
    kind: str
    name: str
    cells: list[Cell]


def charts(found: Replay) -> list[Chart]:
    """Shares of 100 %; waits of the longest one."""
    busiest = sorted(found.rows, key=lambda row: -row.real.offered)[:SHOWN]
    rows = [*(row for row in found.rows if row in busiest), found.all] if len(found.rows) > 1 else [found.all]
    return [_chart(rows, column) for column in ("service_level", "p90_s", "abandon_rate", "occupancy")]


def lines(found: Replay) -> list[tuple[str, list[Line]]]:
    """By queue, all of them last."""
    rows = [*found.rows, found.all] if len(found.rows) != 1 else [found.all]
    return [(row.name or _("All queues"), [_line(row, kind) for kind in KINDS]) for row in rows]


KINDS = ("real", "unchanged", "changed")


def kind_name(kind: str) -> str:
    return {"real": _("really"), "unchanged": _("replayed"), "changed": _("changed")}[kind]


def _chart(rows: list[Row], column: str) -> Chart:
    values = [value for row in rows for kind in KINDS if (value := _value(row, kind, column)) is not None]
    whole = 1.0 if column in ("service_level", "occupancy") else max([*values, 1e-9])
    return Chart(
        next(str(name) for name, of in COLUMNS if of == column),
        [Bars(row.name or _("All queues"), [_bar(row, kind, column, whole) for kind in KINDS]) for row in rows],
    )


def _bar(row: Row, kind: str, column: str, whole: float) -> Bar:
    value = _value(row, kind, column)
    return Bar(kind, kind_name(kind), round(100 * (value or 0) / whole, 2), in_word(column, value))


def _value(row: Row, kind: str, column: str) -> float | None:
    figures: Figures = getattr(row, kind)
    return getattr(figures, column)


def _line(row: Row, kind: str) -> Line:
    values = in_words(getattr(row, kind))
    if kind != "changed":
        return Line(kind, kind_name(kind), [Cell(value) for value in values])
    told = [better(column, row.unchanged, row.changed) for _name, column in COLUMNS]
    return Line(kind, kind_name(kind), [Cell(value, *change) for value, change in zip(values, told, strict=True)])
