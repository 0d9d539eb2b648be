"""Transfer, park, end, wrap up, notes about the customer: the move, the refusal, what the form says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interactions.models import Disposition, Interaction, Queue
from tests.cast import make_active, make_chat, make_customer, make_person


def browser(person):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(person)
    return client


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


@pytest.mark.parametrize(
    ("mode", "words", "counts", "longer"),
    [
        ("mandatory", "Until you are done", False, False),
        ("optional", "your place is free already", True, True),
        ("timed", "Closes by itself in", True, True),
        ("forced", "Your place is free again in", True, False),
    ],
)
def test_the_desk_says_how_the_wrap_up_ends(desk, talk, queue, mode, words, counts, longer):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode=mode)
    page = desk.post(reverse("ending", args=[talk.pk])).text
    form = page[page.index(f'id="wrap-up-{talk.pk}"') :]
    form = form[: form.index("</form>")]
    assert words in form
    assert ("<count-down" in form, reverse("wrap-up-extension", args=[talk.pk]) in form) == (counts, longer)


def test_a_forced_wrap_up_keeps_what_was_saved_and_says_so(desk, talk, queue, solved):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode="forced")
    desk.post(reverse("ending", args=[talk.pk]))
    page = desk.post(reverse("wrap-up", args=[talk.pk]), {"disposition": solved.pk, "note": "Sent a new one"}).text
    assert "Saved. You may still change it until the time is up." in page
    assert f'value="{solved.pk}" data-key="1" checked' in page
    assert ">Sent a new one</textarea>" in page
    talk.refresh_from_db()
    assert talk.state == "wrap_up"


def test_what_a_wrap_up_says_so_far_is_kept_until_it_is_over(desk, omars_desk, talk, solved, maya):
    talk.end(by=maya)
    draft = reverse("wrap-up-draft", args=[talk.pk])
    assert desk.post(draft, {"disposition": "", "note": "Sent a"}).status_code == 204
    talk.refresh_from_db()
    assert (talk.state, talk.disposition, talk.disposition_note) == ("wrap_up", None, "Sent a")
    desk.post(draft, {"disposition": solved.pk, "note": "Sent a new one"})
    timeline = desk.get(reverse("conversation", args=[talk.pk])).text.partition(f'id="past-state-{talk.pk}">')[2]
    assert timeline.startswith("Wrapping up"), "nothing is said of it before it is"
    desk.post(draft, {"disposition": "0", "note": "\0"})
    talk.refresh_from_db()
    assert (talk.disposition, talk.disposition_note) == (None, "Sent a new one")
    assert omars_desk.post(draft, {"note": "Mine"}).status_code == 404
    desk.post(draft, {"disposition": solved.pk, "note": "Sent a new one"})
    talk.complete_wrap_up(by=maya.person)
    desk.post(draft, {"disposition": "", "note": "Too late"})
    talk.refresh_from_db()
    assert (talk.state, talk.disposition, talk.disposition_note) == ("closed", solved, "Sent a new one")


def test_more_time_for_the_wrap_up(desk, omars_desk, talk):
    desk.post(reverse("ending", args=[talk.pk]))
    talk.refresh_from_db()
    until, more = talk.wrap_up_until, reverse("wrap-up-extension", args=[talk.pk])
    assert omars_desk.post(more).status_code == 404
    assert desk.get(more).status_code == 405
    assert "<count-down" in desk.post(more).text
    talk.refresh_from_db()
    assert talk.wrap_up_until == until + timedelta(seconds=60)
    desk.post(more)
    assert desk.post(more).status_code == 409, "no more than the queue allows"


def test_a_wrap_up_is_asked_for_beforehand(desk, talk, queue):
    ask = reverse("wrap-up-request", args=[talk.pk])
    assert ask not in desk.get(reverse("conversation", args=[talk.pk])).text
    assert desk.post(ask, {"wanted": "yes"}).status_code == 409
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode="requested")
    page = desk.post(ask, {"wanted": "yes"}).text
    button = page[page.index('data-key="w"') : page.index(ask)]
    assert 'aria-pressed="true"' in button
    assert 'aria-pressed="false"' in desk.post(ask, {"wanted": "no"}).text
    desk.post(ask, {"wanted": "yes"})
    desk.post(reverse("ending", args=[talk.pk]))
    talk.refresh_from_db()
    assert talk.state == "wrap_up"


def test_a_supervisor_completes_the_wrap_ups_of_their_people(talk, maya, sam, admin, solved):
    other = make_person("Olga Wit", role="supervisor")
    talk.end(by=maya)
    complete = reverse("complete-wrap-ups", args=[maya.pk])
    board = browser(sam).get(reverse("wallboard")).text
    assert complete in board
    assert browser(maya.person).post(complete).status_code == 403
    assert browser(other).post(complete).status_code == 404, "not one of theirs"
    assert browser(sam).get(complete).status_code == 405
    assert browser(sam).post(complete).status_code == 204
    talk.refresh_from_db()
    assert (talk.state, talk.events.last().by) == ("closed", sam)
    assert browser(admin).post(complete).status_code == 409, "nothing is left to complete"
    assert complete not in browser(sam).get(reverse("wallboard")).text


def test_the_park_dialog_says_whether_the_place_is_kept(desk, talk, queue):
    assert "Your place is free meanwhile" in desk.get(reverse("parking", args=[talk.pk])).text
    Queue.objects.filter(pk=queue.pk).update(parked_counts=True)
    assert "keeps its place among your work" in desk.get(reverse("parking", args=[talk.pk])).text


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
