"""What waits to be sent: every move and every refusal of it, the sweep, and what a worker makes of it."""

from datetime import timedelta

import django_rq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions import outbox
from interactions.adapters import sending
from interactions.adapters.outcome import NotNow, Refused, Sent
from interactions.adapters.sending import deliver
from interactions.models import Delivery
from interactions.models.delivery import LONGEST_PAUSE, MOST_TRIES
from interactions.routing.timers import sweep
from tests.cast import make_chat
from tests.interleaving import sessions, wait_until

DUE = timedelta(seconds=1)


def make_delivery(interaction, state="pending", due=-DUE, **fields):
    line = interaction._add("outbound", "Hi")
    interaction.save()
    now = timezone.now()
    known = {"pending": {}, "sending": {"claimed_at": now, "tries": 1}}.get(state, {"sent_at": now, "answer": "ok"})
    due_at = now + due if state in ("pending", "sending") else None
    return Delivery.objects.create(line=line, state=state, **{"due_at": due_at} | known | fields)


@pytest.fixture
def delivery(chat):
    return make_delivery(chat)


@pytest.fixture
def sent(monkeypatch):
    """What was sent; put an exception in `says` to have the server answer with it."""
    sent, says = [], []

    def send(delivery):
        if says:
            raise says.pop()
        sent.append(delivery.pk)
        return Sent()

    monkeypatch.setitem(sending.SENDERS, "chat", send)
    send.sent, send.says = sent, says
    return send


MOVES = {
    "claim": (lambda d: Delivery.objects.claim(d.pk), {"pending", "sending"}, "sending"),
    "mark_sent": (lambda d: d.mark_sent(), {"pending", "sending"}, "sent"),
    "defer": (lambda d: d.defer("busy"), {"sending"}, "pending"),
    "fail": (lambda d: d.fail("no"), {"pending", "sending"}, "failed"),
    "bounce": (lambda d: d.bounce("no such user"), {"sending", "sent", "delivered"}, "bounced"),
    "delivered": (lambda d: d.advance("delivered"), {"sending", "sent"}, "delivered"),
    "read": (lambda d: d.advance("read"), {"sending", "sent", "delivered"}, "read"),
    "sent": (lambda d: d.advance("sent"), {"sending"}, "sent"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", Delivery.State.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_move_from_every_state(move, state, chat):
    act, allowed, becomes = MOVES[move]
    delivery = make_delivery(chat, state)
    assert bool(act(delivery)) == (state in allowed)
    delivery.refresh_from_db()
    assert delivery.state == (becomes if state in allowed else state)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "due", "taken"), [("pending", DUE, True), ("pending", -DUE, False), ("sent", DUE, False)]
)
def test_only_what_waits_untouched_is_taken_back(state, due, taken, chat):
    delivery = make_delivery(chat, state, due)
    assert delivery.withdraw() == taken


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "sending"])
def test_nobody_claims_what_is_not_due(state, chat):
    assert Delivery.objects.claim(make_delivery(chat, state, DUE).pk) is None


@pytest.mark.django_db
def test_pauses_grow_and_waiting_for_a_moment_is_no_try(delivery):
    now, pauses = timezone.now(), []
    for _ in range(10):
        Delivery.objects.update(due_at=now - DUE)
        claimed = Delivery.objects.claim(delivery.pk)
        assert claimed.defer("421 busy")
        pauses.append(round((claimed.due_at - now).total_seconds()))
    assert pauses == sorted(pauses)
    assert pauses[0] == pytest.approx(30, abs=5)
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE.total_seconds(), abs=5)
    Delivery.objects.update(due_at=now - DUE)
    claimed = Delivery.objects.claim(delivery.pk)
    claimed.defer("later", until=now + DUE)
    assert (claimed.tries, claimed.due_at) == (10, now + DUE)


@pytest.mark.django_db
def test_a_worker_sends_and_notes_it(delivery, sent):
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, sent.sent) == ("sent", 1, [delivery.pk])
    deliver(delivery.pk)
    assert sent.sent == [delivery.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("says", "tries", "state", "answer"),
    [
        (Refused("550 no such user"), 0, "failed", "550 no such user"),
        (NotNow("451 try later"), 0, "pending", "451 try later"),
        (NotNow("451 try later"), MOST_TRIES - 1, "failed", "451 try later"),
        (ValueError("a bug"), 0, "pending", sending.BROKEN),
    ],
)
def test_what_the_server_says_is_what_follows(says, tries, state, answer, delivery, sent):
    Delivery.objects.update(tries=tries)
    sent.says.append(says)
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answer) == (state, answer)


@pytest.mark.django_db
def test_the_sweep_gives_out_what_is_due_once_in_a_while(chat, valkey):
    due, orphan = make_delivery(chat), make_delivery(chat, "sending")
    make_delivery(chat, due=DUE), make_delivery(chat, "sending", due=DUE), make_delivery(chat, "sent")
    assert outbox.sweep() == 2
    assert {job.args[0] for job in django_rq.get_queue("default").jobs} == {due.pk, orphan.pk}
    assert outbox.sweep() == 0
    valkey.flushdb()
    Delivery.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    assert sweep() == 2
    assert len(django_rq.get_queue("default").jobs) == 2


@pytest.mark.django_db
def test_the_sweep_costs_one_statement_when_nothing_is_due(chat):
    make_delivery(chat, "sent")
    with CaptureQueriesContext(connection) as queries:
        assert outbox.sweep() == 0
    assert len(queries) == 1


@pytest.mark.django_db
def test_without_valkey_the_sweep_goes_on_and_asks_again_later(delivery, settings, monkeypatch):
    monkeypatch.setattr(outbox, "_silent_until", 0.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert outbox.sweep() == 1
    Delivery.objects.update(queued_at=None)
    assert outbox.sweep() == 0


@pytest.mark.django_db
def test_a_job_is_given_out_on_commit(delivery, valkey, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.enqueue(delivery.pk)
        assert not django_rq.get_queue("default").jobs
    (job,) = django_rq.get_queue("default").jobs
    assert job.args == (delivery.pk,)


# Races, each by two connections


@pytest.mark.fabricated
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["pending", "sending"])
def test_of_two_workers_one_sends(state, entry_point, lee):
    delivery = make_delivery(make_chat(entry_point, lee), state)
    with sessions("first", "second") as (first, second):
        with first.holding():
            assert first.do(Delivery.objects.claim, delivery.pk)
            later = second.start(Delivery.objects.claim, delivery.pk)
            second.waits()
        assert later.result(30) is None
    delivery.refresh_from_db()
    assert delivery.tries == (1 if state == "pending" else 2)


@pytest.mark.fabricated
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_is", ["undo", "worker"])
def test_undo_and_worker_never_both_win(first_is, entry_point, lee, monkeypatch):
    """At the edge of the undo: one clock still sees it open, the other sees it over."""
    delivery = make_delivery(make_chat(entry_point, lee), due=timedelta(seconds=30))
    later_clock = timezone.now() + timedelta(seconds=60)
    moves = {
        "undo": delivery.withdraw,
        "worker": lambda: (
            Delivery.objects.due(later_clock)
            .filter(pk=delivery.pk)
            .update(state="sending", claimed_at=later_clock, due_at=later_clock, tries=1)
        ),
    }
    second_is = "worker" if first_is == "undo" else "undo"
    with sessions("first", "second") as (first, second):
        with first.holding():
            assert first.do(moves[first_is])
            later = second.start(moves[second_is])
            second.waits()
        assert not later.result(30)
    delivery.refresh_from_db()
    assert delivery.state == ("withdrawn" if first_is == "undo" else "sending")


@pytest.mark.fabricated
@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_at_the_last_moment_is_not_claimed_a_moment_later(entry_point, lee):
    chat = make_chat(entry_point, lee)
    with sessions("undo", "worker") as (undo, worker):
        delivery = make_delivery(chat, due=timedelta(seconds=2))  # a busy machine may take one to begin
        due_at = delivery.due_at
        with undo.holding():
            assert undo.do(delivery.withdraw)
            wait_until(lambda: timezone.now() > due_at)
            later = worker.start(Delivery.objects.claim, delivery.pk)
            worker.waits()
        assert later.result(30) is None


@pytest.mark.fabricated
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_give_out_different_ones(entry_point, lee):
    chat = make_chat(entry_point, lee)
    both = {make_delivery(chat).pk, make_delivery(chat).pk}
    with sessions("first", "second") as (first, second), first.holding():
        one = first.do(Delivery.objects.take_due, 1)
        other = second.do(Delivery.objects.take_due, 2)
    assert {*one, *other} == both
    assert not {*one} & {*other}
