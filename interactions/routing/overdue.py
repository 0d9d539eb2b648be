"""What may not wait where it is: work whose time is up, lines that are too slow, full or unattended, emergencies.

Each list is read by probes of the waiting lines' index, a few per queue, whatever waits in them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from agents.models import Channel
from contactcenter.prepared import Prepared
from interactions.lines.attendance import Line, attended_lines
from interactions.models.interaction import Interaction
from interactions.models.limits import EMERGENCY, NOBODY, TOO_LONG, Rule, shut, waiting
from interactions.models.queue import NoAgent, Overflow, Queue

AT_ONCE = 100  # of each kind in one sweep: each is a transaction, and whoever can be served waits meanwhile

# Per queue and channel at most so many, those who have waited longest first.
LONGER = """
    select w.id from interactions_queue q
    cross join unnest(%(channels)s::text[]) as channel cross join unnest(%(live)s::bool[]) as live
    cross join lateral (
        select i.id from interactions_interaction i
        where i.state = 'queued' and i.queue_id = q.id and i.live = live.live and i.channel = channel.channel
        and i.queued_at <= %(now)s - {within}
        order by i.queued_at limit %(most)s
    ) w
    where {within} is not null {only} limit %(most)s
"""
OUT_OF_TIME = LONGER.format(within="q.time_to_live", only="")
TOO_SLOW = LONGER.format(within="q.longest_wait", only="and q.overflow_action <> 'informal'")

LINES = """
    select q.id, channel from interactions_queue q cross join unnest(%s::text[]) as channel
    cross join lateral (
        select 1 from interactions_interaction i
        where i.state = 'queued' and i.queue_id = q.id and i.live and i.channel = channel.channel
        order by i.queued_at limit 1
    ) somebody
    where q.no_agent_action <> 'wait'
"""


EMERGENCIES = Prepared(
    lambda: Queue.objects.filter(emergency=True, no_agent_action=NoAgent.WAIT).exclude(emergency_text="")
)
ASK_INFORMAL = Prepared(lambda: Queue.objects.filter(overflow_action=Overflow.INFORMAL, longest_line__isnull=False))


class Found(NamedTuple):
    interaction: Interaction
    queue: Queue
    rule: Rule


def out_of_time(now: datetime) -> Iterable[Interaction]:
    """Nobody took it in the time its queue gives it, messages that were left included."""
    late = _longer(OUT_OF_TIME, now, live=[True, False])
    return Interaction.objects.filter(pk__in=late) if late else ()


def too_long(now: datetime) -> Iterator[Found]:
    """Waited in this queue for longer than it lets anybody wait."""
    slow = _longer(TOO_SLOW, now, live=[True])
    for interaction in Interaction.objects.filter(pk__in=slow).select_related("queue__overflow_to") if slow else ():
        yield Found(interaction, interaction.queue, Rule(interaction.queue.overflow_action, TOO_LONG))


def unserved(now: datetime) -> Iterator[Found]:
    """Waits where nobody attends the line, or where the queue has closed, and is not to wait there."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [list(Channel.values)])
        lines: list[Line] = cursor.fetchall()
    if not lines:
        return
    there = attended_lines(lines)
    queues = Queue.objects.filter(pk__in={queue for queue, _channel in lines}).select_related("hours", "overflow_to")
    known = queues.prefetch_related("hours__periods", "hours__exceptions").in_bulk()
    for line in lines:
        queue, channel = known[line[0]], line[1]
        if why := shut(queue, now) or ("" if line in there else NOBODY):
            of_line = Interaction.objects.waiting().filter(queue=queue, channel=channel, live=True)
            for interaction in of_line.order_by("queued_at")[:AT_ONCE]:
                yield Found(interaction, queue, Rule(queue.no_agent_action, why))


def untold(_now: datetime) -> Iterator[Found]:
    """Waits where an emergency closed the queue, and has not been told."""
    for queue in EMERGENCIES.all():
        of_queue = Interaction.objects.waiting().filter(queue=queue, live=True)
        told = Interaction.objects.filter(messages__notice="emergency", messages__text=queue.emergency_text)
        for interaction in of_queue.exclude(pk__in=told)[:AT_ONCE]:
            yield Found(interaction, queue, Rule(NoAgent.WAIT, EMERGENCY))


def note_full_lines(now: datetime) -> int:
    """Remember of each line that is too long, where informal employees are to be asked, that it is."""
    limited = ASK_INFORMAL.all()
    full = [queue.pk for queue in limited if (most := queue.longest_line) and waiting(queue, most + 1) > most]
    return Queue.objects.filter(pk__in=full).update(overflowed_at=now) if full else 0


def _longer(sql: str, now: datetime, live: list[bool]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"channels": list(Channel.values), "live": live, "now": now, "most": AT_ONCE})
        return [pk for (pk,) in cursor.fetchall()]
