"""Who changed the rules when: one change at a time, each a version that can be gone back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from agents.models import Person
from contactcenter.wakeup import wake_router
from interactions.models import RulesVersion
from interactions.rules.change import Change, changes, summary
from interactions.rules.check import refusals
from interactions.rules.form import Refusal, malformed
from interactions.rules.merge import Gone, as_of_today, complete
from interactions.rules.places import follow
from interactions.rules.restore import write
from interactions.rules.shape import Rules
from interactions.rules.snapshot import snapshot

RULES_LOCK = 7_240_003  # transaction lock of whoever changes rules


class Refused(Exception):
    """These rules cannot work; the reasons."""

    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True)
class Plan:
    """What rules would do if they were applied."""

    now: Rules
    result: Rules
    gone: list[Gone]  # applied without these
    refused: list[Refusal]

    @property
    def changes(self) -> list[Change]:
        return changes(self.now, self.result)


def plan(rules: Rules, now: Rules) -> Plan:
    """What would come of these rules, which may leave out what is to stay as it is now; pure."""
    if refused := malformed(rules, partly=True):
        return Plan(now, now, [], refused)
    known, gone = as_of_today(rules, now)
    result = complete(known, now)
    return Plan(now, result, gone, refusals(result))


@contextmanager
def changing(by: Person | None, *, note: str = "", restores: RulesVersion | None = None) -> Iterator[Rules]:
    """Whatever the block changes of the rules becomes a version; nothing, if it changes none. Yields what they were.

    One at a time: who comes second waits, and so sees what the first has changed. What was changed behind our back
    (by a shell, by a seed) becomes a version of its own first, so that nobody is named for what they did not do.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [RULES_LOCK])
        before = keep_found()
        yield before
        after = snapshot()
        if after == before:
            return
        RulesVersion.objects.create(
            by=by, rules=after, restores=restores, note=(note or summary(changes(before, after)))[:300]
        )
        follow(before, after)
        wake_router()


def keep_found() -> Rules:
    """The rules as they are, kept as a version when no version says so; called under the lock."""
    found, latest = snapshot(), RulesVersion.objects.first()
    if latest is None:
        RulesVersion.objects.create(rules=found, note=_("As they were found"))
    elif latest.rules != found:
        note = _("Changed elsewhere: %s") % summary(changes(latest.rules, found), 250)
        RulesVersion.objects.create(rules=found, note=note)
    return found


def apply(rules: Rules, *, by: Person | None, note: str = "", restores: RulesVersion | None = None) -> Plan:
    """Make these the rules, as a version; Refused when they cannot work, and then nothing is changed.

    Queues, entry points, agents, skills and teams that the rules do not name stay as they are: they have a history.
    """
    try:
        with changing(by, note=note, restores=restores) as now:
            planned = plan(rules, now)
            if planned.refused:
                raise Refused(planned.refused)
            if busy := write(planned.now, planned.result):
                raise Refused(busy)
    except DatabaseError as error:
        raise Refused([Refusal("", "", "", _("The database refuses it: %s") % error)]) from error
    return planned


def rules_at(moment: datetime) -> Rules:
    """The rules that held at that moment, whole; before the first version what that says, without any today's."""
    versions = RulesVersion.objects.order_by("at", "pk")
    version = versions.filter(at__lte=moment).last() or versions.first()
    return complete(version.rules, {}) if version else snapshot()
