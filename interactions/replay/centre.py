"""Rules as JSON (rules/snapshot.py) into what the router and the virtual clock go by."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.attention import Place
from interactions.models.offer_rule import RINGS_FOR
from interactions.models.queue import Ordering, Overflow
from interactions.routing.pool import AtWork
from interactions.routing.rules import QueueRules, StepRules
from interactions.routing.rules import Rules as RoutingRules
from interactions.rules.shape import Rules
from interactions.virtual.happenings import Manner

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def routing_rules(rules: Rules) -> RoutingRules:
    """What routing/load.py reads from the database."""
    ids = Ids(rules)
    agents = rules["agents"].values()
    return RoutingRules(
        {queue["id"]: _queue(ids, queue) for queue in rules["queues"].values()},
        {agent["id"]: {ids.of("skills", s): has["level"] for s, has in agent["skills"].items()} for agent in agents},
        {agent["id"]: ids.of("agents", agent["backup"]) for agent in agents if agent["backup"]},
    )


def people(rules: Rules) -> list[AtWork]:
    """Everybody, with nothing in hand."""
    ids = Ids(rules)
    return [
        AtWork(
            agent["id"],
            agent["engagement"] == "informal",
            ids.of("teams", agent["team"]) if agent["team"] else None,
            LONG_AGO,
            {
                channel: Place.of(channel, has["maximum"], 0, has["units"], has["interrupted_by"])
                for channel, has in agent["capacities"].items()
                if has["maximum"]
            },
        )
        for agent in rules["agents"].values()
    ]


def manners(rules: Rules) -> dict[int, Manner]:
    ids = Ids(rules)
    return {
        queue["id"]: Manner(
            priority=queue["priority"],
            point_counts=timedelta(seconds=queue["point_counts"]),
            transfer_place=queue["transfer_place"],
            excluded_for=timedelta(seconds=queue["excluded_for"]),
            longest_line=queue["longest_line"],
            longest_wait=span(queue["longest_wait"]),
            overflow_action=queue["overflow_action"],
            overflow_to=ids.of("queues", queue["overflow_to"]) if queue["overflow_to"] else None,
            when_nobody=tuple(n for n, step in enumerate(_steps(queue), 1) if step["when_nobody"]),
        )
        for queue in rules["queues"].values()
    }


def rings(rules: Rules) -> dict[tuple[int, str], tuple[timedelta, timedelta | None]]:
    """(queue, channel): how long an offer rings, and after how long it accepts itself."""
    found: dict[tuple[int, str], tuple[timedelta, timedelta | None]] = {}
    for queue in rules["queues"].values():
        found |= {(queue["id"], str(channel)): (usual, None) for channel, usual in RINGS_FOR.items()}
        for channel, offer in queue["offers"].items():
            found[queue["id"], channel] = timedelta(seconds=offer["rings_for"]), span(offer["accepts_after"])
    return found


def span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


class Ids:
    """What names stand for."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def of(self, section: str, name: str) -> int:
        return self.rules[section][name]["id"]

    def all(self, section: str, named: Mapping[str, Any], value: str) -> dict[int, int]:
        return {self.of(section, name): row[value] for name, row in named.items()}


def _queue(ids: Ids, queue: dict[str, Any]) -> QueueRules:
    skills = queue["skills"]
    return QueueRules(
        queue["id"],
        strict=queue["ordering"] == Ordering.STRICT,
        strategy=queue["strategy"],
        answer_within=timedelta(seconds=queue["answer_within"]),
        overflow_after=_informal_after(queue),
        prefer_within=timedelta(seconds=queue["prefer_within"]),
        required=ids.all("skills", {s: row for s, row in skills.items() if row["required"]}, "level"),
        liked=ids.all("skills", {s: row for s, row in skills.items() if not row["required"]}, "level"),
        members=ids.all("agents", queue["agents"], "rank"),
        teams=ids.all("teams", queue["teams"], "rank"),
        steps=tuple(_step(ids, step) for step in _steps(queue)),
        rings_at={channel: offer["rings_at"] for channel, offer in queue["offers"].items() if offer["rings_at"] > 1},
    )


def _informal_after(queue: dict[str, Any]) -> timedelta | None:
    """As Queue.informal_after."""
    too_long = queue["longest_wait"] if queue["overflow_action"] == Overflow.INFORMAL else None
    return span(min((after for after in (queue["overflow_after"], too_long) if after is not None), default=None))


def _steps(queue: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for _position, step in sorted(queue["steps"].items(), key=lambda item: int(item[0]))]


def _step(ids: Ids, step: dict[str, Any]) -> StepRules:
    return StepRules(
        after=span(step["after"]),
        informal=step["informal"],
        skills=ids.all("skills", step["skills"], "level"),
        queues=(ids.of("queues", step["add_queue"]),) if step["add_queue"] else (),
        teams=(ids.of("teams", step["add_team"]),) if step["add_team"] else (),
    )
