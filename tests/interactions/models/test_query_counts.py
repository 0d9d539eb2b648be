"""What the verbs of the hot paths cost: a view on top of them stays within twelve queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions.lines.estimate import _paces
from interactions.models import Interaction, Offer, marks
from interactions.models.marks import Mark
from tests.cast import make_chat, make_visitor

pytestmark = pytest.mark.django_db
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def work_of(verb, *args, **kwargs):
    """The statements it sends, without those that only open and close its transaction."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        verb(*args, **kwargs)
    return [q["sql"] for q in queries if not q["sql"].startswith(TRANSACTION)]


def test_accepting(offer):
    offer = Offer.objects.select_related("interaction", "agent__person").get(pk=offer.pk)
    statements = work_of(offer.accept)
    assert len(statements) <= 8, "\n".join(statements)


def test_replying(talk, maya):
    talk = Interaction.objects.get(pk=talk.pk)
    statements = work_of(talk.reply, maya, "Hi", client_id="b1")
    assert len(statements) <= 1, "\n".join(statements)


def test_reading_in_many(talk, entry_point, maya):
    chat = make_chat(entry_point)
    by_agent, by_customer = Mark(talk.pk, "agent_read", by=maya.pk), Mark(talk.pk, "customer_read")
    statements = work_of(marks.move, {by_agent: 2, by_customer: 3, Mark(chat.pk, "customer_received"): 1})
    assert len(statements) <= 1, "\n".join(statements)


def test_hearing(talk):
    talk = Interaction.objects.get(pk=talk.pk)
    statements = work_of(talk.hear, "Hello?", client_id="a1")
    assert len(statements) <= 1, "\n".join(statements)


@pytest.mark.parametrize(("rules", "most"), [({}, 7), ({"longest_line": 100, "no_agent_action": "message"}, 9)])
def test_arriving(rules, most, entry_point, maya):
    """The line's limits cost a query each, where there are any; the pace of a line is known for a while."""
    type(entry_point.queue).objects.update(**rules)
    entry_point.queue.refresh_from_db()
    visitors = [make_visitor(entry_point) for _ in range(2)]
    arrivals = [{"entry_point": entry_point, "customer": v.customer, "visitor": v, "text": "Hello?"} for v in visitors]
    _paces.clear()
    Interaction.arrive(**arrivals[0])
    statements = work_of(Interaction.arrive, **arrivals[1])
    assert len(statements) <= most, "\n".join(statements)
