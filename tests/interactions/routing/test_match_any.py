"""What holds in every centre: the matcher over random rules, agents and work, and why somebody does not get it.

Many more cases: pytest tests/interactions/routing/test_match_any.py --hypothesis-profile long
"""

from collections import defaultdict
from copy import deepcopy
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agents.attention import most_in_use
from agents.channels import FULL
from interactions.routing.match import Asking, match, order, preference, serve
from interactions.routing.obstacles import What, obstacles
from interactions.routing.outlook import of_the_rules
from interactions.routing.pool import Pool
from interactions.routing.rules import Rules
from tests.interactions.routing.any_centre import any_centre
from tests.interactions.routing.centres import NOW

INSTANT = timedelta(microseconds=1)
OF_THE_QUEUE = {What.MEMBER, What.STEP, What.INFORMAL}


def pool_of(rules, agents):
    return Pool(rules, deepcopy(agents))


def in_order(work, rules):
    return sorted((order(each, rules.queues[each.queue]), each) for each in work)


def rung(matches):
    agents = defaultdict(list)
    for each in matches:
        agents[each.interaction].append(each.agent)
    return agents


def free_for(work, pool, now=NOW):
    """Those whom nothing keeps from it."""
    return {agent.id for agent in pool.agents.values() if not any(obstacles(work, agent, pool, now))}


def blocked(work, agent, pool, now):
    """By what; one whom a step brings in may still lack a skill that a later one drops, so both are one here."""
    return {told(obstacle) for obstacle in obstacles(work, agent, pool, now)}


def told(obstacle):
    return What.STEP if obstacle.what == What.SKILL else obstacle.what


@given(any_centre())
def test_who_has_no_obstacle_is_who_is_rung(case):
    """Asked of each piece of work at its turn: the explanation and the router never disagree."""
    work, rules, agents = case
    pool = pool_of(rules, agents)
    lines = {each.line: Asking(each.line, pool, NOW) for each in work}
    for place, each in in_order(work, rules):
        free = free_for(each, pool)
        at_most = 1 if preference(each, pool, NOW) else rules.queues[each.queue].rings_at.get(each.channel, 1)
        chosen = [found.agent for found in serve(each, place, lines[each.line])]
        assert set(chosen) <= free
        assert len(chosen) == len(set(chosen)) == min(at_most, len(free))


@given(any_centre())
def test_nobody_gets_more_than_they_can_do(case):
    work, rules, agents = case
    pool = pool_of(rules, agents)
    match(work, pool, NOW)
    for agent in pool.agents.values():
        assert all(place.load <= place.maximum for place in agent.places.values())
        assert most_in_use(agent.places) <= FULL


@given(any_centre())
def test_nothing_rings_at_more_than_its_queue_says(case):
    work, rules, agents = case
    rings_at = {each.id: rules.queues[each.queue].rings_at.get(each.channel, 1) for each in work}
    for interaction, at in rung(match(work, pool_of(rules, agents), NOW)).items():
        assert len(at) == len(set(at)) <= rings_at[interaction]


@given(any_centre())
def test_r06_what_came_first_is_served_first(case):
    """Of two pieces of one line that anybody there could take, never the later one alone."""
    work, rules, agents = case
    served = rung(match(work, pool_of(rules, agents), NOW))
    plain = [each for each in work if each.preferred_until is None and not each.excluded]
    for place, first in in_order(plain, rules):
        for later_place, later in in_order(plain, rules):
            if place < later_place and first.line == later.line and first.queued_at <= later.queued_at:
                assert first.id in served or later.id not in served


@given(any_centre())
def test_r07_nobody_is_left_idle_beside_work_they_could_take(case):
    """Keeping room for a call that came first is a reason, and the only one beside the plain obstacles."""
    work, rules, agents = case
    pool = pool_of(rules, agents)
    served = rung(match(work, pool, NOW))
    for each in work:
        if each.id not in served:
            assert not free_for(each, pool)


@given(any_centre(), st.randoms())
def test_the_order_of_the_rows_means_nothing(case, dice):
    work, rules, agents = case
    first = match(work, pool_of(rules, agents), NOW)
    queues = [*rules.queues.items()]
    for rows in (work, agents, queues):
        dice.shuffle(rows)
    again = Rules(dict(queues), rules.skills, rules.backups)
    assert match(work, pool_of(again, agents), NOW) == first


@given(any_centre(most=1), st.integers(1, 1200).map(lambda n: timedelta(seconds=n)))
def test_r17_time_only_ever_lets_more_in(case, later):
    """Of the queue, that is: whoever it was for by preference need not serve the queue once that is over."""
    work, rules, agents = case
    pool = pool_of(rules, agents)
    for each in (each._replace(preferred_until=None) for each in work):
        for agent in pool.agents.values():
            if not blocked(each, agent, pool, NOW) & OF_THE_QUEUE:
                assert not blocked(each, agent, pool, NOW + later) & OF_THE_QUEUE


@given(any_centre(most=2))
def test_an_obstacle_is_over_at_the_second_it_says(case):
    """Up to then it stands; one that names no moment is still there tomorrow."""
    work, rules, agents = case
    pool = pool_of(rules, agents)
    match(work, pool, NOW)
    for each in work:
        for agent in pool.agents.values():
            for obstacle in obstacles(each, agent, pool, NOW):
                if obstacle.what == What.PREFERS:
                    assert_next_is_asked(each, agent, pool, obstacle)
                elif obstacle.until is None:
                    assert told(obstacle) in blocked(each, agent, pool, NOW + timedelta(days=1))
                elif obstacle.what != What.EXCLUDED:  # the rows are only those that are not over
                    assert told(obstacle) in blocked(each, agent, pool, obstacle.until - INSTANT)
                    assert told(obstacle) not in blocked(each, agent, pool, obstacle.until)


def assert_next_is_asked(work, agent, pool, obstacle):
    """Whoever was waited for is not any more: now it is for who stands in for them, or for the queue."""
    then = [o for o in obstacles(work, agent, pool, obstacle.until) if o.what == What.PREFERS]
    assert all(o.until > obstacle.until for o in then)
    assert What.PREFERS in blocked(work, agent, pool, obstacle.until - INSTANT)


@given(any_centre(most=1))
def test_r24_a_preference_binds_the_work_and_nothing_else_does(case):
    work, rules, agents = case
    pool = pool_of(rules, agents)
    for each in work:
        meant = preference(each, pool, NOW)
        for found in match([each], pool, NOW):
            assert meant is None or found.agent in {agent.id for agent in meant.agents}
            assert (found.reason in ("preferred", "back-up", "owner's team")) == bool(meant)


@given(any_centre(most=3))
def test_between_the_moments_of_the_outlook_nothing_changes(case):
    """The time-line, played: what keeps it from whom is the same until the first change it names."""
    work, rules, agents = case
    pool = pool_of(rules, agents)
    match(work, pool, NOW)
    for each in work:
        moments = [change.at for change in of_the_rules(each, pool, NOW) if change.at]
        assert all(at > NOW for at in moments)
        until = min(moments, default=NOW + timedelta(days=1))
        for agent in pool.agents.values():
            assert blocked(each, agent, pool, until - INSTANT) == blocked(each, agent, pool, NOW)
