"""The named cast: fixtures over plain make_…() functions. Whoever is not asked for by a test does not exist in it.

Maya, Omar and Ines are in one team, and the team serves the queue; Sam leads it. All three are at their desks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from agents.models import Agent, AgentSkill, Capacity, Lease, Person, Skill, Team
from contactcenter.realtime import publisher
from interactions.models import (
    Customer,
    Disposition,
    EntryPoint,
    Interaction,
    Membership,
    Offer,
    Queue,
    QueueSkill,
    Visitor,
)
from interactions.routing.claim import claim
from interactions.routing.match import Match
from tests.interleaving import wait_until

PASSWORD = "a long and quiet afternoon"


def make_person(name: str, role: str = "agent", **fields: Any) -> Person:
    person = Person(username=name.split(" ")[0].lower(), name=name, role=role, **fields)
    person.set_password(PASSWORD)
    person.save()
    return person


def make_team(name: str = "Support", supervisors: Sequence[Person] = ()) -> Team:
    team, _new = Team.objects.get_or_create(name=name)
    team.supervisors.add(*supervisors)
    return team


def make_agent(
    name: str,
    *,
    team: Team | None = None,
    capacities: Mapping[str, int] | None = None,
    skills: Mapping[str, int] | None = None,
    present: bool = True,
    status: str = "available",
    **fields: Any,
) -> Agent:
    """Someone at work: a desk open and available, their phone checked, with room for three chats, unless told
    otherwise."""
    agent = Agent.objects.create(person=make_person(name), team=team, status=status, **fields)
    for channel, maximum in ({"chat": 3} if capacities is None else capacities).items():
        agent.capacities.create(channel=channel, maximum=maximum, phone_passed=True if channel == "voice" else None)
    for skill, level in (skills or {}).items():
        AgentSkill.objects.create(agent=agent, skill=make_skill(skill), level=level)
    if present:
        make_lease(agent)
    return agent


def make_lease(agent: Agent, life: timedelta = timedelta(hours=1)) -> Lease:
    """An open desk that needs no heartbeat during a test."""
    return Lease.objects.create(agent=agent, connection=uuid4(), device="test", expires_at=timezone.now() + life)


def make_skill(name: str) -> Skill:
    return Skill.objects.get_or_create(name=name)[0]


def make_queue(
    name: str = "Support",
    *,
    teams: Sequence[Team] = (),
    agents: Sequence[Agent] = (),
    skills: Mapping[str, int] | None = None,
    **fields: Any,
) -> Queue:
    queue = Queue.objects.create(name=name, **fields)
    for team in teams:
        Membership.objects.create(queue=queue, team=team)
    for agent in agents:
        Membership.objects.create(queue=queue, agent=agent)
    for skill, level in (skills or {}).items():
        QueueSkill.objects.create(queue=queue, skill=make_skill(skill), level=level)
    return queue


def make_entry_point(queue: Queue, key: str = "support", **fields: Any) -> EntryPoint:
    return EntryPoint.objects.create(**{"name": f"Door {key}", "key": key, "queue": queue} | fields)


def make_customer(name: str = "Lee", **fields: Any) -> Customer:
    return Customer.objects.create(name=name, **fields)


def make_visitor(entry_point: EntryPoint, customer: Customer | None = None) -> Visitor:
    return Visitor.objects.welcome(entry_point, customer or make_customer())[0]


def make_chat(entry_point: EntryPoint, customer: Customer | None = None, **arrival: Any) -> Interaction:
    """A chat that has just arrived and waits."""
    visitor = arrival.pop("visitor", None) or make_visitor(entry_point, customer)
    return Interaction.arrive(entry_point=entry_point, customer=visitor.customer, visitor=visitor, **arrival)


def make_offers(interaction: Interaction, *agents: Agent) -> list[Offer]:
    """Ring at these agents at once, as the router would after it chose them; again if a row of theirs was held."""
    matches = [Match(interaction.pk, interaction.queue_id, agent.pk, "test") for agent in agents]

    def made() -> list[int]:
        with transaction.atomic():
            claimed = claim(matches, timezone.now())
            transaction.set_rollback(len(claimed) < len(agents))
        return [offer.pk for offer in claimed] if len(claimed) == len(agents) else []

    rung = wait_until(made, within=5)
    interaction.refresh_from_db()
    offers = Offer.objects.select_related("interaction", "agent__person").filter(pk__in=rung)
    return sorted(offers, key=lambda offer: agents.index(offer.agent))


def make_offer(interaction: Interaction, agent: Agent) -> Offer:
    (offer,) = make_offers(interaction, agent)
    return offer


def make_active(interaction: Interaction, agent: Agent) -> Interaction:
    """Offered to this agent, and accepted."""
    return make_offer(interaction, agent).accept()


def make_state(state: str, interaction: Interaction, agent: Agent) -> Interaction:
    """Lead a waiting interaction by its verbs into this state, with this agent where there is one."""
    if state == "spam":
        interaction.mark_spam(why="marked by the mail server")
    elif state == "set_aside":
        Interaction.objects.filter(pk=interaction.pk).update(
            state="set_aside", set_aside_why="nobody took it", ended_at=timezone.now()
        )
    elif state == "abandoned":
        interaction.leave()
    elif state == "offered":
        make_offer(interaction, agent)
    elif state != "queued":
        make_active(interaction, agent)
    interaction.refresh_from_db()
    if state == "parked":
        interaction.park(timezone.now() + timedelta(hours=1), by=agent)
    if state in ("wrap_up", "closed"):
        interaction.end(by=agent)
    if state == "closed":
        interaction.complete_wrap_up(by=agent.person)
    assert interaction.state == state
    return interaction


def numbers_of(interaction: Interaction) -> list[int]:
    """The numbers of everything that was said and done, in order."""
    said, done = interaction.messages.values_list("seq", flat=True), interaction.events.values_list("seq", flat=True)
    return sorted([*said, *done])


def load_of(agent: Agent, channel: str = "chat") -> int:
    return Capacity.objects.get(agent=agent, channel=channel).load


@pytest.fixture
def sam(db: None) -> Person:
    return make_person("Sam Brook", role="supervisor")


@pytest.fixture
def admin(db: None) -> Person:
    return make_person("Ada Key", role="administrator")


@pytest.fixture
def team(sam: Person) -> Team:
    return make_team(supervisors=[sam])


@pytest.fixture
def maya(team: Team) -> Agent:
    return make_agent("Maya Lind", team=team, capacities={"voice": 1, "chat": 2})


@pytest.fixture
def omar(team: Team) -> Agent:
    return make_agent("Omar Haddad", team=team, capacities={"email": 5, "chat": 2})


@pytest.fixture
def ines(team: Team) -> Agent:
    return make_agent("Ines Moreau", team=team, capacities={"chat": 1}, engagement="informal")


@pytest.fixture
def lee(db: None) -> Customer:
    return make_customer("Lee")


@pytest.fixture
def queue(team: Team) -> Queue:
    return make_queue(teams=[team])


@pytest.fixture
def billing(db: None) -> Queue:
    """A second queue, which nobody serves yet."""
    return make_queue("Billing")


@pytest.fixture
def entry_point(queue: Queue) -> EntryPoint:
    return make_entry_point(queue)


@pytest.fixture
def chat(entry_point: EntryPoint, lee: Customer) -> Interaction:
    return make_chat(entry_point, lee, text="Hello?")


@pytest.fixture
def offer(chat: Interaction, maya: Agent) -> Offer:
    """The chat rings at Maya's."""
    return make_offer(chat, maya)


@pytest.fixture
def talk(offer: Offer) -> Interaction:
    """The chat once Maya has accepted it."""
    return offer.accept()


@pytest.fixture
def solved(db: None) -> Disposition:
    return Disposition.objects.create(name="Solved")


type Pushes = list[dict[str, Any]]


def frames(pushes: Pushes, kind: str) -> Pushes:
    return [p for p in pushes if p["type"] == kind]


@pytest.fixture
def shown(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Callable[[], AbstractContextManager[Pushes]]:
    """`with shown() as pushes:` collects what the block shows on screens: events with their group as "g"."""
    pushes: Pushes = []

    def publish(group: str, event: dict[str, Any]) -> None:
        pushes.extend(one | {"g": group} for one in event.get("events", [event]))

    monkeypatch.setattr(publisher, "_publish", publish)

    @contextmanager
    def collecting() -> Iterator[Pushes]:
        pushes.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield pushes

    return collecting
