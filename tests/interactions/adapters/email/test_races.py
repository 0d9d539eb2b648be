"""The same mail on two connections, in every order of their steps."""

import pytest
from django.db import transaction

from interactions.adapters.email.intake import process
from interactions.adapters.email.store import store
from interactions.models import Customer, Interaction, RawMail
from tests.interactions.adapters.email.conftest import letter
from tests.interleaving import sessions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folder")]


def stored(mail, door):
    return store(bytes(mail), entry_point=door, door=RawMail.Door.SMTP).pk


def action(outcome):
    return outcome.result(30).row.action


def test_s44_the_second_waits_for_the_first_and_is_no_work(door):
    mail = letter()
    one, two = stored(mail, door), stored(mail, door)
    with sessions("first", "second") as (first, second):
        with first.holding():
            assert first.do(process, one).row.action == "created"
            later = second.start(process, two)
            second.waits()
        assert action(later) == "duplicate"
    assert Interaction.objects.count() == 1


def test_s44_if_the_first_comes_to_nothing_the_second_is_the_work(door):
    mail = letter()
    one, two = stored(mail, door), stored(mail, door)
    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(process, one)
            later = second.start(process, two)
            second.waits()
            first.do(transaction.set_rollback, True)
        assert action(later) == "created"
    assert Interaction.objects.count() == 1
    assert process(one).row.action == "duplicate"


def test_one_mail_read_by_two_processes_is_made_once(door):
    one = stored(letter(), door)
    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(process, one)
            later = second.start(process, one)
            second.waits()
        assert action(later) == "created"
    assert Interaction.objects.get().messages.count() == 1


def test_two_first_mails_of_one_sender_make_one_customer(door):
    one, two = stored(letter("A"), door), stored(letter("B"), door)
    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(process, one)
            later = second.start(process, two)
            second.waits()
        assert action(later) == "created"
    assert Customer.objects.count() == 1
    assert Interaction.objects.count() == 2
