"""What a queue did not let wait: it went on, became a message, or was set aside, and that is written down."""

from interactions.invariants.rule import Rule
from interactions.routing import ROUTER_IS_ACTIVE

LIMITS = [
    Rule(
        "set_aside_for_a_reason",
        "Work that is set aside says why, as its event does; any other says nothing.",
        "Set set_aside_why to the event's reason, or clear it.",
        """
        select i.id from interactions_interaction i
        where (state = 'set_aside') <> (set_aside_why <> '') or (state = 'set_aside' and set_aside_why not in (
            select why from interactions_event where interaction_id = i.id and what = 'set_aside'))
        """,
    ),
    Rule(
        "an_overflow_never_loops",
        "Overflow leads to each queue at most once, counted from the arrival or from the last transfer by somebody.",
        "Correct the queues' overflow_to; put the work where the last event says it is.",
        """
        select interaction_id from (
            select interaction_id, queue_id, what,
                lag(queue_id) over moves as before,
                count(*) filter (where what = 'transferred') over moves as leg
            from interactions_event where what in ('arrived', 'transferred', 'overflowed')
            window moves as (partition by interaction_id order by seq)
        ) m where what <> 'overflowed' or queue_id <> before
        group by interaction_id, leg, queue_id having count(*) > 1
        """,
    ),
    Rule(
        "overflowed_to_where_it_waits",
        "Waiting work whose last move was an overflow is in the queue that the event names.",
        "Set the queue to the event's.",
        """
        select i.id from interactions_interaction i cross join lateral (
            select what, queue_id from interactions_event e
            where e.interaction_id = i.id and what in ('arrived', 'transferred', 'overflowed')
            order by seq desc limit 1
        ) e where i.state = 'queued' and e.what = 'overflowed' and e.queue_id <> i.queue_id
        """,
    ),
    Rule(
        "who_is_called_back_need_not_wait",
        "A number to call back is that of a message that was left: nobody waits on the line for it.",
        "Clear call_back, or set live to false.",
        "select id from interactions_interaction where call_back <> '' and live and state in ('queued', 'offered')",
    ),
    Rule(
        "old_work_is_set_aside",
        "Work that nobody took in its queue's time is set aside within a minute while a router is active.",
        "Read the router's log for why its sweep fails; set the work aside.",
        f"""
        select i.id from interactions_interaction i join interactions_queue q on q.id = i.queue_id
        where {ROUTER_IS_ACTIVE} and state = 'queued' and queued_at < now() - time_to_live - interval '1 minute'
        """,
    ),
]
