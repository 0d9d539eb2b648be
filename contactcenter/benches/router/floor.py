"""A big contact centre at one moment: queues that ask skills, agents who have some, work that waits; made in bulk."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import F
from django.utils import timezone

from agents.models import Agent, AgentSkill, Capacity, Channel, Lease, Person, Skill, Team
from interactions.models import Customer, Interaction, Membership, Queue, QueueSkill, Step

QUEUES, SKILLS, SKILLS_EACH = 50, 20, 5
CHANNELS = ("voice", "chat", "email")  # of the queues, in turn
AT_ONCE = {"voice": (1, 100), "chat": (4, 25), "email": (8, 12)}  # at most, units each
STRATEGIES = ("longest_idle", "least_occupied", "most_skilled", "round_robin")

# Each piece of work is a copy of its queue's first one, a tenth of a second after the one before it in the line.
COPY = """
    insert into interactions_interaction ({columns})
    select {values} from unnest(%(samples)s::bigint[]) with ordinality as s (sample, turn)
    join interactions_interaction i on i.id = s.sample
    cross join generate_series(0, (%(count)s - turn)::int / cardinality(%(samples)s::bigint[])) as g (round)
    cross join lateral (select %(since)s::timestamptz
        + interval '0.1 s' * (round * cardinality(%(samples)s::bigint[]) + turn) as moment) m
"""
# One more of the sample given, now, as a verb would let it in: committed, and the router told.
ARRIVE = """
    with arrived as (
        insert into interactions_interaction ({columns})
        select {values} from interactions_interaction i where i.id = %s returning id, queue_id
    )
    select id, pg_notify('router_wakeup', 'queue ' || queue_id) from arrived
"""
MOMENTS = ("arrived_at", "queued_at", "place_from", "place_at")


def open_queues() -> list[Queue]:
    """One in ten strict, all strategies, each asks one or two skills at a level and relaxes in two steps."""
    dice = random.Random(1)
    team = Team.objects.create(name="Bench")
    skills = Skill.objects.bulk_create(Skill(name=f"Skill {n}") for n in range(SKILLS))
    queues = Queue.objects.bulk_create(
        Queue(
            name=f"Queue {n}",
            ordering="strict" if n % 10 == 9 else "aging",
            strategy=STRATEGIES[n % len(STRATEGIES)],
            prefer_within=timedelta(seconds=5),
            abandoned_after=timedelta(days=1),
            time_to_live=None,
        )
        for n in range(QUEUES)
    )
    Membership.objects.bulk_create(Membership(queue=queue, team=team) for queue in queues)
    asked = [(queue, skill) for queue in queues for skill in dice.sample(skills, dice.choice((1, 2)))]
    QueueSkill.objects.bulk_create(QueueSkill(queue=q, skill=s, level=dice.randint(1, 3)) for q, s in asked)
    Step.objects.bulk_create(
        Step(queue=queue, position=position, after=timedelta(hours=12 * position), informal=position == 2)
        for queue in queues
        for position in (1, 2)
    )
    return queues


def sign_in(count: int, channels: Iterable[str] = CHANNELS) -> None:
    """So many agents at their desks, with five skills each and room on all these channels."""
    dice, now = random.Random(2), timezone.now()
    team, skills = Team.objects.get(), list(Skill.objects.all())
    names = [f"agent-{uuid4().hex[:12]}" for _ in range(count)]
    people = Person.objects.bulk_create(Person(username=name, name=name) for name in names)
    agents = Agent.objects.bulk_create(
        Agent(person=p, team=team, status="available", idle_since=now - timedelta(seconds=n))
        for n, p in enumerate(people)
    )
    Lease.objects.bulk_create(
        Lease(agent=agent, connection=uuid4(), expires_at=now + timedelta(days=1)) for agent in agents
    )
    able = [(agent, skill) for agent in agents for skill in dice.sample(skills, SKILLS_EACH)]
    AgentSkill.objects.bulk_create(AgentSkill(agent=a, skill=s, level=dice.randint(1, 5)) for a, s in able)
    Capacity.objects.bulk_create(
        Capacity(
            agent=agent,
            channel=channel,
            maximum=AT_ONCE[channel][0],
            units=AT_ONCE[channel][1],
            phone_passed=True if channel == Channel.VOICE else None,
        )
        for agent in agents
        for channel in channels
    )


def channel_of(queue: Queue) -> str:
    return CHANNELS[queue.pk % len(CHANNELS)]


class Intake:
    """Lets work into queues by copying a sample of each: what is measured is the router, not the arrival."""

    def __init__(self, queues: Iterable[Queue], state: str = "spam") -> None:
        customer, now = Customer.objects.create(name="Bench"), timezone.now()
        self.samples = [
            sample.pk
            for sample in Interaction.objects.bulk_create(
                Interaction(channel=channel_of(queue), queue=queue, customer=customer, state=state, ended_at=now)
                for queue in queues
            )
        ]
        own = {"state": "'queued'", "ended_at": "null"} | dict.fromkeys(MOMENTS, "m.moment")
        names = [str(field.column) for field in Interaction._meta.concrete_fields if not field.primary_key]
        columns, values = ", ".join(names), [own.get(name, f"i.{name}") for name in names]
        self.sql = COPY.format(columns=columns, values=", ".join(values))
        self.one = ARRIVE.format(columns=columns, values=", ".join("now()" if v == "m.moment" else v for v in values))

    def let_in(self, count: int, ago: timedelta = timedelta(hours=3)) -> None:
        """So many, spread evenly over the queues; the first of them arrived so long ago."""
        params: dict[str, Any] = {"samples": self.samples, "count": count, "since": timezone.now() - ago}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)


def fill_everyone(but: int = 0) -> list[int]:
    """All have as much in hand as they can take, except so many who have nothing; returns those."""
    free = list(Agent.objects.order_by("pk").values_list("pk", flat=True)[:but])
    Capacity.objects.update(load=F("maximum"))
    Capacity.objects.filter(agent__in=free).update(load=0)
    return free


def send_home_all_work() -> None:
    """Nobody has anything in hand, nothing waits or rings: the floor as it was before the first piece."""
    with connection.cursor() as cursor:
        cursor.execute("update interactions_offer set state = 'rescinded', ended_at = now() where state = 'pending'")
        cursor.execute(
            "update interactions_interaction set state = 'closed', ended_at = now(), closed_at = now()"
            " where state in ('queued', 'offered')"
        )
        cursor.execute("update agents_capacity set load = 0 where load > 0")
        cursor.execute("update agents_agent set units_in_use = 0 where units_in_use > 0")


def tidy() -> None:
    """Statistics and a clean table, as autovacuum leaves them."""
    with connection.cursor() as cursor:
        for table in ("interactions_interaction", "interactions_offer", "agents_agent", "agents_capacity"):
            cursor.execute(f"vacuum analyze {table}")


def clear() -> None:
    """Nobody, nothing: for the next centre."""
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate agents_person, agents_team, agents_skill, interactions_queue, interactions_customer,"
            " interactions_event cascade"
        )
