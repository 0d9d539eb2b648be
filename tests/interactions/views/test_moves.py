"""Transfer, park, end, wrap up, notes about the customer: the move, the refusal, what the form says."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Disposition, Interaction
from tests.cast import make_active, make_chat, make_customer


def test_the_transfer_dialog_says_who_is_there(desk, talk, omar, ines, billing):
    omar.capacities.filter(channel="chat").update(load=2)
    page = desk.get(reverse("transfer", args=[talk.pk])).content.decode()
    assert page.index("Ines Moreau") < page.index("Omar Haddad"), "free colleagues come first"
    assert "Free now" in page
    assert "Busy" in page
    assert "nobody available" in page
    assert "2 available" in page
    places = desk.get(reverse("transfer", args=[talk.pk]), {"places": "", "q": "oma"}).content.decode()
    assert "Omar" in places
    assert "Ines" not in places
    assert "<dialog" not in places


def test_transfer_to_a_queue_with_a_note(desk, talk, billing):
    response = desk.post(reverse("transfer", args=[talk.pk]), {"to": f"queue-{billing.pk}", "note": "Wants a refund"})
    talk.refresh_from_db()
    assert (talk.state, talk.queue, talk.agent) == ("queued", billing, None)
    assert talk.messages.filter(kind="note", text="Wants a refund").exists()
    assert response["HX-Replace-Url"] == reverse("desk")


def test_transfer_to_a_colleague(desk, talk, omar):
    desk.post(reverse("transfer", args=[talk.pk]), {"to": f"agent-{omar.pk}"})
    talk.refresh_from_db()
    assert (talk.state, talk.preferred_agent) == ("queued", omar)


@pytest.mark.parametrize("to", ["", "queue-", "moon-1", "queue-x"])
def test_a_transfer_needs_a_place(desk, talk, to):
    response = desk.post(reverse("transfer", args=[talk.pk]), {"to": to})
    assert response.status_code == 422
    talk.refresh_from_db()
    assert talk.state == "active"


def test_a_transfer_to_nowhere_is_not_there(desk, talk, maya):
    assert desk.post(reverse("transfer", args=[talk.pk]), {"to": "queue-99999"}).status_code == 404
    assert desk.post(reverse("transfer", args=[talk.pk]), {"to": f"agent-{maya.pk}"}).status_code == 404


def test_park_until_a_moment_and_resume(desk, talk):
    assert "1 hour" in desk.get(reverse("parking", args=[talk.pk])).content.decode()
    desk.post(reverse("parking", args=[talk.pk]), {"until": "60"})
    talk.refresh_from_db()
    assert talk.state == "parked"
    assert timedelta(minutes=59) < talk.parked_until - timezone.now() <= timedelta(minutes=60)
    desk.post(reverse("resumption", args=[talk.pk]))
    talk.refresh_from_db()
    assert talk.state == "queued"


def test_tomorrow_at_nine_is_nine_where_the_agent_is(desk, talk, maya):
    maya.person.time_zone = "Asia/Tokyo"
    maya.person.save()
    desk.post(reverse("parking", args=[talk.pk]), {"until": "tomorrow"})
    talk.refresh_from_db()
    assert talk.parked_until.hour == 0, "9:00 in Tokyo"


@pytest.mark.parametrize("then", ["", "yesterday", "2001-01-01T10:00", "2999-01-01T10:00"])
def test_only_a_moment_to_come_will_do(desk, talk, then):
    assert desk.post(reverse("parking", args=[talk.pk]), {"until": "then", "then": then}).status_code == 422


def test_end_then_wrap_up_with_a_disposition(desk, talk, solved):
    page = desk.post(reverse("ending", args=[talk.pk])).content.decode()
    assert "What came of it?" in page
    assert "Solved" in page
    assert "count-down" in page
    response = desk.post(reverse("wrap-up", args=[talk.pk]), {"disposition": solved.pk, "note": "Sent a new kettle"})
    talk.refresh_from_db()
    assert (talk.state, talk.disposition, talk.disposition_note) == ("closed", solved, "Sent a new kettle")
    assert response["HX-Replace-Url"] == reverse("desk")


def test_after_the_wrap_up_the_desk_goes_to_whom_the_customer_waits_longest(desk, talk, maya, solved, entry_point):
    maya.capacities.filter(channel="chat").update(maximum=9, units=5)
    later, longest, answered = (
        make_active(make_chat(entry_point, make_customer(name), text=name), maya) for name in ("Noor", "Ben", "Zoe")
    )
    answered.reply(maya, "Here you are")
    Interaction.objects.filter(pk=longest.pk).update(unanswered_since=timezone.now() - timedelta(hours=1))
    for done, then in ((talk, longest), (longest, later), (later, None)):
        done.end(by=maya)
        response = desk.post(reverse("wrap-up", args=[done.pk]), {"disposition": solved.pk})
        assert response["HX-Replace-Url"] == (reverse("conversation", args=[then.pk]) if then else reverse("desk"))
    assert "Choose a conversation" in response.content.decode()
    assert f'id="row-{answered.pk}"' in response.content.decode()


def test_where_nobody_waits_for_a_reply_the_desk_goes_to_what_is_to_wrap_up(desk, talk, maya, billing, entry_point):
    other = make_active(make_chat(entry_point, make_customer("Noor")), maya)
    other.end(by=maya)
    response = desk.post(reverse("transfer", args=[talk.pk]), {"to": f"queue-{billing.pk}"})
    assert response["HX-Replace-Url"] == reverse("conversation", args=[other.pk])
    assert f'id="wrap-up-{other.pk}"' in response.content.decode()


def test_a_required_disposition_is_required(desk, talk, solved, billing):
    elsewhere = Disposition.objects.create(name="Elsewhere")
    elsewhere.queues.add(billing)
    desk.post(reverse("ending", args=[talk.pk]))
    for chosen in ("", str(elsewhere.pk), "junk"):
        response = desk.post(reverse("wrap-up", args=[talk.pk]), {"disposition": chosen, "note": "kept"})
        assert response.status_code == 422
        assert "kept" in response.content.decode()
    talk.refresh_from_db()
    assert talk.state == "wrap_up"


def test_ending_twice_is_too_late(desk, talk):
    desk.post(reverse("ending", args=[talk.pk]))
    assert desk.post(reverse("ending", args=[talk.pk])).status_code == 409


def test_a_note_about_the_customer_is_for_everyone_who_meets_them(desk, omars_desk, talk, lee, maya):
    page = desk.post(reverse("customer-notes", args=[lee.pk]), {"text": "Hard of hearing"}).content.decode()
    assert "Hard of hearing" in page
    note = lee.notes.get()
    assert note.agent == maya
    assert omars_desk.post(reverse("customer-notes", args=[lee.pk]), {"text": "x"}).status_code == 404


def test_a_wrap_up_that_the_timer_ended_meanwhile_is_too_late(desk, talk, maya, solved):
    talk.queue.disposition_required = True
    talk.queue.save()
    talk.end(by=maya)
    talk.complete_wrap_up(by=maya.person)
    assert desk.post(reverse("wrap-up", args=[talk.pk])).status_code == 409
