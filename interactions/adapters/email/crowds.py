"""Mail comes in crowds: runs of mails that open new work are made of in one transaction, a dozen statements for all.

Whatever is anything else, or goes wrong, takes its turn by itself (intake.py), and the order is the same either way.
"""

import logging
from collections.abc import Iterator, Sequence

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Length
from django.utils import timezone

from interactions.adapters.email.filing import Letter, arrive_all, is_new
from interactions.adapters.email.intake import UNREADABLE_NOTE, Surroundings, entitle, identity_of, process
from interactions.adapters.email.threads import answered_ids, known_id
from interactions.models import RawMail

log = logging.getLogger(__name__)
MOST_BYTES = 20_000_000  # of mails in memory at once

# Those that are still to be read, and the first of their kind here.
CLAIM = """
    update interactions_rawmail r set identity = new.identity
    from unnest(%s::bigint[], %s::text[]) new (id, identity)
    where r.id = new.id and r.state = 'stored' and not exists (
        select from interactions_rawmail o
        where o.entry_point_id = r.entry_point_id and o.identity = new.identity and o.id <> r.id
    ) returning r.id
"""
DONE = """
    update interactions_rawmail r set state = 'done', action = 'created', tried_at = %s,
        interaction_id = new.interaction, sender = new.sender, subject = new.subject
    from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) new (id, interaction, sender, subject)
    where r.id = new.id
"""


def process_all(pks: Sequence[int]) -> None:
    """Make of stored mails what they are, in this order."""
    for some in _bounded(pks):
        run: list[Letter] = []
        for pk, letter in _read(some):
            if letter and _goes_with(letter, run) and is_new(letter):
                run.append(letter)
            else:
                _make(run)
                run = []
                process(pk)
        _make(run)


def _bounded(pks: Sequence[int]) -> Iterator[list[int]]:
    sizes = dict(RawMail.objects.filter(pk__in=pks).values_list("pk", Length("raw")))
    some: list[int] = []
    total = 0
    for pk in (pk for pk in pks if pk in sizes):
        if some and total + sizes[pk] > MOST_BYTES:
            yield some
            some, total = [], 0
        some.append(pk)
        total += sizes[pk]
    if some:
        yield some


def _read(pks: Sequence[int]) -> Iterator[tuple[int, Letter | None]]:
    """Each with its letter; None for one that has to be looked at by itself."""
    around = Surroundings()
    rows = {row.pk: row for row in RawMail.objects.select_related("entry_point__queue").filter(pk__in=pks)}
    for pk in pks:
        row = rows.pop(pk, None)
        if row is None or row.state != RawMail.State.STORED:
            continue
        try:
            letter = around.letter(row)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("a mail could not be read", extra={"mail": pk})
            letter = None
        yield pk, None if letter and UNREADABLE_NOTE in letter.mail.notes else letter


def _goes_with(letter: Letter, run: Sequence[Letter]) -> bool:
    """It is no second copy of one in the run, and answers none of them."""
    ids = {known_id(one.mail.message_id) for one in run}
    return known_id(letter.mail.message_id) not in ids - {""} and ids.isdisjoint(answered_ids(letter.mail))


def _make(run: Sequence[Letter]) -> None:
    if not run:
        return
    left = run
    try:
        left = _file(run)
    except InterfaceError:
        raise
    except Exception as error:
        log.info("a crowd of mails is taken one by one", extra={"error": str(error)})
    for letter in left:
        process(letter.row.pk)


@transaction.atomic
def _file(run: Sequence[Letter]) -> list[Letter]:
    """Returns those that somebody has read meanwhile, or that are no first of their kind."""
    identities = {one.row.pk: identity_of(one.row, known_id(one.mail.message_id)) for one in run}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [list(identities), list(identities.values())])
        claimed = {pk for (pk,) in cursor.fetchall()}
        ours = [one for one in run if one.row.pk in claimed]
        for letter in ours:
            letter.row.identity = identities[letter.row.pk]
            entitle(letter.row, letter.mail)
        if ours:
            made = [interaction.pk for interaction in arrive_all(ours)]
            pks, senders, subjects = zip(*((one.row.pk, one.row.sender, one.row.subject) for one in ours), strict=True)
            cursor.execute(DONE, [timezone.now(), list(pks), made, list(senders), list(subjects)])
    return [one for one in run if one.row.pk not in claimed]
