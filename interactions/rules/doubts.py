"""What the rules allow but nobody can have meant: warned about, not refused. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from agents.channels import FULL, UNITS
from agents.models import Agent, Channel
from interactions.models.queue import Ordering, Strategy
from interactions.rules.shape import Rules


@dataclass(frozen=True)
class Doubt:
    section: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def doubts(rules: Rules) -> list[Doubt]:
    """All of them; the rules are complete and without refusals."""
    staff = Staff(rules)
    found = []
    for name, queue in rules["queues"].items():
        found += [Doubt("queues", name, text) for text in _about_queue(staff, name, queue)]
    for name, text in _starved(staff):
        found.append(Doubt("queues", name, text))
    for name, agent in rules["agents"].items():
        found += [Doubt("agents", name, text) for text in _about_agent(agent)]
    return found


class Staff:
    """Who serves which queue, in the end: once all its steps are reached."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.agents: dict[str, Any] = rules["agents"]

    @cached_property
    def of_team(self) -> dict[str, set[str]]:
        teams = defaultdict(set)
        for name, agent in self.agents.items():
            if agent["team"] is not None:
                teams[agent["team"]].add(name)
        return teams

    def members(self, queue: dict[str, Any]) -> set[str]:
        return set(queue["agents"]).union(*(self.of_team[team] for team in queue["teams"]))

    def asked_in_the_end(self, queue: dict[str, Any]) -> dict[str, int]:
        """Required skills with the lowest level any step asks."""
        asked = {name: skill["level"] for name, skill in queue["skills"].items() if skill["required"]}
        for step in queue["steps"].values():
            asked |= {name: skill["level"] for name, skill in step["skills"].items() if name in asked}
        return asked

    def level(self, agent: str, skill: str) -> int:
        return self.agents[agent]["skills"].get(skill, {}).get("level", 0)

    def able(self, people: set[str], asked: dict[str, int]) -> set[str]:
        return {a for a in people if all(self.level(a, skill) >= level for skill, level in asked.items())}

    def serving(self, queue: dict[str, Any]) -> set[str]:
        people = self.members(queue)
        for step in queue["steps"].values():
            if step["add_queue"] is not None:
                people |= self.members(self.rules["queues"][step["add_queue"]])
            people |= self.of_team[step["add_team"]] if step["add_team"] is not None else set()
        return self.able(people, self.asked_in_the_end(queue))

    @cached_property
    def by_queue(self) -> dict[str, set[str]]:
        return {name: self.serving(queue) for name, queue in self.rules["queues"].items()}

    def channels(self, people: set[str]) -> set[str]:
        return {c for a in people for c, capacity in self.agents[a]["capacities"].items() if capacity["maximum"]}


def _about_queue(staff: Staff, name: str, queue: dict[str, Any]) -> Iterator[str]:
    people, able = staff.by_queue[name], staff.channels(staff.by_queue[name])
    doors = staff.rules["entry_points"].values()
    wanted = {door["channel"] for door in doors if door["active"] and door["queue"] == name}
    in_the_end = _("Not even after its last step.") if queue["steps"] else ""
    if missing := sorted(wanted - able):
        channels = ", ".join(str(Channel(channel).label) for channel in missing)
        text = _("Nobody can take its work (%s): no member has all its skills and a place there.") % channels
        yield f"{text} {in_the_end}".strip()
    elif not wanted and not able:
        yield f"{_('Nobody can take its work: no member has all its skills.')} {in_the_end}".strip()
    yield from _scarce_skills(staff, queue)
    if queue["longest_line"] and not staff.members(queue):
        yield _("Its line is limited, but nobody serves it: it fills up and stays full.")
    if queue["strategy"] == Strategy.ROUND_ROBIN and len(staff.members(queue)) == 1:
        yield _("Its work goes round in turn, but only one person serves it.")
    informal = any(staff.agents[agent]["engagement"] == Agent.Engagement.INFORMAL for agent in people)
    if not informal and any(step["informal"] for step in queue["steps"].values()):
        yield _("A step asks its informal employees, but it has none with its skills.")


def _scarce_skills(staff: Staff, queue: dict[str, Any]) -> Iterator[str]:
    """Asked at a level that nobody at all has, though some have the skill."""
    for skill, level in staff.asked_in_the_end(queue).items():
        best = max((staff.level(agent, skill) for agent in staff.agents), default=0)
        if 0 < best < level:
            text = _("It asks for %(skill)s at level %(level)d; the best anybody has is %(best)d.")
            yield text % {"skill": skill, "level": level, "best": best}


def _starved(staff: Staff) -> Iterator[tuple[str, str]]:
    """Strict queues are served first; what shares their people only gets what is left."""
    queues = staff.rules["queues"]
    for name, queue in queues.items():
        if queue["ordering"] != Ordering.STRICT:
            continue
        others = [
            other
            for other, its in queues.items()
            if its["ordering"] != Ordering.STRICT
            and staff.by_queue[other]
            and staff.by_queue[other] <= staff.by_queue[name]
        ]
        if others:
            text = _("It is strict: while work waits here, nobody is free for %s, which has no other people.")
            yield name, text % ", ".join(others)


def _about_agent(agent: dict[str, Any]) -> Iterator[str]:
    for channel, capacity in agent["capacities"].items():
        units = capacity["units"] or UNITS[Channel(channel)]
        if capacity["maximum"] > (fit := FULL // units):
            text = _("%(channel)s: %(maximum)d at once, but only %(fit)d of %(units)d units fit into %(full)d.")
            yield text % {
                "channel": Channel(channel).label,
                "maximum": capacity["maximum"],
                "fit": fit,
                "units": units,
                "full": FULL,
            }
