"""What cannot work, in plain words: pure functions over the rules as JSON, asked by forms, roll-backs and imports."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from interactions.models.queue import NoAgent, Overflow, WrapUp
from interactions.rules.form import Reason, Refusal, malformed
from interactions.rules.shape import Rules

A_DAY = 86_400
LONGEST_WRAP_UP = 3_600
SHORTEST_SILENCE = 30
AT_LEAST_A_SECOND = (
    "answer_within",
    "reply_within",
    "excluded_for",
    "return_after",
    "abandoned_after",
    "longest_wait",
    "time_to_live",
)


def refusals(rules: Rules) -> list[Refusal]:
    """All reasons why these rules cannot be; first of all that they are no rules at all."""
    if found := malformed(rules):
        return found
    for name, queue in rules["queues"].items():
        found += [Refusal("queues", name, field, text) for field, text in queue_refusals(queue)]
        for position, field, text in step_refusals(name, queue["skills"], queue["steps"]):
            found.append(Refusal("queues", name, f"steps {position} {field}".strip(), text))
        for channel, rule in queue["offers"].items():
            found += [Refusal("queues", name, f"offers {channel}", text) for _f, text in offer_refusals(rule)]
    for name, agent in rules["agents"].items():
        for channel, capacity in agent["capacities"].items():
            if channel in (capacity["interrupted_by"] or []):
                found.append(Refusal("agents", name, f"capacities {channel}", interrupts_itself()))
    overflows = {name: queue["overflow_to"] for name, queue in rules["queues"].items()}
    for circle in circles(overflows):
        found.append(Refusal("queues", circle[0], "overflow_to", overflow_circle(circle)))
    backups = {name: agent["backup"] for name, agent in rules["agents"].items()}
    for circle in circles(backups):
        found.append(Refusal("agents", circle[0], "backup", backup_circle(circle)))
    return found


def queue_refusals(queue: Mapping[str, Any]) -> Iterator[Reason]:
    """What a queue's own fields say that cannot be; durations in seconds."""
    for name in AT_LEAST_A_SECOND:
        if queue[name] is not None and queue[name] < 1:
            yield name, _("At least one second.")
    if queue["point_counts"] > A_DAY:
        yield "point_counts", _("A point of priority counts as a day of waiting at most.")
    away = queue["overflow_action"] == Overflow.QUEUE or queue["no_agent_action"] == NoAgent.QUEUE
    if away and queue["overflow_to"] is None:
        yield "overflow_to", _("Choose the queue it overflows to.")
    if queue["time_to_live"] is not None and queue["time_to_live"] < (queue["longest_wait"] or 0):
        yield "time_to_live", _("Work would be set aside before it has waited as long as it may.")
    if queue["inactive_after"] is not None and queue["inactive_after"] < SHORTEST_SILENCE:
        yield "inactive_after", _("At least %d seconds: people need time to write.") % SHORTEST_SILENCE
    yield from _wrap_up_refusals(queue)


def _wrap_up_refusals(queue: Mapping[str, Any]) -> Iterator[Reason]:
    within, mode = queue["wrap_up_within"], queue["wrap_up_mode"]
    if within > LONGEST_WRAP_UP:
        yield "wrap_up_within", _("A wrap-up of more than an hour keeps the agent from all other work.")
    elif within == 0 and mode in (WrapUp.FORCED, WrapUp.REQUESTED):
        yield "wrap_up_within", _("A wrap-up that lasts no time is none: give it time, or choose another mode.")
    elif within == 0 and queue["disposition_required"]:
        yield (
            "wrap_up_within",
            _("A required disposition needs time to choose it: allow a wrap-up, or do not require it."),
        )
    if queue["wrap_up_extensions"] and not 0 < queue["wrap_up_extend_by"] <= LONGEST_WRAP_UP:
        yield "wrap_up_extend_by", _("An extension gives a second to an hour.")


def offer_refusals(rule: Mapping[str, Any]) -> Iterator[Reason]:
    if rule["accepts_after"] is None:
        return
    if rule["accepts_after"] >= rule["rings_for"]:
        yield "accepts_after", _("An offer can accept itself only while it rings.")
    if rule["rings_at"] > 1:
        yield "accepts_after", _("What rings at several agents cannot accept itself.")


def step_refusals(queue: str, skills: Mapping[str, Any], steps: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Steps only widen: each asks less, or somebody more, later than the one before. (position, field, text)"""
    asked = {name: skill["level"] for name, skill in skills.items() if skill["required"]}
    latest = None
    for position, step in sorted(steps.items(), key=lambda item: int(item[0])):
        after = step["after"]
        if (after, step["when_wait_over"], step["when_level_under"]) == (None, None, None) and not step["when_nobody"]:
            yield position, "after", _("Say when the step is reached.")
        if after is not None:
            if latest is not None and after <= latest:
                yield position, "after", _("Later than the step before it: after more than %d seconds.") % latest
            latest = after
        if step["add_queue"] is not None and step["add_queue"] == queue:
            yield position, "add_queue", _("The queue asks its own people already.")
        if not (step["skills"] or step["informal"] or step["add_queue"] or step["add_team"]):
            yield (
                position,
                "",
                _("This step asks nobody more: lower a skill, or add a queue, a team, the informal ones."),
            )
        for name, relaxed in step["skills"].items():
            if name not in asked:
                yield position, "skills", _("The queue does not ask for %s, so there is nothing to lower.") % name
            elif relaxed["level"] >= asked[name]:
                text = _("A step only asks less: %(skill)s has been asked at %(level)d already.")
                yield position, "skills", text % {"skill": name, "level": asked[name]}
            else:
                asked[name] = relaxed["level"]


def circle_from(start: str, leads_to: Mapping[str, str | None]) -> list[str]:
    """The way from here back to here; empty when it does not lead back."""
    way, here = [start], leads_to.get(start)
    while here is not None and here not in way:
        way.append(here)
        here = leads_to.get(here)
    return way if here == start else []


def circles(leads_to: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Ways that come back to where they began, each once."""
    for start in leads_to:
        if (way := circle_from(start, leads_to)) and start == min(way):
            yield way


def overflow_circle(circle: list[str]) -> str:
    way = " → ".join([*circle, circle[0]])
    return _("Work would overflow in a circle: %s.") % way


def backup_circle(circle: list[str]) -> str:
    if len(circle) == 1:
        return _("Nobody is their own back-up.")
    return _("Back-ups would stand in for each other in a circle: %s.") % " → ".join([*circle, circle[0]])


def interrupts_itself() -> str:
    return _("Work cannot be interrupted by work of its own channel.")
