"""Who works at Tulip & Oak: three teams, colleagues who help beside a day job, a supervisor, an administrator."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from agents.channels import USUAL
from agents.models import Agent, AgentSkill, AwayReason, Capacity, Person, Skill, Team

ZONE = "Europe/Amsterdam"
AWAY_REASONS = ["Break", "Lunch", "Training", "Team meeting", "Coaching"]
SALES, SUPPORT, BACK_OFFICE = "Sales", "Customer Support", "Billing & Orders"

EARLY, DAY, LATE, NIGHT = (7, 15), (9, 17), (14, 23), (22, 8)  # from, until: hours of the day


@dataclass(frozen=True)
class Hire:
    """One line of the staff list; without a team they are informal employees."""

    username: str
    name: str
    team: str
    shift: tuple[int, int]
    skills: dict[str, int]


STAFF = [
    Hire("maya", "Maya Lindqvist", SALES, DAY, {"Product advice": 5, "Technical": 3, "German": 4}),
    Hire("tom", "Tom Becker", SALES, EARLY, {"Product advice": 4, "German": 5}),
    Hire("aisha", "Aisha Rahman", SALES, LATE, {"Product advice": 3, "French": 4}),
    Hire("lucas", "Lucas Moreau", SALES, NIGHT, {"Product advice": 3, "French": 5, "Logistics": 2}),
    Hire("omar", "Omar Haddad", SUPPORT, DAY, {"Technical": 4, "Dutch": 4, "Logistics": 3, "Invoices": 2}),
    Hire("femke", "Femke de Vries", SUPPORT, EARLY, {"Technical": 3, "Dutch": 5, "Logistics": 2}),
    Hire("priya", "Priya Nair", SUPPORT, LATE, {"Technical": 5, "Logistics": 2}),
    Hire("daniel", "Daniel Okafor", SUPPORT, NIGHT, {"Technical": 3, "Logistics": 3}),
    Hire("hannah", "Hannah Schmidt", BACK_OFFICE, EARLY, {"Invoices": 5, "Logistics": 3, "German": 5}),
    Hire("marco", "Marco Rossi", BACK_OFFICE, DAY, {"Invoices": 3, "Logistics": 4}),
    Hire("chloe", "Chloé Martin", BACK_OFFICE, NIGHT, {"Invoices": 3, "Logistics": 3, "French": 5}),
    Hire(
        "janwillem", "Jan Willem Bakker", BACK_OFFICE, LATE, {"Invoices": 4, "Logistics": 4, "Dutch": 5, "Technical": 2}
    ),
    Hire("ines", "Ines Carvalho", "", DAY, {"Product advice": 5, "Technical": 5}),
    Hire("peter", "Peter Novák", "", EARLY, {"Logistics": 5}),
    Hire("yuki", "Yuki Tanaka", "", DAY, {"Invoices": 5}),
]
AT_ONCE_BESIDE_A_DAY_JOB = {"voice": 1, "chat": 1, "email": 2, "sms": 1, "whatsapp": 1}


def hire(password: str | None) -> dict[str, Agent]:
    """Everyone, by user name; sam leads all three teams."""
    secret = make_password(password)
    sam = Person(username="sam", name="Sam Whitfield", role="supervisor")
    admin = Person(username="admin", name="Alex Admin", role="administrator", is_staff=True, is_superuser=True)
    people = {line.username: Person(username=line.username, name=line.name) for line in STAFF}
    for person in (sam, admin, *people.values()):
        person.time_zone, person.email = ZONE, f"{person.username}@tulipandoak.example"
        known = person.username in ("maya", "omar", "ines", "sam", "admin")
        person.password = secret if known else make_password(None)
    Person.objects.bulk_create([admin, sam, *people.values()])

    teams = {name: Team(name=name) for name in (SALES, SUPPORT, BACK_OFFICE)}
    Team.objects.bulk_create(teams.values())
    for team in teams.values():
        team.supervisors.add(sam)
    AwayReason.objects.bulk_create([AwayReason(name=name) for name in AWAY_REASONS], ignore_conflicts=True)

    staff = {
        line.username: Agent(
            person=people[line.username],
            team=teams.get(line.team),
            engagement=Agent.Engagement.FORMAL if line.team else Agent.Engagement.INFORMAL,
        )
        for line in STAFF
    }
    Agent.objects.bulk_create(staff.values())
    Capacity.objects.bulk_create(
        Capacity(agent=agent, channel=channel, maximum=maximum)
        for agent in staff.values()
        for channel, maximum in (AT_ONCE_BESIDE_A_DAY_JOB if agent.informal else USUAL).items()
    )
    names = sorted({skill for line in STAFF for skill in line.skills})
    skills = {skill.name: skill for skill in Skill.objects.bulk_create([Skill(name=name) for name in names])}
    AgentSkill.objects.bulk_create(
        AgentSkill(agent=staff[line.username], skill=skills[name], level=level)
        for line in STAFF
        for name, level in line.skills.items()
    )
    return staff
