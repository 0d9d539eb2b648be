"""What a call interrupts is on hold meanwhile, and is taken up again when the last one ends."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from interactions.invariants import broken
from interactions.models import Interaction, Queue
from interactions.models.hold import hold_and_resume
from tests.cast import make_active, make_agent, make_customer, make_entry_point, make_offer, numbers_of


@pytest.fixture
def noor(team):
    return make_agent("Noor Vos", team=team, capacities={"voice": 1, "chat": 3, "email": 5})


@pytest.fixture
def arrive(queue):
    doors = {channel: make_entry_point(queue, channel, channel=channel) for channel in ("voice", "chat", "email")}

    def arrive(channel):
        return Interaction.arrive(entry_point=doors[channel], customer=make_customer(), text="Hello")

    return arrive


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def look(*interactions):
    for one in interactions:
        one.refresh_from_db()


def test_r16_a_call_interrupts_the_emails_and_nothing_else(noor, arrive, clock, shown):
    mails = [make_active(arrive("email"), noor) for _ in range(2)]
    call = make_offer(arrive("voice"), noor)
    look(*mails)
    assert [mail.interrupted_since for mail in mails] == [None, None], "it only rings"
    with shown() as pushes:
        call = call.accept()
    look(*mails)
    for mail in mails:
        assert (mail.interrupted_since, mail.state, mail.agent) == (timezone.now(), "active", noor)
        event = mail.events.last()
        assert (event.what, event.agent, event.by) == ("interrupted", noor, None)
        assert {"g": noor.screen, "type": "screen.refresh", "what": "work", "id": mail.pk} in pushes
        assert numbers_of(mail) == list(range(1, mail.last_seq + 1))
    assert broken() == []
    clock.shift(timedelta(seconds=90))
    mails[0].reply(noor, "I write while I listen")
    call.end(by=noor)
    look(*mails)
    assert mails[0].interrupted_since, "the wrap-up is work as well"
    clock.shift(timedelta(seconds=30))
    call.complete_wrap_up(by=noor.person)
    look(*mails)
    for mail in mails:
        assert (mail.interrupted_since, mail.held_for) == (None, timedelta(seconds=120))
        assert (mail.events.last().what, mail.events.last().agent) == ("resumed", noor)
    noor.refresh_from_db()
    assert noor.units_in_use == 40
    assert broken() == []


def test_work_accepted_beneath_a_call_begins_on_hold(noor, arrive):
    mail, call = make_offer(arrive("email"), noor), make_offer(arrive("voice"), noor)
    call.accept()
    mail = mail.accept()
    look(mail)
    assert mail.interrupted_since
    assert broken() == []


def test_who_has_done_with_it_while_on_hold_has_the_time_counted(noor, arrive, clock):
    mail = make_active(arrive("email"), noor)
    make_active(arrive("voice"), noor)
    clock.shift(timedelta(seconds=45))
    mail.end(by=noor)
    assert (mail.state, mail.interrupted_since, mail.held_for) == ("wrap_up", None, timedelta(seconds=45))
    assert broken() == []


def test_what_interrupts_what_is_the_agents_matter(noor, arrive):
    noor.capacities.filter(channel="email").update(interrupted_by=["chat"])
    mail, chat = make_active(arrive("email"), noor), make_active(arrive("chat"), noor)
    look(mail, chat)
    assert (bool(mail.interrupted_since), chat.interrupted_since) == (True, None)
    other = make_active(arrive("chat"), noor)
    Queue.objects.update(wrap_up_within=timedelta(0))
    chat.end(by=noor)
    look(mail)
    assert mail.interrupted_since, "one is left"
    other.leave()
    look(mail)
    assert mail.interrupted_since is None


def test_the_sweep_makes_up_for_what_somebody_was_moving(noor, arrive):
    mail = make_active(arrive("email"), noor)
    call = make_active(arrive("voice"), noor)
    Interaction.objects.filter(pk=mail.pk).update(interrupted_since=None)
    assert hold_and_resume() == 1
    assert hold_and_resume() == 0
    look(mail)
    assert mail.interrupted_since
    call.transfer_to(call.queue, by=noor)
    look(mail)
    assert mail.interrupted_since is None
