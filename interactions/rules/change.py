"""The difference of two sets of rules in words, for people; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import DurationField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Channel
from interactions.rules.merge import Today
from interactions.rules.shape import SECTIONS, Rules, Shape

NOTHING = "–"
SHORT = 300  # characters
ROOM_FOR_MORE = 24  # characters: how many more there are


@dataclass(frozen=True)
class Change:
    """One difference: of what ("Support", "step 2 · Dutch"), which column, from what to what; all in words.

    No column: the whole thing came (`before` is empty) or went (`after` is empty).
    """

    kind: str
    name: str
    part: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        about = " · ".join(filter(None, [self.name, self.part]))
        if self.field:
            return f"{about}: {self.field} {self.before} → {self.after}"
        if self.after:
            return _("%(what)s added (%(how)s)") % {"what": about, "how": self.after}
        return _("%s taken away") % about


def changes(before: Rules, after: Rules) -> list[Change]:
    """All differences, in the order of the rules; a new name is one of them."""
    today = Today(before, after)
    found = []
    for section, shape in SECTIONS.items():
        kind = str(shape.model._meta.verbose_name)
        old = {}
        for name, thing in before.get(section, {}).items():
            now = today.name(section, name)
            if now is None:
                found.append(Change(kind, name, "", "", NOTHING, ""))
                continue
            if now != name:
                found.append(Change(kind, now, "", _("name"), name, now))
            old[now] = today.thing(section, name, thing)
        for name, thing in after.get(section, {}).items():
            if name in old:
                found += [Change(kind, name, *rest) for rest in _row_changes(shape, old[name], thing, ())]
            else:
                found.append(Change(kind, name, "", "", "", _told(shape, thing)))
    return found


def summary(found: Iterable[Change], short: int = SHORT) -> str:
    """The differences in one line: as many as there is room for, and how many more there are."""
    texts = [str(change) for change in found]
    told = ""
    for number, text in enumerate(texts):
        left = len(texts) - number - 1
        longer = f"{told}; {text}" if told else text
        if len(longer) + (left and ROOM_FOR_MORE) > short:
            more = ngettext("%d more change", "%d more changes", left + 1) % (left + 1)
            return (f"{told}; {more}" if told else more)[:short]
        told = longer
    return told


def _row_changes(
    shape: Shape, before: dict[str, Any], after: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, str, str, str]]:
    """(part, field, before, after) of everything that differs."""
    part = " · ".join(path)
    for name in (*shape.fields, *shape.refs):
        if before.get(name) != after.get(name):
            was, now = (_in_words(shape, name, row.get(name)) for row in (before, after))
            yield part, shape.label(name), was, now
    for kind, inner in shape.parts.items():
        old, new = before.get(kind, {}), after.get(kind, {})
        for key in sorted(old.keys() | new.keys()):
            where = (*path, f"{inner.model._meta.verbose_name} {_key(inner, key)}")
            if key not in new:
                yield " · ".join(where), "", NOTHING, ""
            elif key not in old:
                yield " · ".join(where), "", "", _told(inner, new[key])
            else:
                yield from _row_changes(inner, old[key], new[key], where)


def _told(shape: Shape, row: dict[str, Any]) -> str:
    """A row in one line: what it says beyond the usual, and what belongs to it."""
    usual = {name: shape.column(name).get_default() for name in shape.fields}
    said = [
        f"{shape.label(name)} {_in_words(shape, name, row[name])}"
        for name in (*shape.fields, *shape.refs)
        if row.get(name) not in (None, False, "") and row[name] != usual.get(name)
    ]
    for kind, inner in shape.parts.items():
        said += [f"{_key(inner, key)} {_told(inner, part)}" for key, part in row.get(kind, {}).items()]
    return ", ".join(said) or _("as usual")


def _key(shape: Shape, key: str) -> str:
    return str(Channel(key).label) if shape.key == "channel" else key


def _in_words(shape: Shape, name: str, value: Any) -> str:
    column = shape.column(name)
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(Channel(channel).label) for channel in value) or _("nothing")
    if isinstance(column, DurationField):
        return _("%s s") % value
    return str(dict(column.flatchoices).get(value, value))
