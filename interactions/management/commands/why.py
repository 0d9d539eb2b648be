"""Why a piece of work waits, or why nothing is offered to an agent."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agents.channels import FULL, Channel
from agents.models import Agent
from interactions.models.interaction import Interaction
from interactions.routing.explain import Why, why_waiting
from interactions.routing.explain_agent import WhyNothing, why_nothing
from interactions.routing.obstacles import Obstacle
from interactions.routing.words import Words

SHOWN = 30  # candidates and lines that are listed in full; --json has all


class Command(BaseCommand):
    help = "Say why an interaction waits (why 123), or why nothing is offered to an agent (why --agent maya)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("interaction", nargs="?", type=int, help="the number of a waiting interaction")
        parser.add_argument("--agent", metavar="USERNAME", help="an agent instead")
        parser.add_argument("--json", action="store_true", help="everything, with ids, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["interaction"] is None) == (options["agent"] is None):
            raise CommandError("Name an interaction by its number, or an agent with --agent.")
        if options["agent"]:
            told, lines = self.of_agent(options["agent"])
        else:
            told, lines = self.of_work(options["interaction"])
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else "\n".join(lines))

    def of_work(self, pk: int) -> tuple[dict[str, Any], Iterator[str]]:
        found = Interaction.objects.select_related("queue__hours", "customer", "visitor", "agent__person").filter(pk=pk)
        if not (interaction := found.first()):
            raise CommandError(f"There is no interaction {pk}.")
        why = why_waiting(interaction)
        if why is None:
            state = interaction.get_state_display()
            return {"interaction": pk, "state": interaction.state, "waits": False}, iter([f"{interaction}: {state}"])
        words = Words.read(candidate.agent.pk for candidate in why.candidates)
        return work_as_dict(why, words), work_as_lines(why, words)

    def of_agent(self, username: str) -> tuple[dict[str, Any], Iterator[str]]:
        agent = Agent.objects.filter(person__username=username).first()
        if agent is None:
            raise CommandError(f"There is no agent {username}.")
        why = why_nothing(agent.pk)
        words = Words.read([agent.pk])
        return agent_as_dict(why, words), agent_as_lines(why, words)


def work_as_dict(why: Why, words: Words) -> dict[str, Any]:
    return {
        "interaction": why.interaction.pk,
        "waits": True,
        "as_of": why.as_of.isoformat(),
        "router": why.routed,
        "queue": str(why.interaction.queue),
        "channel": why.interaction.channel,
        "in_queue_since": why.interaction.queued_at.isoformat(),
        "place": why.place,
        "line": why.line,
        "ahead_elsewhere": [
            {"queue": words.queues[queue], "channel": channel, "ahead": ahead}
            for (queue, channel), ahead in why.elsewhere.items()
        ],
        "next": [agent.person.username for agent in why.next],
        "candidates": [
            {
                "agent": candidate.agent.person.username,
                "name": candidate.agent.name,
                "from": _iso(candidate.from_when),
                "obstacles": [_obstacle(obstacle, words) for obstacle in candidate.obstacles],
            }
            for candidate in why.candidates
        ],
        "changes": [
            {"at": _iso(change.at), "what": change.what, "text": words.of_change(change)} for change in why.changes
        ],
    }


def work_as_lines(why: Why, words: Words) -> Iterator[str]:
    work = why.interaction
    yield f"{work} ({work.customer}) waits in {work.queue} since {_clock(work.queued_at)}, as of {_clock(why.as_of)}."
    yield f"Place {why.place} of {why.line} in line."
    for (queue, channel), ahead in why.elsewhere.items():
        yield f"Before it for the same agents: {ahead} in {words.queues[queue]} ({Channel(channel).label})."
    if not why.routed:
        yield "No router is active: nothing is offered to anybody."
    if why.next:
        yield f"Rings next at {', '.join(agent.name for agent in why.next)}."
    yield "Who could take it:" if why.candidates else "Nobody serves this line."
    for candidate in why.candidates[:SHOWN]:
        yield f"  {candidate.agent.name}: {_obstacles(candidate.obstacles, words) or 'can take it'}"
    if len(why.candidates) > SHOWN:
        yield f"  and {len(why.candidates) - SHOWN} more"
    yield "What changes by itself:" if why.changes else "Nothing changes by itself."
    for change in why.changes:
        yield f"  {_clock(change.at) if change.at else 'on a condition'}  {words.of_change(change)}"


def agent_as_dict(why: WhyNothing, words: Words) -> dict[str, Any]:
    return {
        "agent": why.agent.person.username,
        "as_of": why.as_of.isoformat(),
        "router": why.routed,
        "standing": _obstacle(why.standing, words) if why.standing else None,
        "units_in_use": why.units_in_use,
        "room": {channel: _obstacle(full, words) if full else None for channel, full in why.room.items()},
        "gets": why.gets,
        "lines": [
            {
                "queue": words.queues[line.queue],
                "channel": line.channel,
                "waiting": line.waiting,
                "first": line.first,
                "obstacles": [_obstacle(obstacle, words) for obstacle in line.obstacles],
                "asked_before": line.before,
            }
            for line in why.lines
        ],
    }


def agent_as_lines(why: WhyNothing, words: Words) -> Iterator[str]:
    yield f"{why.agent.name}, as of {_clock(why.as_of)}: {why.units_in_use} of {FULL} units of attention in use."
    if not why.routed:
        yield "No router is active: nothing is offered to anybody."
    if why.standing:
        yield f"Is not rung: {words.of(why.standing)}."
    if why.gets:
        yield f"Rings next: {', '.join(f'#{pk}' for pk in why.gets)}."
    for full in why.room.values():
        if full:
            yield f"No room: {words.of(full)}."
    if not any(line.waiting for line in why.lines):
        yield "Nothing waits in the lines they serve." if why.lines else "Serves no queue."
    for line in why.lines[:SHOWN]:
        name = f"{words.queues[line.queue]} ({Channel(line.channel).label})"
        turn = "" if line.before is None else f"; {line.before} asked before them"
        if line.waiting:
            kept = _obstacles(line.obstacles, words) or "they get it next"
            yield f"  {name}: {line.waiting} waiting, #{line.first}: {kept}{turn}"
        else:
            yield f"  {name}: nothing waits{turn}"


def _obstacle(obstacle: Obstacle, words: Words) -> dict[str, Any]:
    return {"what": str(obstacle.what), "until": _iso(obstacle.until), "text": words.of(obstacle), **obstacle.facts}


def _obstacles(obstacles: tuple[Obstacle, ...], words: Words) -> str:
    return "; ".join(
        words.of(obstacle) + (f" (until {_clock(obstacle.until)})" if obstacle.until else "") for obstacle in obstacles
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _clock(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%H:%M:%S}" if local.date() == timezone.localdate() else f"{local:%Y-%m-%d %H:%M:%S}"
