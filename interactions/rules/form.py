"""Whether something is rules at all: of the form that snapshot.py describes, each value one its column would take."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DurationField
from django.utils.translation import gettext as _

from interactions.rules.shape import SECTIONS, Rules, Shape, native

LONGEST = 366 * 86_400  # seconds; what lasts longer is a slip of the hand


@dataclass(frozen=True)
class Refusal:
    """Why these rules cannot be: where, and the reason."""

    section: str
    name: str
    field: str
    text: str

    def __str__(self) -> str:
        where = f"{self.name} ({self.field})" if self.field else self.name
        return f"{where}: {self.text}" if where else self.text


type Reason = tuple[str, str]  # field, text


def malformed(rules: Any, *, partly: bool = False) -> list[Refusal]:
    """What is not of that form; `partly`: what is left out, or is only named, may be known elsewhere."""
    if not isinstance(rules, dict) or not all(isinstance(things, dict) for things in rules.values()):
        return [Refusal("", "", "", _("These are no rules."))]
    form = Form(rules, partly)
    found = [Refusal("", "", "", text) for _field, text in form.keys("", rules, set(SECTIONS))]
    for section in filter(rules.__contains__, SECTIONS):
        for name, thing in rules[section].items():
            found += [Refusal(section, name, *reason) for reason in form.thing(SECTIONS[section], name, thing)]
    return found


@dataclass(frozen=True)
class Form:
    rules: Rules
    partly: bool

    def thing(self, shape: Shape, name: str, thing: Any) -> Iterator[Reason]:
        if shape.fields and "__" not in shape.key:
            yield from self.value(shape, shape.key, name, shape.key)
        yield from self.row(shape, thing, ())

    def row(self, shape: Shape, row: Any, path: tuple[str, ...]) -> Iterator[Reason]:
        if not isinstance(row, dict):
            yield " ".join(path), _("Something with names and values is needed here.")
            return
        yield from self.keys(" ".join(path), row, {*shape.fields, *shape.refs, *shape.parts})
        for name in shape.fields:
            if name in row:
                yield from self.value(shape, name, row[name], " ".join((*path, name)))
        for name, section in shape.refs.items():
            if name in row and not (row[name] is None and shape.column(name).null):
                yield from self.known(section, row[name], " ".join((*path, name)))
        for name, part in shape.parts.items():
            yield from self.part(part, row.get(name, {}), (*path, name))

    def part(self, shape: Shape, rows: Any, path: tuple[str, ...]) -> Iterator[Reason]:
        if not isinstance(rows, dict):
            yield " ".join(path), _("Something with names and values is needed here.")
            return
        for key, row in rows.items():
            if shape.key_in:
                yield from self.known(shape.key_in, key, " ".join(path))
            else:
                yield from self.value(shape, shape.key, key, " ".join(path))
            yield from self.row(shape, row, (*path, key))

    def keys(self, where: str, row: dict[str, Any], known: set[str]) -> Iterator[Reason]:
        for name in sorted(row.keys() - known - {"id"}):
            yield where, _("“%s” is no part of the rules.") % name
        if not self.partly:
            for name in sorted(known - row.keys()):
                yield where, _("“%s” is missing.") % name

    def known(self, section: str, name: Any, where: str) -> Iterator[Reason]:
        if not isinstance(name, str):
            yield where, _("A name is needed here.")
        elif not self.partly and name not in self.rules.get(section, {}):
            yield where, _("There is no “%s”.") % name

    def value(self, shape: Shape, name: str, value: Any, where: str) -> Iterator[Reason]:
        column = shape.column(name)
        if value is None and column.null:
            return
        try:
            if isinstance(column, DurationField) and value is not None and not 0 <= value <= LONGEST:
                yield where, _("A span of time is 0 seconds to a year.")
            else:
                column.clean(native(column, value), None)
        except ValidationError as error:
            yield where, " ".join(error.messages)
        except (TypeError, ValueError, OverflowError):
            yield where, _("“%s” does not fit here.") % value
