"""The figures of a replay for people."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.replay.figures import Figures
from interactions.replay.run import Row


def count(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() or number >= 100 else f"{number:,.1f}"


def share(number: float) -> str:
    return f"{number:.1%}"


def seconds(number: float) -> str:
    return _("%.0f s") % number


COLUMNS = [
    (gettext_lazy("offered"), "offered"),
    (gettext_lazy("service level"), "service_level"),
    (gettext_lazy("average wait"), "asa_s"),
    (gettext_lazy("9 in 10 within"), "p90_s"),
    (gettext_lazy("abandoned"), "abandon_rate"),
    (gettext_lazy("occupancy"), "occupancy"),
]
FORMS: dict[str, Callable[[float], str]] = {"offered": count, "asa_s": seconds, "p90_s": seconds}


def in_words(figures: Figures) -> list[str]:
    """One for each of COLUMNS."""
    return [in_word(column, getattr(figures, column)) for _name, column in COLUMNS]


def in_word(column: str, value: float | None) -> str:
    return "–" if value is None else FORMS.get(column, share)(value)


def off_by(row: Row) -> str:
    """How far the unchanged run is from what really happened."""
    error = row.error
    parts = [
        _("%(figure)s %(by)s") % {"figure": name, "by": _signed(column, error[column])}
        for name, column in COLUMNS
        if error.get(column) is not None
    ]
    return _("Under the rules of the day the replay is off by: %s.") % ", ".join(parts)


def _signed(column: str, by: float | None) -> str:
    assert by is not None
    if column in ("asa_s", "p90_s"):
        return _("%+.0f s") % by
    return _("%+.1f points") % (100 * by)
