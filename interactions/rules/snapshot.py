"""The rules as the database has them now."""

from collections import defaultdict
from typing import Any

from django.db.models import F, Model

from interactions.rules.shape import SECTIONS, Rules, Shape, plain

type Names = dict[str, dict[int, str]]  # section: {id: name}


def snapshot() -> Rules:
    """All rules of routing, one query per kind of row.

    {
        "skills": {"Dutch": {"id": 3}}, "teams": {"Support": {"id": 1}}, "hours": {"Office": {"id": 2}},
        "agents": {"maya": {
            "id": 7, "engagement": "formal", "cool_down": 10, "team": "Support", "backup": null,
            "capacities": {"chat": {"maximum": 3, "units": null, "interrupted_by": null}},
            "skills": {"Dutch": {"level": 4}}}},
        "queues": {"Support": {
            "id": 1, "priority": 0, "ordering": "aging", "point_counts": 60, …, "overflow_to": null, "hours": "Office",
            "skills": {"Dutch": {"level": 4, "required": true}},
            "offers": {"chat": {"rings_for": 30, "accepts_after": null, "rings_at": 1}},
            "teams": {"Support": {"rank": 1}}, "agents": {"maya": {"rank": 2}},
            "steps": {"1": {"after": 30, "when_wait_over": null, "when_level_under": null, "when_nobody": false,
                            "informal": false, "add_queue": null, "add_team": null,
                            "skills": {"Dutch": {"level": 2}}}}}},
        "entry_points": {"demo": {"id": 1, "name": "Web shop", "channel": "chat", "active": true, "priority": 0,
                                  "queue": "Support", "hours": null}}
    }

    Durations are seconds. Everything is known by its name (agents by user name, entry points by key); the id says
    which row that was, so that a version survives a new name, and is absent in what is exported. Agents whose person
    is deactivated are left out.
    """
    names: Names = {}
    rules: Rules = {}
    for section, shape in SECTIONS.items():
        active = {shape.only_active: True} if shape.only_active else {}
        rows = shape.model._default_manager.filter(**active).order_by("pk")
        names[section] = dict(rows.values_list("pk", shape.key))
    for section, shape in SECTIONS.items():
        rules[section] = _read(shape, names, known=names[section])
    return rules


def _read(shape: Shape, names: Names, known: dict[int, str]) -> dict[str, Any]:
    """The rows of a section by name, with what belongs to each."""
    found = {pk: {"id": pk, **_values(row, shape, names)} for pk, row in _rows(shape) if pk in known}
    _add_parts(shape, names, found)
    return {known[pk]: thing for pk, thing in sorted(found.items(), key=lambda item: known[item[0]])}


def _add_parts(shape: Shape, names: Names, owners: dict[int, dict[str, Any]]) -> None:
    for name, part in shape.parts.items():
        rows: dict[int, dict[str, Any]] = {}
        by_owner: dict[int, dict[str, Any]] = defaultdict(dict)
        for pk, row in _rows(part):
            key = names[part.key_in].get(row[part.key]) if part.key_in else str(row[part.key])
            if key is not None and row[part.owner] in owners:
                rows[pk] = by_owner[row[part.owner]][key] = _values(row, part, names)
        _add_parts(part, names, rows)
        for pk, owner in owners.items():
            owner[name] = dict(sorted(by_owner[pk].items()))


def _rows(shape: Shape) -> list[tuple[int, dict[str, Any]]]:
    keys = {name: F(name) for name in (shape.key, shape.owner) if name and "__" not in name}
    rows = shape.model._default_manager.order_by("pk").values("pk", *keys, *shape.fields, *shape.refs)
    return [(row["pk"], row) for row in rows]


def _values(row: dict[str, Any], shape: Shape, names: Names) -> dict[str, Any]:
    own = {name: plain(row[name]) for name in shape.fields}
    return own | {name: names[section].get(row[name]) for name, section in shape.refs.items()}


def fields_of(shape: Shape, obj: Model) -> dict[str, Any]:
    """What a row itself says, without what it names or owns; also of a form's row that is not yet saved."""
    return {name: plain(getattr(obj, name)) for name in shape.fields}
