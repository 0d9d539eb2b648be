"""Where an interaction is: its state and everything that has to agree with it."""

from interactions.invariants.rule import Rule

JOURNEY = [
    Rule(
        "work_in_hand_has_an_agent",
        "Active, wrapping up, parked and closed work has an agent, unless it was closed where it was set aside; waiting"
        " and abandoned work, and what is set aside, has none.",
        "Return work without an agent to its queue; clear the agent of waiting work.",
        """
        select id from interactions_interaction i
        where (state in ('active', 'wrap_up', 'parked') and agent_id is null)
        or (state = 'closed' and agent_id is null and not exists (
            select from interactions_event where interaction_id = i.id and what = 'set_aside'))
        or (state in ('queued', 'offered', 'abandoned', 'set_aside') and agent_id is not null)
        """,
    ),
    Rule(
        "active_work_has_one_open_leg",
        "An active interaction has exactly one open segment, any other none.",
        "Close the extra segment as the last event says; return active work without one to its queue.",
        """
        select i.id from interactions_interaction i
        left join interactions_segment s on s.interaction_id = i.id and s.ended_at is null
        group by i.id having count(s.id) <> (i.state = 'active')::int
        """,
    ),
    Rule(
        "the_open_leg_is_its_agents",
        "The open segment belongs to the agent who has the interaction.",
        "Trust the last accepted event: set the agent, or the segment's agent, to its agent.",
        """
        select i.id from interactions_interaction i
        join interactions_segment s on s.interaction_id = i.id and s.ended_at is null
        where i.state = 'active' and s.agent_id <> i.agent_id
        """,
    ),
    Rule(
        "legs_do_not_overlap",
        "One agent at a time: a segment begins when the one before it has ended.",
        "Set the end of the earlier segment to the time of the event that ended it.",
        """
        select id from (
            select id, started_at, lag(ended_at) over legs as ended_before, lag(id) over legs as before
            from interactions_segment window legs as (partition by interaction_id order by started_at, id)
        ) s where before is not null and ended_before > started_at
        """,
    ),
    Rule(
        "ringing_work_has_one_offer",
        "An offered interaction has a pending offer, one at each agent it rings at; any other has none.",
        "Rescind the extra offer; put an offered interaction without one back into the queue.",
        """
        select i.id from interactions_interaction i
        left join interactions_offer o on o.interaction_id = i.id and o.state = 'pending'
        group by i.id having (count(o.id) > 0) <> (i.state = 'offered') or count(o.id) > count(distinct o.agent_id)
        """,
    ),
    Rule(
        "an_accepted_offer_began_a_leg",
        "Whoever accepted an offer then had the interaction.",
        "Add the missing segment from the events, or set the offer's state to what happened.",
        """
        select o.id from interactions_offer o where o.state = 'accepted' and not exists (
            select from interactions_segment s where s.interaction_id = o.interaction_id and s.agent_id = o.agent_id
            and s.started_at >= o.offered_at)
        """,
    ),
    Rule(
        "offers_end_once",
        "A pending offer has no end; any other has one.",
        "Set ended_at to the time of the event that ended the offer, or clear it.",
        "select id from interactions_offer where (state = 'pending') <> (ended_at is null)",
    ),
    Rule(
        "every_leg_is_in_the_ledger",
        "Each segment began with an accepted, taken-back or composed event: reports are read from the events.",
        "Add the missing event with the next number, or delete the segment nobody knows of.",
        """
        select i.id from interactions_interaction i
        left join (select interaction_id, count(*) n from interactions_segment group by 1) s on s.interaction_id = i.id
        left join (
            select interaction_id, count(*) n from interactions_event
            where what in ('accepted', 'taken_back', 'composed') group by 1
        ) e on e.interaction_id = i.id
        where coalesce(s.n, 0) <> coalesce(e.n, 0)
        """,
    ),
    Rule(
        "the_ledgers_last_word_is_the_state",
        "The last event that moved the interaction is one that leads to the state it is in.",
        "Trust the ledger: replay the last event's verb, or add the event that is missing.",
        """
        select i.id from interactions_interaction i left join lateral (
            select what from interactions_event e
            where e.interaction_id = i.id and what not in ('rated', 'mailed', 'unsent', 'undelivered', 'split')
            order by seq desc limit 1
        ) e on true
        where coalesce(e.what, '') <> all (case i.state
            when 'queued' then array['arrived', 'declined', 'timed_out', 'rescinded', 'transferred', 'woken',
                                     'returned', 'rejoined', 'overflowed', 'requeued', 'reopened']
            when 'offered' then array['offered', 'declined', 'timed_out', 'rescinded']
            when 'active' then array['accepted', 'taken_back', 'composed', 'interrupted', 'resumed']
            when 'parked' then array['parked']
            when 'wrap_up' then array['ended', 'extended']
            when 'closed' then array['wrapped_up']
            when 'set_aside' then array['set_aside']
            when 'spam' then array['marked_spam']
            else array['abandoned'] end)
        """,
    ),
    Rule(
        "the_ledger_says_who",
        "An event that only an agent's work can cause names the agent.",
        "Set the event's agent to the one of the segment at that time.",
        """
        select id from interactions_event
        where what in ('accepted', 'taken_back', 'composed', 'parked', 'returned') and agent_id is null
        """,
    ),
    Rule(
        "the_ledger_names_what_there_is",
        "What an event or an offer names is there: the database does not look it up for each of them.",
        "Clear the name; delete events of an interaction that is gone.",
        """
        select e.id from interactions_event e
        left join interactions_interaction i on i.id = e.interaction_id
        left join interactions_queue q on q.id = e.queue_id
        left join agents_agent a on a.id = e.agent_id
        left join agents_person p on p.id = e.by_id
        where i.id is null or (e.queue_id is not null and q.id is null) or (e.agent_id is not null and a.id is null)
            or (e.by_id is not null and p.id is null)
        union all
        select o.id from interactions_offer o left join interactions_queue q on q.id = o.queue_id
        where o.queue_id is not null and q.id is null
        """,
    ),
    Rule(
        "over_when_it_has_ended",
        "Work that is over has an end, work that is open has none; closed and abandoned work has its closing time too.",
        "Set ended_at and closed_at to the times of the ended and wrapped-up events; clear them on open work.",
        """
        select id from interactions_interaction
        where (state in ('wrap_up', 'closed', 'abandoned', 'spam', 'set_aside')) <> (ended_at is not null)
        or (state in ('closed', 'abandoned') and closed_at is null)
        or (state in ('queued', 'offered', 'active', 'parked', 'wrap_up', 'set_aside') and closed_at is not null)
        """,
    ),
    Rule(
        "a_wrap_up_has_an_end",
        "A wrap-up ends by itself, save where it lasts until the agent is done: wrap_up_until is set, and only then.",
        "Set wrap_up_until to now: the router closes the interaction within a second.",
        """
        select id from interactions_interaction
        where (state = 'wrap_up' and wrap_up_mode <> 'mandatory') <> (wrap_up_until is not null)
        """,
    ),
    Rule(
        "parked_work_wakes",
        "Parked work has a moment when it comes back; waiting and active work has none.",
        "Set parked_until to now: the router wakes it within a second.",
        """
        select id from interactions_interaction where (state = 'parked' and parked_until is null)
        or (state in ('queued', 'offered', 'active') and parked_until is not null)
        """,
    ),
    Rule(
        "only_waiting_work_was_returned",
        "returned_from lets an agent take back what nobody else has taken: it is empty once somebody has the work.",
        "Clear returned_from.",
        """
        select id from interactions_interaction
        where returned_from_id is not null and state in ('active', 'parked', 'wrap_up', 'closed')
        """,
    ),
    Rule(
        "times_run_forward",
        "It arrived, was answered, ended and was closed in this order.",
        "Correct the time from the event of that moment.",
        """
        select id from interactions_interaction
        where queued_at < arrived_at or answered_at < arrived_at or ended_at < coalesce(answered_at, arrived_at)
        or closed_at < ended_at
        """,
    ),
    Rule(
        "answered_with_the_first_leg",
        "answered_at is the start of the first segment: service level and speed of answer are computed from it.",
        "Set answered_at to the start of the first segment.",
        """
        select i.id from interactions_interaction i where answered_at is distinct from
            (select min(started_at) from interactions_segment where interaction_id = i.id)
        """,
    ),
    Rule(
        "one_open_conversation_per_visitor",
        "A visitor has at most one open conversation, whatever was clicked twice.",
        "End the newer one with a note that names the older.",
        """
        select max(id) from interactions_interaction
        where state in ('queued', 'offered', 'active', 'parked') and visitor_id is not null
        group by visitor_id having count(*) > 1
        """,
    ),
    Rule(
        "rated_after_the_end",
        "A rating is 1 to 5 and given once the conversation is over.",
        "Clear the rating and its comment.",
        """
        select id from interactions_interaction
        where rating not between 1 and 5 or (rating is not null and state not in ('wrap_up', 'closed'))
        """,
    ),
]
