"""The figures of a replay for people."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.replay.figures import OCCUPANCY, P90, Figures
from interactions.replay.run import Row
from interactions.reports.service_level import SERVICE_LEVEL


def count(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() or number >= 100 else f"{number:,.1f}"


def share(number: float) -> str:
    return f"{number:.1%}"


def seconds(number: float) -> str:
    return _("%.0f s") % number


CLOSE, FAIR = 0.02, 0.05  # of the service level
COLUMNS = [
    (gettext_lazy("offered"), "offered"),
    (gettext_lazy("service level"), "service_level"),
    (gettext_lazy("average wait"), "asa_s"),
    (gettext_lazy("9 in 10 within"), "p90_s"),
    (gettext_lazy("abandoned"), "abandon_rate"),
    (gettext_lazy("occupancy"), "occupancy"),
]
EXPLAINED = [
    (gettext_lazy("really"), gettext_lazy("What the ledger says of that day.")),
    (
        gettext_lazy("replayed"),
        gettext_lazy(
            "The same customers, agents at work and durations in virtual time, under the rules of that day. How far "
            "this is from what really happened says how far the changed run can be trusted."
        ),
    ),
    (
        gettext_lazy("changed"),
        gettext_lazy(
            "The same again with your changes. Who was answered is taken to have been ready to wait longer, as others "
            "were; what nobody answered, to take as long as other work of its queue."
        ),
    ),
    (gettext_lazy("service level"), SERVICE_LEVEL),
    (gettext_lazy("9 in 10 within"), P90),
    (gettext_lazy("occupancy"), OCCUPANCY),
]
FORMS: dict[str, Callable[[float], str]] = {"offered": count, "asa_s": seconds, "p90_s": seconds}


def in_words(figures: Figures) -> list[str]:
    """One for each of COLUMNS."""
    return [in_word(column, getattr(figures, column)) for _name, column in COLUMNS]


def in_word(column: str, value: float | None) -> str:
    return "–" if value is None else FORMS.get(column, share)(value)


def better(column: str, unchanged: Figures, changed: Figures) -> tuple[str, str]:
    """The difference that the changes make in a word, and whether it is good or bad; empty where there is none."""
    before, after = getattr(unchanged, column), getattr(changed, column)
    if column == "offered" or before is None or after is None:
        return "", ""
    by = after - before
    if abs(by) < (0.5 if column in ("asa_s", "p90_s") else 0.0005):
        return "", ""
    if column == "occupancy":
        return _signed(column, by), ""
    good = by > 0 if column == "service_level" else by < 0
    return _signed(column, by), "good" if good else "bad"


def off_by(row: Row) -> str:
    """How far the unchanged run is from what really happened."""
    error = row.error
    parts = [
        _("%(figure)s %(by)s") % {"figure": name, "by": _signed(column, error[column])}
        for name, column in COLUMNS
        if error.get(column) is not None
    ]
    return _("Under the rules of the day the replay is off by: %s.") % ", ".join(parts)


class Trust(NamedTuple):
    tone: str  # good, warn, bad
    words: str


def trust(row: Row) -> Trust:
    """What the error of the unchanged run means for the changed one, by its service level."""
    error = row.error["service_level"]
    if error is None:
        return Trust("warn", _("Too few customers to judge it by."))
    if abs(error) <= CLOSE:
        return Trust("good", _("That is close: the difference between the two runs can be relied on."))
    if abs(error) <= FAIR:
        return Trust("warn", _("That is fair: take the difference between the two runs as about right."))
    return Trust("bad", _("That is far off: that day people waited for reasons that are not in the rules."))


def _signed(column: str, by: float | None) -> str:
    assert by is not None
    told = _("%+.0f s") % by if column in ("asa_s", "p90_s") else _("%+.1f points") % (100 * by)
    return told.replace("-", "−")
