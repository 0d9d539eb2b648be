"""Queries written once: they read what the ORM reads, with the values of each call."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Count
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from contactcenter.prepared import Prepared
from interactions.models import Interaction, Message

pytestmark = pytest.mark.django_db(transaction=True)

line = Prepared(
    lambda talk, kind, text: (
        Message.objects.filter(interaction=talk, kind=kind, text=text)
        .select_related("interaction__customer")
        .annotate(files_sent=Count("attachments"))
    )
)


def test_each_call_has_values_of_its_own(talk, django_assert_num_queries):
    said = {text: talk.hear(text) for text in ("100 %s", "it's", "\\ ümlaut")}
    for text, message in said.items():
        with django_assert_num_queries(1):
            found = line.get(talk.pk, "inbound", text)
            assert (found, found.interaction.customer, found.files_sent) == (message, talk.customer, 0)
    assert line.first(talk.pk, "outbound", "it's") is None
    with pytest.raises(Message.DoesNotExist):
        line.get(talk.pk + 1, "inbound", "it's")


def test_what_was_read_is_gone_once_nobody_has_it(talk):
    talk.hear("Hello")
    line.get(talk.pk, "inbound", "Hello")
    gc.collect()
    gc.disable()
    try:
        found = weakref.ref(line.get(talk.pk, "inbound", "Hello"))
        assert found() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_the_orm_writes_it_once(talk, monkeypatch):
    line.all(talk.pk, "inbound", "x")
    with monkeypatch.context() as without:
        without.setattr(Query, "get_compiler", None)
        assert line.all(talk.pk, "inbound", "x") == []


def test_every_thread_asks_over_its_own_connection(talk):
    message = talk.hear("shared")

    def ask(_: int) -> Message | None:
        try:
            return line.first(talk.pk, "inbound", "shared")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(ask, range(40))) == {message}


def test_threads_that_come_first_at_once_do_not_write_in_the_same_query(talk, monkeypatch):
    new, meet, as_sql, written = Prepared(line.rows), Barrier(2, timeout=10), SQLCompiler.as_sql, []

    def together(compiler: SQLCompiler) -> tuple[str, tuple]:
        meet.wait()
        written.append(compiler.query)
        return as_sql(compiler)

    def write(_: int) -> tuple[str, tuple]:
        try:
            return new.written(talk.pk, "inbound", "x")
        finally:
            connection.close()

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as threads:
        patch.setattr(SQLCompiler, "as_sql", together)
        statements = list(threads.map(write, range(2)))
    assert written[0] is not written[1]
    assert statements[0] == statements[1]


def test_a_move_reads_its_row_anew(talk, billing, maya):
    """What was read before the lock is forgotten, what hangs on the row included."""
    stale = Interaction.objects.select_related("queue", "agent").get(pk=talk.pk)
    talk.transfer_to(billing, by=maya)
    with stale.moving():
        assert (stale.state, stale.queue, stale.agent) == ("queued", billing, None)
