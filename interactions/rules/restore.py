"""Rules into the database: only what differs is written."""

from typing import Any

from django.db.models import Model

from agents.models import Agent, Capacity
from interactions.models import Membership
from interactions.rules.form import Refusal
from interactions.rules.in_hand import locked, reason_against
from interactions.rules.screens import reconnect_members
from interactions.rules.shape import SECTIONS, Rules, Shape, native

NAMED_ONLY = ("skills", "teams", "queues")  # made by their name, so that others can name them; filled in afterwards


def write(now: Rules, result: Rules) -> list[Refusal]:
    """Make the database say `result` where it says `now`; what stands against it, if anything: then roll back.

    Nothing of a section is ever deleted, only what belongs to it.
    """
    writer = Writer(now)
    changed = {name: thing["id"] for name, thing in result["agents"].items() if thing != now["agents"].get(name)}
    held = locked(changed.values())
    people = Agent.objects.select_related("person").in_bulk(list(changed.values()))
    against = [
        Refusal("agents", "", "", text)
        for name, pk in changed.items()
        if (text := reason_against(people[pk].name, held[pk], result["agents"][name]["capacities"]))
    ]
    if against:
        return against
    for section in NAMED_ONLY:
        for name in result[section].keys() - now[section].keys():
            writer.make(section, name)
    for section in SECTIONS:
        for name, thing in result[section].items():
            before = now[section].get(name, {})
            if thing != before:
                writer.fill(section, name, before, thing)
    reconnect_members(writer.memberships)
    for pk in changed.values():
        Capacity.objects.recount(pk)
    for agent in people.values():
        agent.person.reconnect_screens()
    return []


class Writer:
    def __init__(self, now: Rules) -> None:
        self.ids = {section: {name: thing["id"] for name, thing in things.items()} for section, things in now.items()}
        self.memberships: list[Membership] = []

    def make(self, section: str, name: str) -> None:
        shape = SECTIONS[section]
        self.ids[section][name] = shape.model._default_manager.create(**{shape.key: name}).pk

    def fill(self, section: str, name: str, before: dict[str, Any], thing: dict[str, Any]) -> None:
        shape = SECTIONS[section]
        if (pk := self.ids[section].get(name)) is None:
            made = shape.model._default_manager.create(**{shape.key: name}, **self._columns(shape, thing, {}))
            pk = self.ids[section][name] = made.pk
        elif columns := self._columns(shape, thing, before):
            shape.model._default_manager.filter(pk=pk).update(**columns)
        self._parts(shape, pk, before, thing)

    def _parts(self, shape: Shape, owner: int, before: dict[str, Any], thing: dict[str, Any]) -> None:
        for kind, part in shape.parts.items():
            old, new = before.get(kind, {}), thing[kind]
            mine = part.model._default_manager.filter(**{part.owner: owner})
            for key in old.keys() - new.keys():
                self._touched(mine.get(**self._key(part, key))).delete()
            for key, row in new.items():
                if key in old and row == old[key]:
                    continue
                known, columns = self._key(part, key), self._columns(part, row, old.get(key, {}))
                if key in old:
                    mine.filter(**known).update(**columns)
                    found = mine.get(**known)
                else:
                    found = part.model._default_manager.create(**{f"{part.owner}_id": owner}, **known, **columns)
                self._touched(found)
                self._parts(part, found.pk, old.get(key, {}), row)

    def _touched(self, row: Model) -> Model:
        if isinstance(row, Membership):
            self.memberships.append(row)
        return row

    def _key(self, shape: Shape, key: str) -> dict[str, Any]:
        return {f"{shape.key}_id": self.ids[shape.key_in][key]} if shape.key_in else {shape.key: key}

    def _columns(self, shape: Shape, row: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        """What is not as it was, for the database."""
        columns: dict[str, Any] = {
            name: native(shape.column(name), row[name])
            for name in shape.fields
            if name not in before or before[name] != row[name]
        }
        for name, section in shape.refs.items():
            if name not in before or before[name] != row[name]:
                columns[f"{name}_id"] = self.ids[section][row[name]] if row[name] is not None else None
        return columns
