"""Where work comes in and waits: business hours, five queues with who serves them, and their entry points."""

from datetime import datetime, time, timedelta
from typing import Any

from agents.models import Agent, Skill, Team
from interactions.models import (
    Acknowledgement,
    EntryPoint,
    Hours,
    HoursException,
    Mailbox,
    Membership,
    OpeningPeriod,
    Queue,
    QueueSkill,
    Signature,
)
from interactions.seed.people import BACK_OFFICE, SALES, SUPPORT, ZONE

SHOP = "https://www.tulipandoak.example"

# name: fields, skills asked, teams by rank, agents by rank
QUEUES: dict[str, tuple[dict[str, Any], dict[str, int], dict[str, int], dict[str, int]]] = {
    "Sales": (
        {"priority": 2, "answer_within": timedelta(seconds=20)},
        {"Product advice": 2},
        {SALES: 1},
        {"ines": 2},
    ),
    "Support": (
        {"answer_within": timedelta(seconds=30), "overflow_after": timedelta(seconds=45)},
        {"Technical": 2},
        {SUPPORT: 1},
        {"maya": 2, "janwillem": 3, "ines": 2},
    ),
    "Billing": (
        {"answer_within": timedelta(seconds=60), "answer_share": 90, "wrap_up_within": timedelta(seconds=90)},
        {"Invoices": 2},
        {BACK_OFFICE: 1},
        {"omar": 2, "yuki": 2},
    ),
    "Orders & Delivery": (
        {"answer_within": timedelta(seconds=30)},
        {"Logistics": 2},
        {BACK_OFFICE: 1, SUPPORT: 2},
        {"lucas": 2, "peter": 3},
    ),
    "Dutch-speaking Support": (
        {"answer_within": timedelta(seconds=45), "overflow_after": None},
        {"Dutch": 4, "Technical": 2},
        {SUPPORT: 1},
        {"janwillem": 1},
    ),
}

ORDER_NUMBER = {"name": "order", "label": "Order number", "type": "text", "required": False}
NAME = {"name": "name", "label": "Your name", "type": "text", "required": True}
EMAIL = {"name": "email", "label": "Email", "type": "email", "required": False}
ENTRY_POINTS: list[dict[str, Any]] = [
    {
        "key": "demo",
        "name": "Web shop",
        "queue": "Support",
        "title": "Tulip & Oak",
        "greeting": "Good to see you. What can we do for you?",
        "accent": "#2d5bd7",
        "calls": True,
    },
    {
        "key": "sales",
        "name": "Product pages",
        "queue": "Sales",
        "title": "Find the right piece",
        "greeting": "Questions about wood, size or colour? Ask a person who has sat in it.",
        "accent": "#0f7b5f",
    },
    {
        "key": "billing",
        "name": "My invoices",
        "queue": "Billing",
        "title": "Invoices and payments",
        "greeting": "Have your invoice at hand? Then we are quickest.",
        "accent": "#7a4bc4",
        "prechat": [NAME, {**EMAIL, "required": True}, {**ORDER_NUMBER, "label": "Invoice number"}],
    },
    {
        "key": "orders",
        "name": "Track my order",
        "queue": "Orders & Delivery",
        "title": "Where is my order?",
        "greeting": "Tell us the order number and we look it up.",
        "accent": "#b4541a",
        "prechat": [NAME, EMAIL, ORDER_NUMBER],
    },
    {
        "key": "nl",
        "name": "Nederlandse winkel",
        "queue": "Dutch-speaking Support",
        "title": "Tulip & Oak",
        "greeting": "Waar kunnen we mee helpen?",
        "accent": "#d2691e",
        "prechat": [{**NAME, "label": "Uw naam"}, {**EMAIL, "label": "E-mail"}],
        "languages": ["nl", "en"],
    },
]
MAILBOX = "help@tulipandoak.example"
ACKNOWLEDGEMENTS = [
    (
        "",
        "We have your mail",
        "Thank you for writing to Tulip & Oak. One of us reads your mail and answers within the day.",
    ),
    (
        "nl",
        "Uw mail is binnen",
        "Dank u voor uw bericht aan Tulip & Oak. Een van ons leest uw mail en antwoordt vandaag nog.",
    ),
]
SIGNATURES = {
    "": "$agent_name\nTulip & Oak, $queue_name\nhttps://www.tulipandoak.example",
    "nl": "Met vriendelijke groet,\n$agent_name\nTulip & Oak\nhttps://www.tulipandoak.example",
}
MAIL_ENTRY_POINT: dict[str, Any] = {
    "key": "mail",
    "name": "Mail",
    "channel": "email",
    "queue": "Support",
    "title": "Tulip & Oak",
    "prechat": [],
}


def build_queues(staff: dict[str, Agent], now: datetime) -> dict[str, Queue]:
    """The queues by name, with hours, skills, members and the doors that lead to them."""
    always, daytime, office = build_hours(now)
    hours = {"Billing": office, "Dutch-speaking Support": daytime}
    queues = {
        name: Queue(name=name, hours=hours.get(name, always), **fields) for name, (fields, *_rest) in QUEUES.items()
    }
    Queue.objects.bulk_create(queues.values())
    skills = {skill.name: skill for skill in Skill.objects.all()}
    teams = {team.name: team for team in Team.objects.all()}
    asked, members = [], []
    for name, (_fields, required, by_team, by_agent) in QUEUES.items():
        queue = queues[name]
        asked += [QueueSkill(queue=queue, skill=skills[skill], level=level) for skill, level in required.items()]
        members += [Membership(queue=queue, team=teams[team], rank=rank) for team, rank in by_team.items()]
        members += [Membership(queue=queue, agent=staff[agent], rank=rank) for agent, rank in by_agent.items()]
    QueueSkill.objects.bulk_create(asked)
    Membership.objects.bulk_create(members)
    EntryPoint.objects.bulk_create(
        EntryPoint(**{"allowed_origins": [SHOP], **fields, "queue": queues[fields["queue"]]}) for fields in ENTRY_POINTS
    )
    door = EntryPoint.objects.create(**MAIL_ENTRY_POINT | {"queue": queues[MAIL_ENTRY_POINT["queue"]]})
    mailbox = Mailbox.objects.create(entry_point=door, address=MAILBOX, sender_name="Tulip & Oak")
    Acknowledgement.objects.bulk_create(
        Acknowledgement(mailbox=mailbox, language=language, subject=subject, text=text)
        for language, subject, text in ACKNOWLEDGEMENTS
    )
    Signature.objects.bulk_create(Signature(language=language, text=text) for language, text in SIGNATURES.items())
    return queues


def build_hours(now: datetime) -> tuple[Hours, Hours, Hours]:
    """Around the clock; every day; and office hours with Dutch public holidays and a short day to come."""
    always = Hours.objects.create(name="Around the clock", time_zone=ZONE)
    daytime = Hours.objects.create(name="Every day 7 to 23", time_zone=ZONE)
    office = Hours.objects.create(name="Office hours Amsterdam", time_zone=ZONE, country="NL")
    OpeningPeriod.objects.bulk_create(
        [OpeningPeriod(hours=always, weekday=day, opens=time.min, closes=time.max) for day in range(7)]
        + [OpeningPeriod(hours=daytime, weekday=day, opens=time(7), closes=time(23)) for day in range(7)]
        + [OpeningPeriod(hours=office, weekday=day, opens=time(8), closes=time(18)) for day in range(5)]
        + [OpeningPeriod(hours=office, weekday=5, opens=time(10), closes=time(16))]
    )
    HoursException.objects.create(
        hours=office,
        date=(now + timedelta(days=18)).date(),
        name="Stocktaking, early close",
        opens=time(8),
        closes=time(13),
    )
    return always, daytime, office
