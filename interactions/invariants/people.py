"""Agents: what they carry, what they chose, whether they are there; and that the router does what is due."""

from collections import defaultdict
from collections.abc import Iterator

from agents.attention import Place, units_in_use
from agents.models import Agent, Capacity
from interactions.invariants.rule import Rule
from interactions.models.hold import BENEATH
from interactions.routing import ROUTER_IS_ACTIVE

# A place is taken from the offer until the wrap-up ends, by parked work if its queue says so, and by a colleague who
# helps in a call (see Capacity).
TAKEN = """
    select agent_id, channel from interactions_interaction
    where state in ('active', 'wrap_up', 'parked') and holds_place
    union all
    select o.agent_id, i.channel from interactions_offer o join interactions_interaction i on i.id = o.interaction_id
    where o.state = 'pending'
    union all
    select agent_id, 'voice' from interactions_callleg where holds_place
"""


def _units_differ() -> Iterator[int]:
    places: dict[int, dict[str, Place]] = defaultdict(dict)
    rows = Capacity.objects.values_list("agent", "channel", "maximum", "load", "units", "interrupted_by")
    for agent, channel, maximum, load, units, interrupted_by in rows.iterator():
        places[agent][channel] = Place.of(channel, maximum, load, units, interrupted_by)
    for pk, units in Agent.objects.order_by().values_list("pk", "units_in_use").iterator():
        if units != units_in_use(places[pk]):
            yield pk


PEOPLE = [
    Rule(
        "load_is_what_is_taken",
        "The load of an agent on a channel is the number of offers ringing there, live work and wrap-ups, and the call"
        " they help in.",
        "Set the load to that number while holding the row's lock.",
        f"""
        select c.id from agents_capacity c
        left join ({TAKEN}) t on t.agent_id = c.agent_id and t.channel = c.channel
        group by c.id having count(t.agent_id) <> c.load
        """,
    ),
    Rule(
        "load_fits",
        "Nobody has more at once than their capacity allows.",
        "Raise the maximum to the load, or return the newest work to its queue.",
        "select id from agents_capacity where load > maximum",
    ),
    Rule(
        "work_has_a_place",
        "Whoever has work on a channel has a capacity there; without it the load is counted nowhere.",
        "Add the capacity with a maximum and load of what is in hand.",
        f"""
        select distinct t.agent_id from ({TAKEN}) t
        where not exists (select from agents_capacity c where c.agent_id = t.agent_id and c.channel = t.channel)
        """,
    ),
    Rule(
        "units_add_up",
        "The units in use of an agent are those of all work in hand, save what other work in hand has interrupted.",
        "Save any of the agent's capacities in the admin: the units are counted anew.",
        _units_differ,
    ),
    Rule(
        "only_the_available_are_withheld",
        "What the system withholds (connection lost, not responding) is about somebody who chose to be available.",
        "Clear withheld and withheld_since.",
        """
        select id from agents_agent
        where (withheld <> '' and status <> 'available') or ((withheld <> '') <> (withheld_since is not null))
        """,
    ),
    Rule(
        "a_next_status_waits_for_work",
        "A next status is kept only while there is work in hand, by somebody who is still available.",
        "Set the status to the next status and clear the next.",
        """
        select a.id from agents_agent a where next_status <> '' and (status <> 'available' or not exists (
            select from agents_capacity c where c.agent_id = a.id and c.load > 0))
        """,
    ),
    Rule(
        "whoever_is_there_is_not_gone",
        "An agent with an open desk has no gone_since.",
        "Clear gone_since.",
        """
        select a.id from agents_agent a where gone_since is not null
        and exists (select from agents_lease l where l.agent_id = a.id and expires_at > now())
        """,
    ),
    Rule(
        "the_status_is_written_down",
        "The newest status change of an agent says what the agent's status is.",
        "Add the status change that is missing, saying who made it.",
        """
        select a.id from agents_agent a cross join lateral (
            select * from agents_statuschange c where c.agent_id = a.id order by at desc, id desc limit 1
        ) c where (a.status, a.next_status, a.withheld) <> (c.status, c.next_status, c.withheld)
        """,
    ),
    Rule(
        "dead_desks_are_cleared",
        "A lease that ran out is cleared within a minute while a router is active.",
        "Read the router's log for why its sweep fails; delete the lease.",
        f"select id from agents_lease where expires_at < now() - interval '1 minute' and {ROUTER_IS_ACTIVE}",
    ),
    Rule(
        "offers_time_out",
        "An offer that rang long enough ends within a minute while a router is active.",
        "Read the router's log for why its sweep fails; rescind the offer.",
        f"""
        select id from interactions_offer
        where state = 'pending' and expires_at < now() - interval '1 minute' and {ROUTER_IS_ACTIVE}
        """,
    ),
    Rule(
        "on_hold_beneath_what_interrupts",
        "Active work is on hold while its agent has other work in hand that interrupts it, and at no other time;"
        " a minute is left for the sweep while a router is active.",
        "Read the router's log for why its sweep fails; clear interrupted_since of work that is not active.",
        f"""
        select i.id from interactions_interaction i
        join agents_capacity c on c.agent_id = i.agent_id and c.channel = i.channel
        where i.state in ('active', 'wrap_up', 'parked') and (
            (i.state <> 'active' and i.interrupted_since is not null)
            or (i.state = 'active' and (i.interrupted_since is null) = {BENEATH} and {ROUTER_IS_ACTIVE} and not exists (
                select from interactions_event e where e.agent_id = i.agent_id and e.at > now() - interval '1 minute')))
        """,
    ),
    Rule(
        "what_is_due_is_done",
        "Wrap-ups end and parked work wakes within a minute of their time while a router is active.",
        "Read the router's log for why its sweep fails.",
        f"""
        select id from interactions_interaction where {ROUTER_IS_ACTIVE} and (
            (state = 'wrap_up' and wrap_up_until < now() - interval '1 minute')
            or (state = 'parked' and parked_until < now() - interval '1 minute'))
        """,
    ),
]
