"""A believable centre: Tulip & Oak, a web shop for furniture, with its people, queues and two weeks of history.

The same every time but for the clock: everything hangs on `now`, and the dice are seeded. The history is written in
bulk and by the same rules as the verbs: one gapless ledger per interaction, in order, with nobody in two places.
"""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Person
from interactions.models import RulesVersion
from interactions.rules.snapshot import snapshot
from interactions.seed.centre import build_queues
from interactions.seed.customers import meet_customers
from interactions.seed.history import write_history
from interactions.seed.outcomes import write_outcomes
from interactions.seed.people import hire
from interactions.seed.shifts import write_shifts
from interactions.seed.telephone import connect_telephone

LOGINS = ("maya", "omar", "ines", "sam", "admin")
FIRST_CARD = 20_261  # of the dice


@transaction.atomic
def plant(*, password: str | None = None, days: int = 14, now: datetime | None = None) -> bool:
    """Build the centre unless it is there already; True when it was built.

    The people of LOGINS sign in with this password. Without one nobody can until an administrator sets one.
    """
    if Person.objects.filter(username__in=LOGINS).exists():
        return False
    now, dice = now or timezone.now(), random.Random(FIRST_CARD)
    staff = hire(password)
    queues = build_queues(staff, now)
    connect_telephone()
    write_outcomes(queues)
    customers = meet_customers(dice, now)
    write_history(staff, queues, customers, dice, now, days)
    write_shifts(staff, dice, now, days)
    RulesVersion.objects.create(at=now - timedelta(days=days), rules=snapshot(), note=_("As the centre began"))
    return True
