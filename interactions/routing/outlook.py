"""What will change for waiting work, and at which second, if nothing else happens."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from interactions.lines.attendance import attended
from interactions.models.interaction import Interaction
from interactions.models.offer import Offer
from interactions.models.queue import NoAgent, Overflow, Queue
from interactions.routing.match import Waiting, preference
from interactions.routing.obstacles import What
from interactions.routing.pool import Pool

if TYPE_CHECKING:
    from interactions.routing.explain import Candidate

UNSEEN = timedelta(minutes=1)  # a page that has been silent for longer is probably gone


class Change(NamedTuple):
    at: datetime | None  # None: once a condition holds
    what: str
    facts: Mapping[str, Any] = {}


def of_the_rules(work: Waiting, pool: Pool, now: datetime) -> Iterator[Change]:
    """Whom the queue asks from when on. Pure: between these moments nobody else may have it."""
    queue = pool.rules.queues[work.queue]
    reached = queue.reached(work.queued_at, now)
    for number, step in enumerate(queue.steps[reached:], reached + 1):
        lowered = {
            skill: level
            for skill, level in queue.required_by_step[number].items()
            if level < queue.required_by_step[number - 1][skill]
        }
        facts = {"step": number, "skills": lowered, "queues": step.queues, "teams": step.teams}
        yield Change(queue.reached_at(number, work.queued_at), "step", facts)
    by = queue.informal_by(now)
    if (by is None or work.queued_at > by) and (at := queue.informal_at(work.queued_at)):
        yield Change(at, "informal")
    if meant := preference(work, pool, now):
        yield Change(meant.until, "preference", {"agents": [agent.id for agent in meant.agents]})
    elif work.preferred_until and work.preferred_until > now:
        yield Change(work.preferred_until, "preference", {"agents": []})


def outlook(
    work: Waiting, interaction: Interaction, pool: Pool, candidates: "Iterable[Candidate]", now: datetime
) -> list[Change]:
    """In the order of time, what needs a condition last."""
    of_people = _of_people(candidates)
    found = [*of_the_rules(work, pool, now), *of_people, *_of_the_queue(interaction, interaction.queue, now)]
    return sorted(found, key=lambda change: (change.at is None, change.at or now))


def _of_people(candidates: "Iterable[Candidate]") -> Iterator[Change]:
    """Who is asked again when, and whose hands are free when at the latest."""
    full = []
    for candidate in candidates:
        agent = candidate.agent.pk
        for obstacle in candidate.obstacles:
            if obstacle.what == What.EXCLUDED:
                yield Change(obstacle.until, "asked_again", {"agent": agent})
            elif obstacle.what in (What.PLACE, What.ATTENTION) and len(candidate.obstacles) == 1:
                full.append(agent)
    wrapping_up = Interaction.objects.filter(state="wrap_up", agent__in=full, wrap_up_until__isnull=False)
    for agent, at in wrapping_up.values_list("agent", "wrap_up_until"):
        yield Change(at, "wrapped_up", {"agent": agent})
    for agent, at in Offer.objects.pending().filter(agent__in=full).values_list("agent", "expires_at"):
        yield Change(at, "rung_out", {"agent": agent})


def _of_the_queue(interaction: Interaction, queue: Queue, now: datetime) -> Iterator[Change]:
    """What the queue does with work that waits too long, or where nobody comes."""
    if queue.time_to_live:
        yield Change(interaction.queued_at + queue.time_to_live, "set_aside")
    if not interaction.live:
        return
    if queue.longest_wait and queue.overflow_action != Overflow.INFORMAL:
        facts = {"action": queue.overflow_action, "queue": queue.overflow_to_id}
        yield Change(interaction.queued_at + queue.longest_wait, "too_long", facts)
    if queue.no_agent_action != NoAgent.WAIT:
        facts = {"action": queue.no_agent_action, "queue": queue.overflow_to_id}
        if not queue.open_at(now) or not attended(queue.pk, interaction.channel):
            yield Change(now, "unattended", facts)
        elif queue.hours and (closing := queue.hours.next_closing(now)):
            yield Change(closing, "closes", facts)
    visitor = interaction.visitor
    if visitor and interaction.answered_at is None and visitor.seen_at < now - UNSEEN:
        yield Change(visitor.seen_at + queue.abandoned_after, "abandoned", {"since": visitor.seen_at})
