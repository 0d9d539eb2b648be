"""Messages that come in by SMS and WhatsApp: one piece of work, whatever the network does to the webhook."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions.models import Address, Customer, Interaction, Message, ShortMessage
from tests.cast import make_active, make_agent, make_customer

pytestmark = pytest.mark.django_db
PATH = "/hooks/twilio/messages/"


@pytest.fixture
def anna(team):
    return make_agent("Anna Vos", team=team, capacities={"sms": 3, "whatsapp": 3})


def lines(interaction):
    return list(interaction.messages.filter(kind="inbound").values_list("text", flat=True))


def test_a_message_is_work_that_nobody_waits_for_on_the_line(twilio, knock, number):
    response = knock(PATH, twilio.text("Is my order there? 👋"))
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml")
    assert response.content.endswith(b"<Response />")
    interaction = Interaction.objects.get()
    assert (interaction.channel, interaction.live, interaction.state) == ("sms", False, "queued")
    assert interaction.entry_point == number.texts
    assert interaction.unanswered_since is not None
    assert lines(interaction) == ["Is my order there? 👋"]
    assert interaction.customer.name == "+31612345678"
    assert interaction.customer.addresses.get(kind="phone", verified=True).value == "+31612345678"


def test_whatsapp_tells_the_name_and_is_the_same_customer(twilio, knock, number):
    knock(PATH, twilio.text("By SMS"))
    knock(
        PATH,
        twilio.text("By WhatsApp", sender="whatsapp:+31612345678", to=f"whatsapp:{number.number}", ProfileName="Lee"),
    )
    assert Customer.objects.get().name == "Lee"
    assert set(Interaction.objects.values_list("channel", flat=True)) == {"sms", "whatsapp"}


def test_twice_late_and_out_of_order_it_is_one_interaction_with_each_line_once(twilio, knock, number):
    first, second, third = (twilio.text(words) for words in ("one", "two", "three"))
    for form in (second, first, first, third, second, first):
        assert knock(PATH, form).status_code == 200
    interaction = Interaction.objects.get()
    assert sorted(lines(interaction)) == ["one", "three", "two"]
    assert ShortMessage.objects.count() == 3


def test_one_that_comes_again_after_the_work_was_closed_opens_nothing(twilio, knock, number, anna):
    form = twilio.text("Hello")
    knock(PATH, form)
    interaction = make_active(Interaction.objects.get(), anna)
    interaction.end(by=anna)
    knock(PATH, form)
    assert Interaction.objects.get().state == "wrap_up"
    with time_machine.travel(timedelta(days=9).total_seconds() + interaction.arrived_at.timestamp()):
        knock(PATH, form)
    assert Interaction.objects.count() == 1


def test_a_later_message_goes_on_with_the_work_or_follows_it(twilio, knock, number, anna):
    knock(PATH, twilio.text("Hello"))
    interaction = make_active(Interaction.objects.get(), anna)
    interaction.end(by=anna)
    interaction.complete_wrap_up(by=anna.person)
    knock(PATH, twilio.text("One more thing"))
    interaction.refresh_from_db()
    assert interaction.state == "queued"
    assert lines(interaction) == ["Hello", "One more thing"]
    interaction = make_active(interaction, anna)
    interaction.end(by=anna)
    with time_machine.travel(interaction.ended_at + number.reopened_within + timedelta(minutes=1)):
        knock(PATH, twilio.text("A new question"))
    assert Interaction.objects.exclude(pk=interaction.pk).get().previous == interaction


def test_a_number_that_a_visitor_only_claims_to_have_is_not_theirs(twilio, knock, number):
    visitor = make_customer("Somebody")
    visitor.remember_address(Address.Kind.PHONE, "+31612345678")
    knock(PATH, twilio.text("Hello"))
    assert Interaction.objects.get().customer != visitor


def test_a_place_and_a_pressed_button_are_words(twilio, knock, number):
    knock(PATH, twilio.text("", Latitude="52.37", Longitude="4.89", Label="Dam", Address="Dam 1"))
    knock(PATH, twilio.text("", ButtonText="Call me", ButtonPayload="call"))
    assert lines(Interaction.objects.get()) == ["Dam\nDam 1\n52.37, 4.89", "Call me"]


def test_nothing_of_what_a_caller_may_choose_breaks_it(twilio, knock, number):
    """S57: every value is treated as text of a stranger."""
    hostile = {"NumMedia": "99999", "NumSegments": "-1", "ProfileName": "<b>\0x</b>" * 60, "OptOutType": "';--"}
    assert knock(PATH, twilio.text("{{ 7|add:7 }}\0<script>", sender="x" * 400, **hostile)).status_code == 200
    assert lines(Interaction.objects.get()) == ["{{ 7|add:7 }}<script>"]
    assert knock(PATH, twilio.text("x") | {"MessageSid": "S" * 400}).status_code == 400
    assert knock(PATH, {"Body": "x"}).status_code == 400


def test_a_number_that_is_none_of_ours_is_told_so(twilio, knock, number):
    assert knock(PATH, twilio.text("x", to="+31999")).status_code == 404
    number.active = False
    number.save()
    assert knock(PATH, twilio.text("x")).status_code == 404
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    "forge",
    [
        lambda form: {"HTTP_X_TWILIO_SIGNATURE": "AAAA"},
        lambda form: {},
    ],
)
def test_a_forged_message_writes_nothing_and_reads_nothing(twilio, number, forge):
    """S56: refused before the database is asked anything."""
    form = twilio.text("Transfer the money")
    with CaptureQueriesContext(connection) as queries:
        assert Client().post(PATH, form, **forge(form)).status_code == 403
    assert len(queries) == 0


def test_a_signature_of_one_message_is_none_for_another(twilio, knock, number):
    signed = twilio.text("Hello")
    assert knock(PATH, signed).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert (
            twilio.knock(Client(), PATH, signed | {"MessageSid": "SM" + "f" * 32}, token="guessed").status_code == 403
        )
    assert len(queries) == 0
    assert Message.objects.count() == 1


class TestKeywords:
    def stopped(self):
        return Address.objects.get(kind="phone").opted_out_at is not None

    @pytest.mark.parametrize("word", ["STOP", " stop. ", "Stop!", "unsubscribe", "Arrêt"])
    def test_stop_is_obeyed_and_is_no_work(self, twilio, knock, number, word):
        knock(PATH, twilio.text(word))
        assert self.stopped()
        assert not Interaction.objects.exists()

    @pytest.mark.parametrize("word", ["please stop the delivery", "cancel", "end", "yes", "stopcontact"])
    def test_other_words_are_what_they_say(self, twilio, knock, number, word):
        knock(PATH, twilio.text(word))
        assert not self.stopped()
        assert lines(Interaction.objects.get()) == [word]

    def test_what_twilio_takes_for_a_stop_is_one(self, twilio, knock, number):
        knock(PATH, twilio.text("cancel", OptOutType="STOP"))
        assert self.stopped()

    def test_start_ends_it_and_an_old_stop_does_not_come_back(self, twilio, knock, number):
        stop = twilio.text("STOP")
        knock(PATH, stop)
        knock(PATH, twilio.text("START"))
        knock(PATH, stop)
        assert not self.stopped()

    def test_in_a_conversation_its_agent_sees_it(self, twilio, knock, number):
        knock(PATH, twilio.text("Hello"))
        knock(PATH, twilio.text("STOP"))
        assert lines(Interaction.objects.get()) == ["Hello", "STOP"]
        assert self.stopped()

    def test_help_is_a_question_unless_somebody_answers_it(self, twilio, knock, number):
        knock(PATH, twilio.text("HELP", OptOutType="HELP"))
        assert not Interaction.objects.exists()
        knock(PATH, twilio.text("HELP"))
        assert lines(Interaction.objects.get()) == ["HELP"]

    def test_a_number_of_ours_that_answers_says_so_once_for_each(self, twilio, knock, number):
        number.answers_keywords, number.help_text = True, "Desk Ltd, help@desk.example"
        number.save()
        for word, answer in [("HELP", "help@desk.example"), ("STOP", "no more"), ("START", "again")]:
            form = twilio.text(word)
            first, second = knock(PATH, form), knock(PATH, form)
            assert answer.encode() in first.content
            assert first.content == second.content
        assert b"Message" not in knock(PATH, twilio.text("STOP", OptOutType="STOP")).content
        assert not Interaction.objects.exists()
