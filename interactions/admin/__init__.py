"""The configuration of the centre in Django's admin, one module per subject; work itself can only be looked at."""

from interactions.admin import (
    agents,
    deliveries,
    entry_points,
    hours,
    mail_texts,
    mailboxes,
    numbers,
    outcomes,
    problems,
    queues,
    rules,
    work,
)

__all__ = [
    "agents",
    "deliveries",
    "entry_points",
    "hours",
    "mail_texts",
    "mailboxes",
    "numbers",
    "outcomes",
    "problems",
    "queues",
    "rules",
    "work",
]
