"""Any day at all: random verbs in random order against the database, and every promise of the data after each.

A few short days with `make test`; `pytest tests/interactions/test_any_day.py --hypothesis-profile long` for many.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from agents.errors import StaleState
from agents.models import Agent
from interactions.invariants import broken
from interactions.models import Disposition, Interaction, Offer, Queue, Visitor
from interactions.models.offer_rule import OfferRule
from interactions.models.relaxation import Step
from interactions.routing import router as routing
from interactions.routing.explain import NextPass
from interactions.routing.router import Router
from interactions.routing.timers import follow_agents, sweep
from tests.cast import make_agent, make_chat, make_entry_point, make_person, make_queue, make_team, make_visitor

pytestmark = pytest.mark.django_db
FEW = {"max_examples": 6, "stateful_step_count": 40}  # some ten seconds
MANY = {"max_examples": 300, "stateful_step_count": 100}

which = st.integers(0, 11)  # of the rows there are
STATUSES = ["available", "available", "away", "offline"]
SECONDS = [1, 6, 21, 31, 61, 301, 4000]


class Killed(Exception):
    """The router's process, in the middle of a pass."""


class Complaints(logging.Handler):
    """What the router caught and went on after: in a test nothing may be."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


class AnyDay(RuleBasedStateMachine):
    """One centre with every mode of queue and kind of agent, in a transaction of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.time = self.clock.start()
        self.complaints = Complaints()
        logging.getLogger("interactions").addHandler(self.complaints)
        self.router = Router()

    def teardown(self) -> None:
        logging.getLogger("interactions").removeHandler(self.complaints)
        self.clock.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def a_centre(self) -> None:
        self.sam = make_person("Sam Brook", role="supervisor")
        team = make_team(supervisors=[self.sam])
        make_agent("Maya Lind", team=team, capacities={"voice": 1, "chat": 3, "email": 2})
        make_agent("Omar Haddad", team=team, capacities={"voice": 1, "email": 5, "chat": 1})
        make_agent("Noor Adel", capacities={"chat": 2, "voice": 1})
        make_agent("Ines Moreau", team=team, capacities={"chat": 1}, engagement="informal")
        self.solved = Disposition.objects.create(name="Solved")
        plain = make_queue(teams=[team], overflow_after=timedelta(seconds=30), prefer_last_agent=True)
        strict = make_queue(
            "Strict",
            teams=[team],
            ordering="strict",
            strategy="round_robin",
            wrap_up_mode="optional",
            parked_counts=True,
            longest_line=2,
            overflow_action="queue",
            overflow_to=plain,
            prefer_within=timedelta(seconds=60),
            disposition_required=False,
        )
        odd = make_queue(
            "Odd",
            agents=[Agent.objects.get(person__username="noor")],
            wrap_up_mode="forced",
            no_agent_action="message",
            longest_wait=timedelta(seconds=90),
            time_to_live=timedelta(hours=1),
            inactive_after=timedelta(seconds=60),
        )
        mandatory = make_queue("Mandatory", teams=[team], wrap_up_mode="mandatory", transfer_place="first")
        asked = make_queue("Asked", teams=[team], wrap_up_mode="requested", overflow_after=timedelta(0))
        Step.objects.create(queue=odd, position=1, after=timedelta(seconds=20), when_nobody=True, add_team=team)
        OfferRule.objects.create(queue=plain, channel="chat", rings_for=timedelta(seconds=30), rings_at=2)
        OfferRule.objects.create(
            queue=asked, channel="chat", rings_for=timedelta(seconds=30), accepts_after=timedelta(seconds=5)
        )
        self.doors = [
            make_entry_point(queue, f"{queue.name}-{channel}", channel=channel)
            for queue in (plain, strict, odd, mandatory, asked)
            for channel in ("chat", "voice", "email")
        ]

    def pick(self, rows: "QuerySet[Any]", number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def attempt(self, verb: Callable[[], object]) -> None:
        """Refused is an answer too, as long as it leaves nothing behind."""
        with suppress(StaleState, ValidationError):
            verb()

    # customers

    @rule(door=st.integers(0, 14), again=st.booleans(), number=which)
    def arrive(self, door: int, again: bool, number: int) -> None:
        entry_point = self.doors[door]
        visitor = self.pick(Visitor.objects.filter(entry_point=entry_point), number) if again else None
        make_chat(entry_point, visitor=visitor or make_visitor(entry_point), text="Hello?", client_id=uuid4().hex)

    @rule(verb=st.sampled_from(["hear", "hear", "leave", "rejoin", "answer_later", "rate", "seen"]), number=which)
    def of_the_customer(self, verb: str, number: int) -> None:
        work = self.pick(Interaction.objects.all(), number)
        if work is None:
            return
        verbs: dict[str, Callable[[], object]] = {
            "hear": lambda: work.hear("020 123 4567", client_id=uuid4().hex),
            "leave": work.leave,
            "rejoin": work.rejoin,
            "answer_later": work.answer_later,
            "rate": lambda: work.rate(4),
            "seen": lambda: Visitor.objects.filter(pk=work.visitor_id).update(seen_at=timezone.now()),
        }
        self.attempt(verbs[verb])

    # agents

    @rule(verb=st.sampled_from(["accept", "accept", "accept", "decline", "time_out"]), number=which)
    def of_an_offer(self, verb: str, number: int) -> None:
        if offer := self.pick(Offer.objects.pending().select_related("interaction", "agent__person"), number):
            self.attempt(getattr(offer, verb))

    @rule(
        verb=st.sampled_from(["reply", "transfer", "hand_over", "park", "end", "end", "wish", "wrap_up", "extend"]),
        number=which,
        to=which,
    )
    def of_the_agent(self, verb: str, number: int, to: int) -> None:
        in_hand = Interaction.objects.filter(state__in=["active", "parked", "wrap_up"])
        work = self.pick(in_hand.select_related("agent__person"), number)
        if work is None:
            return
        agent, queue, other = work.agent, self.pick(Queue.objects.all(), to), self.pick(Agent.objects.all(), to)
        verbs: dict[str, Callable[[], object]] = {
            "reply": lambda: work.reply(agent, "Hi", client_id=uuid4().hex),
            "transfer": lambda: work.transfer_to(queue, by=agent),
            "hand_over": lambda: work.transfer_to(queue, by=agent, agent=other),
            "park": lambda: work.park(timezone.now() + timedelta(minutes=5), by=agent),
            "end": lambda: work.end(by=agent),
            "wish": lambda: work.ask_for_wrap_up(True, by=agent),
            "wrap_up": lambda: work.wrap_up(self.solved, by=agent),
            "extend": lambda: work.extend_wrap_up(by=agent),
        }
        self.attempt(verbs[verb])

    @rule(
        verb=st.sampled_from(
            ["available", "available", "away", "offline", "cancel", "desk", "desk", "close", "disable"]
        ),
        number=which,
    )
    def of_presence(self, verb: str, number: int) -> None:
        agent = self.pick(Agent.objects.select_related("person"), number)
        lease = agent.leases.first()
        verbs: dict[str, Callable[[], object]] = {
            "cancel": lambda: agent.cancel_next_status(by=agent.person),
            "desk": lambda: agent.open_lease(uuid4(), "test"),
            "close": lambda: agent.close_lease(lease.connection if lease else None),
            "disable": lambda: self.turn(agent),
        }
        self.attempt(verbs.get(verb) or (lambda: agent.choose_status(verb, by=agent.person)))

    def turn(self, agent: Agent) -> None:
        agent.person.is_active = not agent.person.is_active
        agent.person.save()

    # supervisors and administrators

    @rule(verb=st.sampled_from(["return", "wake", "complete", "put_back", "close_aside"]), number=which)
    def of_the_supervisor(self, verb: str, number: int) -> None:
        states = {"return": "active", "wake": "parked", "complete": "wrap_up"}
        work = self.pick(Interaction.objects.filter(state=states.get(verb, "set_aside")), number)
        if work is None:
            return
        verbs: dict[str, Callable[[], object]] = {
            "return": lambda: work.return_to_queue(why="asked", by=self.sam),
            "wake": lambda: work.wake(why="asked"),
            "complete": lambda: work.complete_wrap_up(by=self.sam),
            "put_back": lambda: work.put_back(by=self.sam),
            "close_aside": lambda: work.close_set_aside(by=self.sam),
        }
        self.attempt(verbs[verb])

    # the router

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: int) -> None:
        self.time.shift(timedelta(seconds=seconds))

    @rule()
    def a_turn_of_the_router(self) -> None:
        """What its process does every second; nothing that could be offered is left then."""
        sweep()
        follow_agents()
        follow_agents(self.router.reread())
        self.router.serve_all()
        left = NextPass(timezone.now())
        left.play([])
        assert dict(left.given) == {}

    @rule(number=which)
    def a_wake_up(self, number: int) -> None:
        """What it does when it is told of a queue and an agent."""
        queue, agent = self.pick(Queue.objects.all(), number), self.pick(Agent.objects.all(), number)
        self.router.look_at([agent.pk])
        follow_agents([agent.pk])
        self.router.serve([queue.pk], [agent.pk])

    @rule(where=st.sampled_from(["heads", "matching", "claim"]))
    def killed_in_a_pass(self, where: str) -> None:
        """At some point, offers written and not yet committed included; another one takes over."""
        real = getattr(routing, where)

        def dying(*args: Any) -> Any:
            list(real(*args))
            raise Killed

        setattr(routing, where, dying)
        try:
            with suppress(Killed):
                self.router.reread()
                self.router.one_pass({*self.router.know().lines})
        finally:
            setattr(routing, where, real)
        self.router = Router()

    @invariant()
    def every_promise_is_kept(self) -> None:
        assert self.complaints.heard == []
        assert broken() == []


def test_any_day_keeps_every_promise() -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(AnyDay, settings=settings(**(MANY if long else FEW)))
