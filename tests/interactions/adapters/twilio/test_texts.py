"""SMS and WhatsApp from the house: sent once, shown as far as they came, and never to who does not want them."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.errors import StaleState
from interactions.adapters.sending import deliver
from interactions.adapters.twilio import people
from interactions.models import Attachment, Delivery, Interaction, ShortMessage, Upload, WhatsAppTemplate
from tests.cast import make_active, make_agent
from tests.interactions.views.conftest import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]
PATH = "/hooks/twilio/messages/"


@pytest.fixture
def anna(team):
    return make_agent("Anna Vos", team=team, capacities={"sms": 3, "whatsapp": 3})


@pytest.fixture
def sms(twilio, knock, number, anna):
    knock(PATH, twilio.text("Is my order there?"))
    return make_active(Interaction.objects.get(), anna)


@pytest.fixture
def whatsapp(twilio, knock, number, anna):
    knock(PATH, twilio.text("Hi", sender="whatsapp:+31612345678", to=f"whatsapp:{number.number}"))
    return make_active(Interaction.objects.get(), anna)


@pytest.fixture
def template():
    body = "Hello {{1}}, your order {{ 2 }} is there. {{1}}!"
    return WhatsAppTemplate.objects.create(name="Order", content_sid="HX" + "a" * 32, body=body)


def sent(line):
    """The line once the outbox has done its part."""
    deliver(line.pk)
    return Delivery.objects.get(pk=line.pk)


def due_again(line):
    Delivery.objects.filter(pk=line.pk, state="pending").update(due_at=timezone.now())


def days_later(short_of=timedelta(0)):
    ShortMessage.objects.update(at=timezone.now() - timedelta(hours=24) + short_of)


def test_a_reply_goes_out_from_the_number_that_was_written_to(twilio, sms, anna):
    line = sms.text(anna, "It is, since today.")
    assert line.delivery.state == "pending"
    delivery = sent(line)
    [message] = twilio.messages.values()
    assert (message["from"], message["to"], message["body"]) == (
        "+3197010281234",
        "+31612345678",
        "It is, since today.",
    )
    assert (delivery.state, delivery.provider_id) == ("sent", message["sid"])
    sms.refresh_from_db()
    assert sms.unanswered_since is None
    assert sms.replied_at == line.at


def test_asked_twice_it_is_written_and_sent_once(twilio, sms, anna):
    line = sms.text(anna, "Yes", client_id="a")
    assert sms.text(anna, "Yes", client_id="a") == line
    sent(line)
    sent(line)
    assert len(twilio.messages) == 1


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
def test_news_in_any_order_and_twice_comes_to_the_same(twilio, knock, whatsapp, anna, order):
    line = whatsapp.text(anna, "Yes")
    sid = sent(line).provider_id
    for status in [*order, *order, "queued", "sending"]:
        assert knock(*twilio.status(sid, status)).status_code == 204
    assert Delivery.objects.get(pk=line.pk).state == "read"


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "undelivered"])))
def test_what_did_not_arrive_says_why_and_the_customer_waits_again(twilio, knock, sms, anna, order, shown):
    line = sms.text(anna, "Yes")
    sid = sent(line).provider_id
    with shown() as pushes:
        for status in [*order, *order]:
            knock(*twilio.status(sid, status, **({"ErrorCode": "30005"} if status == "undelivered" else {})))
    delivery = Delivery.objects.get(pk=line.pk)
    assert (delivery.state, delivery.answer) == ("bounced", "There is no such number.")
    sms.refresh_from_db()
    assert sms.unanswered_since is not None
    assert [push for push in pushes if push.get("what") == "line" and push["id"] == line.pk]


def test_an_answer_that_is_lost_makes_no_second_message(twilio, sms, anna):
    line = sms.text(anna, "Yes")
    twilio.faults.append("lost")
    assert sent(line).state == "pending"
    due_again(line)
    assert sent(line).state == "sent"
    assert len(twilio.messages) == 1
    assert [method for method, _path, _form in twilio.asked] == ["POST", "GET"]


def test_news_that_is_quicker_than_the_answer_is_the_answer(twilio, knock, sms, anna):
    line = sms.text(anna, "Yes")
    twilio.faults.append("lost")
    sent(line)
    [sid] = twilio.messages
    knock(*twilio.status(sid, "delivered"))
    due_again(line)
    delivery = sent(line)
    assert (delivery.state, delivery.provider_id) == ("delivered", sid)
    assert len(twilio.messages) == 1


def test_what_certainly_was_not_sent_is_sent_later(twilio, sms, anna):
    line = sms.text(anna, "Yes")
    sms.text(anna, "Yes")  # another, of the same words
    for fault in ("busy", "broken"):
        twilio.faults.append(fault)
        assert sent(line).state == "pending"
        due_again(line)
    assert sent(line).state == "sent"
    assert len(twilio.messages) == 1


def test_what_twilio_refuses_says_so_in_words(twilio, sms, anna):
    twilio.faults.append("21614")
    delivery = sent(sms.text(anna, "Yes"))
    assert (delivery.state, delivery.answer) == ("failed", "This is no mobile number.")


class TestStop:
    def test_nothing_is_written_to_who_said_stop(self, twilio, knock, sms, anna):
        knock(PATH, twilio.text("STOP"))
        with pytest.raises(ValidationError, match="wrote STOP"):
            sms.text(anna, "But")
        assert not Delivery.objects.exists()
        knock(PATH, twilio.text("START"))
        assert sent(sms.text(anna, "Welcome back")).state == "sent"

    def test_what_was_written_before_and_waits_is_not_sent_any_more(self, twilio, knock, sms, anna):
        line = sms.text(anna, "Yes")
        knock(PATH, twilio.text("STOP"))
        assert sent(line).state == "failed"
        assert not twilio.messages

    def test_a_stop_that_only_twilio_knows_of_is_learned(self, twilio, sms, anna):
        twilio.faults.append("21610")
        assert sent(sms.text(anna, "Yes")).state == "failed"
        with pytest.raises(ValidationError, match="wrote STOP"):
            sms.text(anna, "But")

    def test_stop_by_sms_says_nothing_about_whatsapp(self, whatsapp, anna):
        people.opt_out("sms", "+31612345678")
        assert whatsapp.text(anna, "Yes")


class TestWindow:
    def test_within_a_day_anything_may_be_written(self, twilio, whatsapp, anna):
        days_later(short_of=timedelta(minutes=1))
        sent(whatsapp.text(anna, "Yes"))
        [message] = twilio.messages.values()
        assert (message["to"], message["from"]) == ("whatsapp:+31612345678", "whatsapp:+3197010281234")

    def test_later_only_a_template_with_its_blanks_filled_in(self, twilio, whatsapp, anna, template):
        days_later()
        with pytest.raises(ValidationError, match="24 hours"):
            whatsapp.text(anna, "Yes")
        for values in ({}, {"1": "Lee", "2": " "}, {"1": "Lee", "2": "a\nb"}, {"1": "x" * 201, "2": "7"}):
            with pytest.raises(ValidationError, match="blank"):
                whatsapp.text(anna, "", template=template, values=values)
        line = whatsapp.text(anna, "", template=template, values={"1": "Lee", "2": "77"})
        assert line.text == "Hello Lee, your order 77 is there. Lee!"
        assert sent(line).state == "sent"
        [_post] = twilio.asked
        assert _post[2]["ContentSid"] == [template.content_sid]
        assert _post[2]["ContentVariables"] == ['{"1": "Lee", "2": "77"}']

    def test_the_customers_next_line_opens_it_again(self, twilio, knock, whatsapp, anna, number):
        days_later()
        knock(PATH, twilio.text("?", sender="whatsapp:+31612345678", to=f"whatsapp:{number.number}"))
        assert whatsapp.text(anna, "Yes")


@pytest.mark.usefixtures("own_folder")
class TestFiles:
    def picture(self):
        from django.core.files.base import ContentFile

        return Upload(file=ContentFile(b"\x89PNG"), name="a.png", content_type="image/png", size=4)

    def test_twilio_fetches_a_file_at_an_address_that_ends(self, twilio, whatsapp, anna, client, settings):
        sent(whatsapp.text(anna, "Look", files=[self.picture()]))
        [url] = twilio.asked[0][2]["MediaUrl"]
        path = url.removeprefix("https://desk.example")
        assert b"".join(client.get(path)) == b"\x89PNG"
        assert client.get(path[:-2] + "x/").status_code == 404
        token = Attachment.objects.get().token
        assert client.get(f"/hooks/twilio/files/{token}/").status_code == 404

    def test_an_sms_takes_none(self, sms, anna):
        with pytest.raises(ValidationError, match="no files"):
            sms.text(anna, "Look", files=[self.picture()])


def test_only_who_has_the_work_writes(sms, maya):
    with pytest.raises(StaleState):
        sms.text(maya, "Hello")


class TestDesk:
    def test_the_reply_box_sends_and_says_how_far_it_came(self, twilio, sms, anna):
        desk = Desk(anna)
        assert desk.post(f"/interactions/{sms.pk}/messages/", {"text": "Yes", "kind": "reply"}).status_code == 200
        line = sms.messages.get(kind="outbound")
        sent(line)
        page = desk.get(f"/desk/{sms.pk}/").content.decode()
        assert 'data-state="sent"' in page
        assert "Sent" in page

    def test_segments_and_price_are_shown_before_sending(self, sms, anna, number):
        number.segment_price = "0.0750"
        number.save()
        shown = Desk(anna).post(f"/interactions/{sms.pk}/segments/", {"text": "a" * 161}).content.decode()
        assert "2 SMS" in shown
        assert "0.1500 EUR" in shown
        assert Desk(anna).post(f"/interactions/{sms.pk}/segments/", {"text": ""}).content.strip() == b""

    def test_others_learn_nothing(self, sms, maya):
        assert Desk(maya).post(f"/interactions/{sms.pk}/segments/", {"text": "a"}).status_code == 404

    def test_a_refusal_is_told_before_anything_is_written(self, twilio, knock, sms, anna):
        knock(PATH, twilio.text("STOP"))
        page = Desk(anna).get(f"/desk/{sms.pk}/").content.decode()
        assert "The customer wrote STOP" in page
        assert 'value="reply"' not in page
        reply = Desk(anna).post(f"/interactions/{sms.pk}/messages/", {"text": "Yes"})
        assert reply.status_code == 422
        assert "The customer wrote STOP" in reply.content.decode()

    def test_a_closed_window_offers_the_templates(self, whatsapp, anna, template):
        desk = Desk(anna)
        assert template.content_sid not in desk.get(f"/desk/{whatsapp.pk}/").content.decode()
        days_later()
        page = desk.get(f"/desk/{whatsapp.pk}/").content.decode()
        assert f'name="template" value="{template.pk}"' in page
        values = {"template": template.pk, "value-1": "Lee", "value-2": "7"}
        assert desk.post(f"/interactions/{whatsapp.pk}/messages/", values).status_code == 200
        assert whatsapp.messages.get(kind="outbound").text == "Hello Lee, your order 7 is there. Lee!"
        template.active = False
        template.save()
        assert desk.post(f"/interactions/{whatsapp.pk}/messages/", values).status_code == 404
