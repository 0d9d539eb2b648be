"""Rows that a pass fails at, and rows that no pass can see: found and set aside with the reason, never fatal."""

import logging
from collections import Counter
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from agents.models import Channel
from interactions.models.interaction import Interaction
from interactions.routing.claim import Rung, claim
from interactions.routing.heads import heads
from interactions.routing.match import Match, match, order
from interactions.routing.pool import Line

if TYPE_CHECKING:
    from interactions.routing.router import Router

log = logging.getLogger(__name__)
FAULTY_AFTER = 2  # different pieces of work that failed with an agent, and none that did not
ALL_AFTER = 3  # different pieces that failed, and none that did not: then it is not the work

# From one line of the index to the next, however much waits in each; and what stands in no line.
UNSEEN = """
    with recursive line as (
        (select queue_id, channel from interactions_interaction where state = 'queued'
            order by queue_id, channel limit 1)
        union all
        select next.* from line cross join lateral (
            select queue_id, channel from interactions_interaction
            where state = 'queued' and (queue_id, channel) > (line.queue_id, line.channel)
            order by queue_id, channel limit 1
        ) next
    )
    (select i.id, 'unknown channel: ' || i.channel from line join interactions_interaction i
        on i.state = 'queued' and i.queue_id = line.queue_id and i.channel = line.channel
        where line.channel <> all(%(channels)s) limit 100)
    union all
    (select i.id, 'its queue is gone' from line join interactions_interaction i
        on i.state = 'queued' and i.queue_id = line.queue_id and i.channel = line.channel
        where not exists (select from interactions_queue where id = line.queue_id) limit 100)
    union all
    (select id, 'no queue' from interactions_interaction where state = 'queued' and queue_id is null limit 100)
    union all
    (select i.id, 'no channel' from interactions_queue q join interactions_interaction i
        on i.state = 'queued' and i.queue_id = q.id and i.channel is null limit 100)
"""


def find(router: "Router", lines: set[Line]) -> list[Rung]:
    """Offer these lines' work one by one, each in a transaction of its own; what fails is set aside.

    Unless it is the agent: who has failed with two pieces and succeeded with none is left out instead. Or us: when
    everything fails (a statement that does not fit the database, say), nothing is set aside, and all of it waits.
    """
    offers: list[Rung] = []
    failed: dict[int, tuple[list[Match], Exception]] = {}
    failures, good = Counter[int](), set[int]()
    now = timezone.now()
    pool = router.know()
    for work in sorted(heads(lines, pool, now), key=lambda work: order(work, pool.rules.queues[work.queue])):
        if work.id in router.ignored:
            continue
        matches: list[Match] = []
        try:
            matches = match([work], pool, now)
            with transaction.atomic():
                made = claim(matches, now) if matches else []
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            failed[work.id] = matches, error
            agents = {one.agent for one in matches}
            failures.update(agents)
            router.look_at(agents)
            for agent in agents - good:
                if failures[agent] >= FAULTY_AFTER:
                    pool.drop(agent)
        else:
            offers += made
            good |= {offer.agent_id for offer in made}
    faulty = {agent for agent, count in failures.items() if count >= FAULTY_AFTER} - good
    for agent in faulty:
        log.error("nothing can be offered to an agent", extra={"agent": agent})
    if len(failed) >= ALL_AFTER and not offers:
        log.error("nothing can be offered at all", extra={"why": str(next(iter(failed.values()))[1])})
        return offers
    for pk, (found, cause) in failed.items():
        if faulty.isdisjoint(one.agent for one in found):
            set_aside(router, pk, f"{type(cause).__name__}: {cause}")
    return offers


def search(router: "Router") -> int:
    """Set aside what waits in no line: unknown channel, no queue. Constraints forbid it, while they are there."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, {"channels": list(Channel.values)})
        unseen = cursor.fetchall()
    return sum(set_aside(router, pk, why) for pk, why in unseen if pk not in router.ignored)


def set_aside(router: "Router", pk: int, why: str) -> bool:
    """By the verb; if it cannot even do that, by hand; if not even so, never looked at again by this router."""
    log.error("work cannot be routed", extra={"interaction": pk, "why": why})
    for way in (_by_its_verb, _by_hand):
        try:
            with transaction.atomic():
                way(pk, why)
            return True
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("work could not be set aside", extra={"interaction": pk})
    router.ignored.add(pk)
    return False


def _by_its_verb(pk: int, why: str) -> None:
    Interaction.objects.get(pk=pk).set_aside(why=why[:300])


def _by_hand(pk: int, why: str) -> None:
    values = {"state": "set_aside", "ended_at": timezone.now(), "set_aside_why": why[:300]}
    Interaction.objects.filter(pk=pk, state="queued").update(**values)
