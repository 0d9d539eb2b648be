"""What may happen to a piece of work, in a few seconds of virtual time each."""

import pytest

from interactions.routing.rules import StepRules
from interactions.virtual.happenings import Answer, Leg, Manner, Shift
from tests.interactions.routing.centres import queue, usual
from tests.interactions.virtual.days import MORNING, agent, call, happen, seconds


def test_one_after_the_other():
    memory = happen([call(1, 0), call(2, 10), call(3, 20)], [agent(7)], queue(members=[7]))
    assert memory.waits == {1: 0, 2: 50, 3: 100}
    assert memory.work == [(7, 0, 60), (7, 60, 120), (7, 120, 180)]


def test_whoever_is_out_of_patience_leaves_and_nobody_waits_behind_them():
    memory = happen([call(1, 0), call(2, 10, patience=20), call(3, 20)], [agent(7)], queue(members=[7]))
    assert memory.left == {2: 20}
    assert memory.waits == {1: 0, 3: 40}


def test_patience_ends_with_the_answer():
    memory = happen([call(1, 0, takes=60, patience=30)], [agent(7)], queue(members=[7]))
    assert (memory.waits, memory.left) == ({1: 0}, {})


def test_informal_employees_from_their_second_on():
    rules = queue(members=[7, 8], overflow_after=seconds(20))
    memory = happen([call(1, 0), call(2, 10)], [agent(7), agent(8, informal=True)], rules)
    assert memory.waits == {1: 0, 2: 20}


def test_r17_a_step_widens_at_its_second():
    rules = queue(members=[7, 8], required={1: 4}, steps=(StepRules(after=seconds(15), skills={1: 2}),))
    levels = {7: {1: 5}, 8: {1: 2}}
    memory = happen([call(1, 0), call(2, 10)], [agent(7), agent(8)], rules, skills=levels)
    assert memory.waits == {1: 0, 2: 15}


def test_an_offer_rings_before_it_is_answered_and_that_is_waiting():
    answers = lambda arrival, leg, agent: Answer(seconds(5))  # noqa: E731
    memory = happen([call(1, 0), call(2, 0)], [agent(7)], queue(members=[7]), answering=answers)
    assert memory.waits == {1: 5, 2: 70}
    assert memory.work == [(7, 5, 65), (7, 70, 130)]


def test_r8_a_missed_offer_goes_to_the_next_and_comes_back_to_the_first_only_after_a_while():
    misses = lambda arrival, leg, agent: Answer(seconds(20), accepts=agent == 8)  # noqa: E731
    how = {"answering": misses, "manners": {1: Manner(excluded_for=seconds(30))}}
    alone = happen([call(1, 0, patience=100)], [agent(7)], queue(members=[7]), **how)
    assert alone.left == {1: 100}
    both = happen([call(1, 0)], [agent(7, idle=9), agent(8)], queue(members=[7, 8]), **how)
    assert both.waits == {1: 40}


def test_r9_the_only_one_is_asked_again():
    tries = []

    def answers(arrival, leg, agent):
        tries.append(agent)
        return Answer(seconds(10), accepts=len(tries) > 1)

    memory = happen(
        [call(1, 0)], [agent(7)], queue(members=[7]), answering=answers, manners={1: Manner(excluded_for=seconds(30))}
    )
    assert (memory.waits, tries) == ({1: 50}, [7, 7])


def test_what_rings_at_several_goes_to_the_first_and_frees_the_others():
    quick = {7: 9, 8: 4, 9: 1}
    answers = lambda arrival, leg, agent: Answer(seconds(quick[agent]))  # noqa: E731
    people = [agent(7, idle=9), agent(8, idle=5), agent(9)]
    rules = queue(members=[7, 8, 9], rings_at={"voice": 2})
    memory = happen([call(1, 0), call(2, 0), call(3, 1)], people, rules, answering=answers)
    assert memory.waits == {1: 4, 2: 1, 3: 12}, "3 rings at agent 7 from second 4, when 1 has an answer"


def test_who_leaves_while_it_waits_or_rings_frees_whom_it_rang_at():
    answers = lambda arrival, leg, agent: Answer(seconds(15))  # noqa: E731
    memory = happen([call(1, 0, patience=10), call(2, 5)], [agent(7)], queue(members=[7]), answering=answers)
    assert (memory.left, memory.waits) == ({1: 10}, {2: 20})


def test_r23_handed_on_it_keeps_its_age_and_is_not_for_the_sender():
    legs = (Leg(1, seconds(30)), Leg(2, seconds(30)))
    calls = [call(1, 0, legs=legs), call(2, 5, queue=2, takes=100), call(3, 10, queue=2, takes=100)]
    memory = happen(calls, [agent(7), agent(8)], queue(1, [7]), queue(2, {7: 2, 8: 1}))
    assert memory.waits == {1: 0, 2: 0, 3: 20}, "3 goes to agent 7 as soon as 1 is handed on"
    assert [(agent_, until) for agent_, _since, until in memory.work if agent_ == 8] == [(8, 105), (8, 135)]


def test_parked_work_comes_back_to_who_had_it():
    legs = (Leg(1, seconds(30)), Leg(1, seconds(40), after=seconds(60), back=True))
    memory = happen([call(1, 0, legs=legs)], [agent(7, idle=9), agent(8, idle=5)], queue(members=[7, 8]))
    assert memory.work == [(7, 0, 30), (7, 90, 130)]


def test_agents_come_and_go_and_finish_what_they_have():
    shifts = [Shift(MORNING + seconds(at), 7, there) for at, there in ((0, True), (40, False), (200, True))]
    memory = happen([call(1, 10), call(2, 20)], [agent(7)], queue(members=[7]), shifts=shifts)
    assert memory.waits == {1: 0, 2: 180}
    assert memory.work == [(7, 10, 70), (7, 200, 260)]


def test_r10_who_leaves_while_it_rings_at_them_does_not_have_it():
    shifts = [
        Shift(MORNING + seconds(at), id_, there) for at, id_, there in ((0, 7, True), (0, 8, True), (5, 7, False))
    ]
    answers = lambda arrival, leg, agent: Answer(seconds(10))  # noqa: E731
    memory = happen([call(1, 1)], [agent(7, idle=9), agent(8)], queue(members=[7, 8]), shifts=shifts, answering=answers)
    assert memory.waits == {1: 14}


def test_a_call_interrupts_an_email_which_then_takes_so_much_longer():
    calls = [call(1, 0, takes=100, channel="email"), call(2, 20, takes=30)]
    memory = happen(calls, [agent(7, places=usual())], queue(members=[7]))
    assert memory.waits == {1: 0, 2: 0}
    assert memory.work == [(7, 0, 130)]


def test_r16_chats_do_not_keep_a_call_waiting_for_ever():
    """Every 10 seconds another chat of 25: three would always be in hand, did nobody drain."""
    chats = [call(n, 10 * n, takes=25, channel="chat") for n in range(1, 100)]
    memory = happen([*chats, call(1000, 105)], [agent(7, places=usual())], queue(members=[7]))
    assert memory.waits[1000] <= 25
    assert memory.waits[11] > 0, "the chat that came after it had to wait"


def test_capacity_units_over_all_channels():
    """Three chats and no call beside them."""
    chats = [call(n, 0, takes=60, channel="chat") for n in range(1, 5)]
    memory = happen(chats, [agent(7, places=usual())], queue(members=[7]))
    assert memory.waits == {1: 0, 2: 0, 3: 0, 4: 60}


def test_a_line_that_is_full_sends_who_comes_off_the_line():
    limits = {"manners": {1: Manner(longest_line=1)}}
    memory = happen([call(n, n) for n in (1, 2, 3)], [agent(7)], queue(members=[7]), **limits)
    assert memory.off == {3: 0}
    assert memory.waits == {1: 0, 2: 59}
    assert memory.work[-1] == (7, 121, 181), "the message that was left is answered in its turn"


def test_who_has_waited_for_too_long_goes_on_to_another_queue_by_their_age():
    limits = {1: Manner(longest_wait=seconds(20), overflow_action="queue", overflow_to=2)}
    calls = [call(1, 0), call(2, 10), call(3, 5, queue=2), call(4, 15, queue=2)]
    memory = happen(calls, [agent(7), agent(8)], queue(1, [7]), queue(2, [8]), manners=limits)
    assert memory.waits == {1: 0, 3: 0, 2: 55, 4: 110}, (
        "agent 7 is free at 60, but for queue 1; at 65 agent 8 takes 2, the oldest"
    )


def test_overflows_in_a_circle_end_with_a_message():
    there, back = (Manner(longest_wait=seconds(20), overflow_action="queue", overflow_to=other) for other in (2, 1))
    memory = happen([call(1, 0)], [], queue(1), queue(2), manners={1: there, 2: back})
    assert memory.off == {1: 40}


def test_informal_employees_at_once_where_the_line_is_full():
    limits = {1: Manner(longest_line=1, overflow_action="informal")}
    people = [agent(7), agent(8, informal=True)]
    memory = happen([call(n, n) for n in (1, 2, 3)], people, queue(members=[7, 8]), manners=limits)
    assert memory.waits == {1: 0, 2: 1, 3: 58}


def test_a_step_at_once_where_nobody_is_there_for_those_before():
    shifts = [
        Shift(MORNING + seconds(at), id_, there) for at, id_, there in ((0, 7, True), (0, 8, True), (30, 8, False))
    ]
    rules = queue(members=[7, 8], required={1: 4}, steps=(StepRules(skills={1: 2}),))
    levels, manners = {7: {1: 2}, 8: {1: 5}}, {1: Manner(when_nobody=(1,))}
    calls = [call(1, 1, takes=100), call(2, 5)]
    memory = happen(calls, [agent(7), agent(8)], rules, skills=levels, manners=manners, shifts=shifts)
    assert memory.waits == {1: 0, 2: 25}


@pytest.mark.parametrize(("strategy", "worked"), [("longest_idle", [7, 8, 7]), ("round_robin", [7, 8, 7])])
def test_everybody_gets_their_turn(strategy, worked):
    calls = [call(n, 100 * n, takes=10) for n in range(3)]
    memory = happen(calls, [agent(7, idle=9), agent(8, idle=5)], queue(members=[7, 8], strategy=strategy))
    assert [agent_ for agent_, _since, _until in memory.work] == worked
