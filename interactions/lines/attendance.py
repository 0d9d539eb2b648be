"""Who attends a line: at work and able to take its work, free or busy, at once or at a later step of its relaxation.

A desk that is gone for a moment still counts (a reloaded page is not the end of the night shift); one that stays away
is withheld by the sweep, and does not. Somebody about to leave takes nothing new, and does not either.
"""

from collections.abc import Collection

from django.db import connection

type Line = tuple[int, str]  # queue and channel

# Of a line "l". What a step adds or lowers counts from the start: waiting makes sense.
ABLE = """
    from (
        select coalesce(m.agent_id, member.id) as id
        from interactions_membership m left join agents_agent member on member.team_id = m.team_id
        where m.queue_id = l.queue
        or m.queue_id in (select add_queue_id from interactions_step where queue_id = l.queue)
        union
        select member.id from interactions_step s join agents_agent member on member.team_id = s.add_team_id
        where s.queue_id = l.queue
    ) seat
    join agents_agent a on a.id = seat.id
    join agents_person p on p.id = a.person_id and p.is_active
    join agents_capacity c on c.agent_id = a.id and c.channel = l.channel and c.maximum > 0
        and (c.channel <> 'voice' or c.phone_passed)
    where a.status = 'available' and a.withheld = '' and a.next_status = ''
    and not exists (
        select from interactions_queueskill asked
        cross join lateral (
            select least(asked.level, min(lowered.level)) as level from interactions_stepskill lowered
            join interactions_step s on s.id = lowered.step_id
            where s.queue_id = asked.queue_id and lowered.skill_id = asked.skill_id
        ) at_last
        where asked.queue_id = l.queue and asked.required and at_last.level > 0 and not exists (
            select from agents_agentskill has
            where has.agent_id = a.id and has.skill_id = asked.skill_id and has.level >= at_last.level))
    and (
        a.engagement = 'formal'
        or exists (select from interactions_queue q where q.id = l.queue
            and (q.overflow_after is not null or q.overflow_action = 'informal'))
        or exists (select from interactions_step s where s.queue_id = l.queue and s.informal)
    )
"""

LINES = "from unnest(%s::bigint[], %s::text[]) as l (queue, channel)"
ATTENDED = f"select l.queue, l.channel {LINES} where exists (select {ABLE})"
PLACES = f"select (select coalesce(sum(c.maximum), 0) {ABLE}) {LINES}"


def attended_lines(lines: Collection[Line]) -> set[Line]:
    """Those of these lines that somebody attends, in one query."""
    return {(queue, channel) for queue, channel in _rows(ATTENDED, lines)}


def attended(queue_id: int, channel: str) -> bool:
    """Somebody who could take it is at work, free or busy: waiting makes sense."""
    return bool(attended_lines([(queue_id, channel)]))


def places(queue_id: int, channel: str) -> int:
    """How much of this channel those who attend the line can have in hand at once."""
    return int(_rows(PLACES, [(queue_id, channel)])[0][0])


def _rows(sql: str, lines: Collection[Line]) -> list[tuple]:
    queues, channels = [queue for queue, _channel in lines], [channel for _queue, channel in lines]
    with connection.cursor() as cursor:
        cursor.execute(sql, [queues, channels])
        return cursor.fetchall()
