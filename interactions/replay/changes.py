"""What is to be different in a replay.

    {"queues": {"Support": {"strategy": "least_occupied", "overflow_after": 20}},
     "more_agents": {"Support": {"count": 2, "from": "09:00", "to": "17:00"}}}

Laid over the rules of the day as a change of rules would be (rules/merge.py), and refused where it could not be one, or
where a replay would show nothing of it. More agents have the skills their queue asks and the usual capacity; without
times they are there all day, and a bare number will do.
"""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.channels import USUAL
from interactions.rules.form import Refusal
from interactions.rules.merge import merge
from interactions.rules.shape import SECTIONS, Rules
from interactions.rules.versions import plan

MORE = "more_agents"
MOST = 1000  # more agents
PARTS = {"skills", "offers", "teams", "agents", "steps"}
SHOWN = {
    "queues": PARTS
    | {
        "priority",
        "ordering",
        "point_counts",
        "strategy",
        "prefer_within",
        "transfer_place",
        "answer_within",
        "excluded_for",
        "overflow_after",
        "longest_line",
        "longest_wait",
        "overflow_action",
        "overflow_to",
        "wrap_up_mode",
        "wrap_up_within",
    },
    "agents": {"engagement", "team", "backup", "capacities", "skills"},
    "entry_points": {"priority", "queue"},
}


class Unfit(ValueError):
    """These changes cannot be replayed; the reasons."""

    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True)
class More:
    """So many people more in a queue."""

    count: int
    since: time = time.min
    until: time = time.max


@dataclass(frozen=True)
class Changed:
    rules: Rules
    more: dict[int, More]  # agent: the first of so many, by negative numbers; all present at the same times
    moved: dict[str, int]  # entry points that lead elsewhere: their key and that queue
    words: list[str]  # what differs, for people


def change(base: Rules, changes: Any) -> Changed:
    """The rules with these changes, or Unfit with every reason."""
    if not isinstance(changes, dict) or not all(isinstance(things, dict) for things in changes.values()):
        raise Unfit([Refusal("", "", "", _("Changes are given by section and name, as rules are."))])
    of_rules = {section: things for section, things in changes.items() if section != MORE}
    if reasons := [*_unknown(base, of_rules), *_unseen(of_rules)]:
        raise Unfit(reasons)
    planned = plan(merge(base, of_rules), base)
    gone = [Refusal("", gone.name, gone.section, _("is not there")) for gone in planned.gone]
    if planned.refused or gone:
        raise Unfit(planned.refused or gone)
    doors = planned.result["entry_points"]
    moved = {
        key: planned.result["queues"][door["queue"]]["id"]
        for key, door in doors.items()
        if door["queue"] != base["entry_points"][key]["queue"]
    }
    changed = Changed(planned.result, {}, moved, [str(difference) for difference in planned.changes])
    return _with_more(changed, changes.get(MORE, {}))


def _unknown(base: Rules, changes: dict[str, Any]) -> list[Refusal]:
    reasons = []
    for section, things in changes.items():
        if section not in SECTIONS:
            reasons.append(Refusal("", section, "", _("is no part of the rules")))
            continue
        for name in things.keys() - base[section].keys():
            reasons.append(Refusal(section, name, section, _("is not there")))
    return reasons


def _unseen(changes: dict[str, Any]) -> list[Refusal]:
    """Rules that a day in virtual time does not go by: to change them would show nothing."""
    reasons = []
    for section, things in changes.items():
        shown = SHOWN.get(section, set())
        for name, thing in things.items():
            if not isinstance(thing, dict):
                reasons.append(Refusal(section, name, "", _("Something with names and values is needed here.")))
                continue
            known = {*SECTIONS[section].fields, *SECTIONS[section].refs, *SECTIONS[section].parts}
            for field in thing.keys() & known - shown:
                reasons.append(Refusal(section, name, field, _("makes no difference to a replay")))
    return reasons


def _with_more(changed: Changed, more: dict[str, Any]) -> Changed:
    rules, words = changed.rules, list(changed.words)
    rules = {**rules, "agents": dict(rules["agents"]), "queues": dict(rules["queues"])}
    added: dict[int, More] = {}
    for name, asked in more.items():
        if name not in rules["queues"]:
            raise Unfit([Refusal("queues", name, MORE, _("is not there"))])
        queue = rules["queues"][name]
        people = _more(name, asked)
        skills = {skill: {"level": asked_["level"]} for skill, asked_ in queue["skills"].items()}
        capacities = {c: {"maximum": n, "units": None, "interrupted_by": None} for c, n in USUAL.items()}
        best = min((seat["rank"] for seat in (*queue["agents"].values(), *queue["teams"].values())), default=1)
        seats = dict(queue["agents"])
        for _nth in range(people.count):
            number = -1 - len(added)
            added[number] = people
            one = {"engagement": "formal", "team": None, "backup": None, "skills": skills, "capacities": capacities}
            rules["agents"][f"+{-number}"] = {"id": number, **one}
            seats[f"+{-number}"] = {"rank": best}
        rules["queues"][name] = {**queue, "agents": seats}
        if people.count:
            words.append(f"{name}: " + ngettext("%d more agent", "%d more agents", people.count) % people.count)
    return Changed(rules, added, changed.moved, words)


def _more(queue: str, asked: Any) -> More:
    given = asked if isinstance(asked, dict) else {"count": asked}
    if unknown := sorted(given.keys() - {"count", "from", "to"}):
        raise Unfit([Refusal("queues", queue, f"{MORE} {unknown[0]}", _("is no part of it"))])
    count = given.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST:
        raise Unfit([Refusal("queues", queue, MORE, _("A whole number from 0 to %d is needed.") % MOST)])
    try:
        since, until = (time.fromisoformat(given[name]) if name in given else None for name in ("from", "to"))
    except (TypeError, ValueError):
        raise Unfit([Refusal("queues", queue, MORE, _("Times are given as 09:00."))]) from None
    since, until = since or time.min, until or time.max
    if since >= until:
        raise Unfit([Refusal("queues", queue, MORE, _("They have to come before they go."))])
    return More(count, since, until)
