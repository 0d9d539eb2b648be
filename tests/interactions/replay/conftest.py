"""A past day that the router itself decided, in virtual time, written into the ledger as its verbs would have."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from agents.models import StatusChange
from interactions.models import Event, Interaction, Offer, Segment
from interactions.replay import centre
from interactions.rules.snapshot import snapshot
from interactions.virtual.clock import VirtualTime
from interactions.virtual.draws import exponential
from interactions.virtual.happenings import Answer, Arrival, Leg, Shift
from tests.cast import make_agent, make_customer, make_entry_point, make_queue, make_team

DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOURS = 8
WRAP_UP = timedelta(seconds=40)


class Writer:
    """The ledger of the run, and of the database."""

    def __init__(self, entry_point, customer):
        self.entry_point, self.customer = entry_point, customer
        self.rung, self.rows = {}, []

    def answering(self, arrival, leg, agent):
        self.rung[arrival.id] = agent
        return Answer(timedelta(seconds=3))

    def answered(self, arrival, now):
        self._write(arrival, now, self.rung[arrival.id])

    def abandoned(self, arrival, now):
        self._write(arrival, now, None)

    def diverted(self, arrival, now):
        raise AssertionError("no limits that day")

    def worked(self, agent, since, until):
        pass

    def _write(self, arrival, now, agent):
        """Closed or abandoned, with all that follows from it."""
        queue, done = self.entry_point.queue, now + arrival.legs[0].takes
        work = Interaction(
            channel="chat", entry_point=self.entry_point, queue=queue, customer=self.customer, agent_id=agent,
            arrived_at=arrival.at, queued_at=arrival.at, place_from=arrival.at, place_at=arrival.at,
            state="closed" if agent else "abandoned", answered_at=now if agent else None,
            ended_at=done - WRAP_UP if agent else now, closed_at=done if agent else now,
        )  # fmt: skip
        rows = [Event(interaction=work, seq=1, what="arrived", queue=queue, at=arrival.at)]
        if agent:
            offered = now - timedelta(seconds=3)
            rows += [
                Offer(
                    interaction=work, agent_id=agent, queue=queue, state="accepted", offered_at=offered,
                    ended_at=now, expires_at=offered + timedelta(seconds=30),
                ),
                Segment(
                    interaction=work, agent_id=agent, queue=queue, started_at=now, ended_at=done - WRAP_UP,
                    wrapped_up_at=done, ending="ended",
                ),
            ]  # fmt: skip
        self.rows.append((work, rows))

    def save(self):
        Interaction.objects.bulk_create([work for work, _rows in self.rows])
        for model in (Event, Offer, Segment):
            model.objects.bulk_create([row for _work, rows in self.rows for row in rows if isinstance(row, model)])


@pytest.fixture
def staff(db):
    """Six agents with one chat at a time, at their desks from 9 to 17, away for half an hour one after the other."""
    team = make_team("Support")
    agents = [make_agent(f"Agent{n} Lee", team=team, capacities={"chat": 1}, present=False) for n in range(6)]
    for n, agent in enumerate(agents):
        lunch = MORNING + timedelta(hours=3, minutes=30 * n)
        changes = [
            (MORNING, "available"),
            (lunch, "away"),
            (lunch + timedelta(minutes=30), "available"),
            (MORNING + timedelta(hours=HOURS), "offline"),
        ]
        StatusChange.objects.bulk_create(StatusChange(agent=agent, status=status, at=at) for at, status in changes)
    return agents


@pytest.fixture
def busy_day(staff):
    """About 60 chats an hour of 4 minutes each; customers wait 2 minutes on average."""
    queue = make_queue(
        "Support", teams=[make_team("Support")], overflow_after=None, answer_within=timedelta(seconds=20)
    )
    entry_point = make_entry_point(queue)
    dice = random.Random(4)
    gaps, takes, patience = (exponential(mean, dice, about=500) for mean in (60, 200, 120))
    at, arrivals = MORNING, []
    while at < MORNING + timedelta(hours=HOURS - 1):
        at += next(gaps)
        legs = (Leg(queue.pk, next(takes) + WRAP_UP),)
        arrivals.append(Arrival(len(arrivals) + 1, at, "chat", legs, next(patience)))
    writer = Writer(entry_point, make_customer())
    rules = snapshot()
    shifts = [
        Shift(change.at, change.agent_id, change.status == "available")
        for change in StatusChange.objects.order_by("at")
    ]
    VirtualTime(
        centre.routing_rules(rules), centre.people(rules), writer, shifts=shifts, answering=writer.answering,
        manners=centre.manners(rules),
    ).run(arrivals)  # fmt: skip
    writer.save()
    return queue
