"""The places in line follow the rules: when those change, everything that waits is placed anew at once."""

from functools import partial
from typing import Any

from django.db import connection, transaction

from interactions.models.queue import Ordering
from interactions.rules.shape import Rules

WEIGHTS = ("priority", "ordering", "point_counts")

# The moment a place counts from stays. Locked in the order of ids, as everywhere; what is offered may come back.
PLACE_ANEW = f"""
    with line as (
        select i.id, new.* from interactions_interaction i
        join interactions_queue q on q.id = i.queue_id
        left join interactions_entrypoint e on e.id = i.entry_point_id
        cross join lateral (
            select q.priority + coalesce(e.priority, 0) as points, q.ordering = '{Ordering.STRICT}' as strict
        ) w
        cross join lateral (
            select w.points as priority, case when w.strict then w.points else 0 end as precedence,
                   case when w.strict then i.place_from else i.place_from - w.points * q.point_counts end as place_at
        ) new
        where i.state in ('queued', 'offered') and (i.queue_id = any(%s) or i.entry_point_id = any(%s))
        and (i.priority, i.precedence, i.place_at) is distinct from (new.priority, new.precedence, new.place_at)
        order by i.id for no key update of i {{skip}}
    )
    update interactions_interaction i
    set priority = line.priority, precedence = line.precedence, place_at = line.place_at
    from line where i.id = line.id
"""


def follow(before: Rules, after: Rules) -> int:
    """Place anew what a change of queues' weights or entry points' priorities moves; how much that was.

    Within the change what somebody is just moving is passed over: whoever changes rules holds queues, which a move may
    wait for. That, and what came in meanwhile by the old rules, follows as soon as the change is in.
    """
    queues = _differ(before["queues"], after["queues"], WEIGHTS)
    doors = _differ(before["entry_points"], after["entry_points"], ("priority",))
    if not queues and not doors:
        return 0
    transaction.on_commit(partial(_place_anew, queues, doors, skip=""), robust=True)
    return _place_anew(queues, doors, skip="skip locked")


def _place_anew(queues: list[int], doors: list[int], *, skip: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PLACE_ANEW.format(skip=skip), [queues, doors])
        return cursor.rowcount


def _differ(before: dict[str, Any], after: dict[str, Any], fields: tuple[str, ...]) -> list[int]:
    """The ids of what is in both and says something else there."""
    old = {thing["id"]: [thing[name] for name in fields] for thing in before.values()}
    return [
        thing["id"]
        for thing in after.values()
        if thing["id"] in old and old[thing["id"]] != [thing[name] for name in fields]
    ]
