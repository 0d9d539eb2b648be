"""Which columns are rules: nothing an administrator sets is forgotten."""

from collections.abc import Iterator

import pytest

from interactions.rules.shape import SECTIONS, Shape

# What is no rule: how things look, what they are called, how they stand today.
NO_RULES = {
    "Queue": {"emergency", "recordings_kept"},
    "Team": {"supervisors"},
    "Hours": {"time_zone", "country", "subdivision"},
    "EntryPoint": {"title", "greeting", "accent", "prechat", "calls", "allowed_origins", "languages", "secret"},
    "Agent": {
        "person",
        "status",
        "away_reason",
        "status_since",
        "next_status",
        "next_reason",
        "withheld",
        "withheld_since",
        "gone_since",
        "idle_since",
        "missed",
    },
    "Membership": {"agent", "team"},
}


def shapes(sections: dict[str, Shape]) -> Iterator[Shape]:
    for shape in sections.values():
        yield shape
        yield from shapes(shape.parts)


@pytest.mark.parametrize("shape", list(shapes(SECTIONS)), ids=lambda shape: f"{shape.model.__name__} by {shape.key}")
def test_every_column_that_is_set_is_a_rule_or_said_to_be_none(shape):
    meta = shape.model._meta
    columns = {field.name for field in [*meta.fields, *meta.many_to_many] if field.editable and not field.primary_key}
    rules = {*shape.fields, *shape.refs, shape.key, shape.owner}
    assert columns - rules == NO_RULES.get(shape.model.__name__, set()) - rules
