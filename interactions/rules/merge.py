"""Other rules from these, all pure: changes laid over them, gaps filled, things found again under today's names."""

from dataclasses import dataclass
from typing import Any

from interactions.rules.shape import SECTIONS, Rules, Shape, plain

NOT_MADE = {"agents", "hours"}  # what cannot be made from rules: people, and the weeks of business hours


@dataclass(frozen=True)
class Gone:
    """Something the rules name that is no longer there, and that rules cannot bring back."""

    section: str
    name: str

    def __str__(self) -> str:
        return f"{SECTIONS[self.section].model._meta.verbose_name} {self.name}"


def merge(rules: Rules, changes: dict[str, Any]) -> Rules:
    """The rules with these changes, e.g. {"queues": {"Support": {"priority": 3, "steps": {"1": null}}}}.

    Objects are laid over each other, anything else replaces; null where an object stands takes that away.
    """
    merged = dict(rules)
    for name, value in changes.items():
        old = rules.get(name)
        if value is None and isinstance(old, dict):
            del merged[name]
        elif isinstance(value, dict):
            merged[name] = merge(old if isinstance(old, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def complete(rules: Rules, now: Rules) -> Rules:
    """All there is now, with these rules over it: what they do not say stays, or is as usual for what is new.

    What belongs to something is said as a whole: `"agents": {}` in a queue means nobody.
    """
    whole = {section: dict(now.get(section, {})) for section in SECTIONS}
    for section, things in rules.items():
        for name, thing in things.items():
            whole[section][name] = _complete(SECTIONS[section], thing, whole[section].get(name, {}))
    return whole


def _complete(shape: Shape, thing: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    usual: dict[str, Any] = {name: plain(shape.column(name).get_default()) for name in shape.fields}
    whole = {**usual, **dict.fromkeys(shape.refs), **now, **thing}
    for name, part in shape.parts.items():
        before = now.get(name, {})
        said = thing.get(name, before)
        whole[name] = {key: _complete(part, row, before.get(key, {})) for key, row in said.items()}
    return whole


def without_ids(rules: Rules) -> Rules:
    """To be read in another house, where ids mean nothing."""
    return {
        section: {name: {key: value for key, value in thing.items() if key != "id"} for name, thing in things.items()}
        for section, things in rules.items()
    }


def as_of_today(rules: Rules, now: Rules) -> tuple[Rules, list[Gone]]:
    """The same rules under the names and ids things have now, without what is gone for good; and what that is."""
    today = Today(rules, now)
    told = {
        section: {name: today.thing(section, old, thing) for old, name, thing in today.listed(section)}
        for section in SECTIONS
        if section in rules
    }
    return told, today.gone


class Today:
    """Finds things of older rules again: by id, since a name may have changed; where there is no id, by name."""

    def __init__(self, rules: Rules, now: Rules) -> None:
        self.rules, self.now = rules, now
        self.gone: list[Gone] = []
        self.names = {
            section: {thing["id"]: name for name, thing in now.get(section, {}).items() if "id" in thing}
            for section in SECTIONS
        }

    def name(self, section: str, name: str) -> str | None:
        """What it is called now; None when it is gone."""
        known = self.rules.get(section, {}).get(name, {})
        if found := self.names[section].get(known.get("id")):
            return found
        return name if name in self.now.get(section, {}) else None

    def listed(self, section: str) -> list[tuple[str, str, dict[str, Any]]]:
        """(name then, name now, thing) of a section."""
        things = [(name, self._kept(section, name), thing) for name, thing in self.rules[section].items()]
        return [(old, name, thing) for old, name, thing in things if name is not None]

    def thing(self, section: str, old: str, thing: dict[str, Any]) -> dict[str, Any]:
        told = self._row(SECTIONS[section], thing)
        here = self.now.get(section, {}).get(self.name(section, old) or "", {})
        return {"id": here["id"], **told} if "id" in here else told

    def _kept(self, section: str, name: str) -> str | None:
        """Its name now, or the old one when it can be made anew."""
        found = self.name(section, name)
        if found is None and section not in NOT_MADE and name in self.rules.get(section, {}):
            return name
        if found is None and (gone := Gone(section, name)) not in self.gone:
            self.gone.append(gone)
        return found

    def _row(self, shape: Shape, row: dict[str, Any]) -> dict[str, Any]:
        told = {key: value for key, value in row.items() if key != "id"}
        for ref, section in shape.refs.items():
            if told.get(ref) is not None:
                told[ref] = self._kept(section, told[ref])
        for kind, part in shape.parts.items():
            if kind in told:
                rows = [
                    (self._kept(part.key_in, key) if part.key_in else key, inner) for key, inner in told[kind].items()
                ]
                told[kind] = {key: self._row(part, inner) for key, inner in rows if key is not None}
        return told
