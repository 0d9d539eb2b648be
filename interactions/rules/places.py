"""The places in line follow the rules: when those change, everything that waits is placed anew at once."""

from typing import Any

from django.db import connection

from interactions.models.queue import Ordering
from interactions.rules.shape import Rules

WEIGHTS = ("priority", "ordering", "point_counts")

# The moment a place counts from stays. Locked in the order of ids, as everywhere; what is offered may come back.
PLACE_ANEW = f"""
    with line as (
        select i.id, i.place_from, q.ordering = '{Ordering.STRICT}' as strict, q.point_counts,
               q.priority + coalesce(e.priority, 0) as priority
        from interactions_interaction i join interactions_queue q on q.id = i.queue_id
        left join interactions_entrypoint e on e.id = i.entry_point_id
        where i.state in ('queued', 'offered') and (i.queue_id = any(%s) or i.entry_point_id = any(%s))
        order by i.id for no key update of i
    )
    update interactions_interaction i
    set priority = line.priority,
        precedence = case when line.strict then line.priority else 0 end,
        place_at = case when line.strict then line.place_from
                   else line.place_from - line.priority * line.point_counts end
    from line where i.id = line.id
"""


def follow(before: Rules, after: Rules) -> int:
    """Place anew what a change of queues' weights or entry points' priorities moves; how much that was."""
    queues = _differ(before["queues"], after["queues"], WEIGHTS)
    doors = _differ(before["entry_points"], after["entry_points"], ("priority",))
    if not queues and not doors:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PLACE_ANEW, [queues, doors])
        return cursor.rowcount


def _differ(before: dict[str, Any], after: dict[str, Any], fields: tuple[str, ...]) -> list[int]:
    """The ids of what is in both and says something else there."""
    old = {thing["id"]: [thing[name] for name in fields] for thing in before.values()}
    return [
        thing["id"]
        for thing in after.values()
        if thing["id"] in old and old[thing["id"]] != [thing[name] for name in fields]
    ]
