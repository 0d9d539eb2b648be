"""What belongs to the rules: of which models which columns, and the names by which rows are told apart."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import DurationField, Field, Model

from agents.models import Agent, AgentSkill, Capacity, Skill, Team
from interactions.models import EntryPoint, Hours, Membership, OfferRule, Queue, QueueSkill, Step, StepSkill

type Rules = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """One kind of row. It is known by `key` within its section, or within its owner."""

    model: type[Model]
    key: str
    fields: tuple[str, ...] = ()
    refs: dict[str, str] = field(default_factory=dict)  # column: section whose row it names
    parts: dict[str, "Shape"] = field(default_factory=dict)  # rows that belong to it
    owner: str = ""  # column that names whom it belongs to
    key_in: str = ""  # section the key names a row of, where it does
    only_active: str = ""  # who is deactivated serves nobody: no part of the rules

    def column(self, name: str) -> "Field[Any, Any]":
        found = self.model._meta.get_field(name)
        assert isinstance(found, Field)
        return found

    def label(self, name: str) -> str:
        return str(self.column(name).verbose_name)


QUEUE_FIELDS = (
    "priority",
    "ordering",
    "point_counts",
    "strategy",
    "prefer_last_agent",
    "prefer_within",
    "transfer_place",
    "answer_within",
    "reply_within",
    "answer_share",
    "excluded_for",
    "miss_limit",
    "overflow_after",
    "longest_line",
    "longest_wait",
    "overflow_action",
    "no_agent_action",
    "emergency_text",
    "time_to_live",
    "parked_counts",
    "inactive_after",
    "wrap_up_mode",
    "wrap_up_within",
    "wrap_up_extend_by",
    "wrap_up_extensions",
    "disposition_required",
    "return_after",
    "abandoned_after",
)

STEP = Shape(
    Step,
    key="position",
    owner="queue",
    fields=("after", "when_wait_over", "when_level_under", "when_nobody", "informal"),
    refs={"add_queue": "queues", "add_team": "teams"},
    parts={"skills": Shape(StepSkill, key="skill", key_in="skills", owner="step", fields=("level",))},
)

# Whether a queue is closed for an emergency is no rule but the state of a day: rolling back must not close one. Nor is
# for how long recordings are kept: going back must not delete what was promised to be there.
QUEUE = Shape(
    Queue,
    key="name",
    fields=QUEUE_FIELDS,
    refs={"overflow_to": "queues", "hours": "hours"},
    parts={
        "skills": Shape(QueueSkill, key="skill", key_in="skills", owner="queue", fields=("level", "required")),
        "offers": Shape(OfferRule, key="channel", owner="queue", fields=("rings_for", "accepts_after", "rings_at")),
        "teams": Shape(Membership, key="team", key_in="teams", owner="queue", fields=("rank",)),
        "agents": Shape(Membership, key="agent", key_in="agents", owner="queue", fields=("rank",)),
        "steps": STEP,
    },
)

AGENT = Shape(
    Agent,
    key="person__username",
    fields=("engagement", "cool_down"),
    refs={"team": "teams", "backup": "agents"},
    only_active="person__is_active",
    parts={
        "capacities": Shape(Capacity, key="channel", owner="agent", fields=("maximum", "units", "interrupted_by")),
        "skills": Shape(AgentSkill, key="skill", key_in="skills", owner="agent", fields=("level",)),
    },
)

ENTRY_POINT = Shape(
    EntryPoint,
    key="key",
    fields=("name", "channel", "active", "priority"),
    refs={"queue": "queues", "hours": "hours"},
)

# In the order in which they can be made: what is named comes before what names it.
SECTIONS: dict[str, Shape] = {
    "skills": Shape(Skill, key="name"),
    "teams": Shape(Team, key="name"),
    "hours": Shape(Hours, key="name"),
    "agents": AGENT,
    "queues": QUEUE,
    "entry_points": ENTRY_POINT,
}


def plain(value: Any) -> Any:
    """A column's value as JSON has it; a duration in seconds."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    return value


def native(column: "Field[Any, Any]", value: Any) -> Any:
    """The other way round; a ValidationError for what the column would never take."""
    if isinstance(column, DurationField) and isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=min(value, timedelta.max.total_seconds() / 2))
    return column.to_python(value)
