"""The box mail is written in: what stands in it, what is sent, what is stopped, and how it is taken back."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from interactions.invariants import broken
from interactions.models import Delivery, Draft, Interaction, Mailbox
from interactions.models.letter import Crossed, Letter
from interactions.models.mail_texts import Signature
from tests.cast import load_of, make_active, make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP, letter, take
from tests.interactions.views.conftest import Desk
from tests.interleaving import sessions

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def omar(team):
    return make_agent("Omar Haddad", team=team, capacities={"email": 5})


@pytest.fixture
def door(queue):
    entry_point = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=entry_point, address=HELP)
    return entry_point


@pytest.fixture
def mail():
    mail = letter("My lamp is broken.", Message_ID="<m1@example.org>", Cc=f"{HELP}, Kim <kim@example.org>")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="lamp.pdf")
    return mail


@pytest.fixture
def work(door, omar, mail):
    return make_active(take(mail, door).row.interaction, omar)


@pytest.fixture
def desk(omar):
    return Desk(omar)


def page_of(desk, work):
    return desk.get(reverse("conversation", args=[work.pk])).content.decode()


def send(desk, work, text="It is on its way.", **more):
    given = {"kind": "reply", "to": "lee@example.org", "subject": "Re: Lamp", "text": text, "client_id": "c1"} | more
    return desk.post(reverse("messages", args=[work.pk]), given)


def test_the_box_proposes_whom_each_kind_of_answer_goes_to(desk, work):
    page = page_of(desk, work)
    assert 'data-to="lee@example.org" data-cc="kim@example.org" data-subject="Re: Lamp"' in page
    assert 'data-to="" data-cc="" data-subject="Fwd: Lamp"' in page
    assert f'value="{HELP}"' not in page, "our own address is not suggested"
    assert "lamp.pdf" in page.split("data-kept>")[1], "a forward takes the files along"


def test_the_signature_is_shown_and_so_is_what_goes_along_below(desk, work):
    Signature.objects.create(text="$agent_name\n$queue_name")
    assert "Omar Haddad\nSupport</p>" in page_of(desk, work)
    below = desk.get(reverse("quote", args=[work.pk]), {"kind": "reply"}).content.decode()
    assert "Lee Wong &lt;lee@example.org&gt; wrote:\n&gt; My lamp is broken." in below
    send(desk, work)
    assert work.messages.get(kind="outbound").email.text.endswith(unescape(below))
    assert "Forwarded message" in desk.get(reverse("quote", args=[work.pk]), {"kind": "forward"}).content.decode()


def test_a_mail_is_sent_and_its_line_says_that_it_can_be_taken_back(desk, work):
    response = send(
        desk, work, cc="Kim <kim@example.org>", bcc="bo@example.org", files=[SimpleUploadedFile("a.txt", b"a")]
    )
    line = work.messages.get(kind="outbound")
    assert (line.email.to, line.email.cc, line.email.bcc) == (
        ["lee@example.org"],
        ["kim@example.org"],
        ["bo@example.org"],
    )
    assert [file.name for file in line.attachments.all()] == ["a.txt"]
    assert f'form="undo-{work.pk}" name="line" value="{line.seq}"' in response.content.decode()
    assert not Draft.objects.exists()


def take_back(desk, line, **more):
    return desk.post(reverse("take-back", args=[line.interaction_id]), {"line": line.seq} | more)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": ""}, "Say to whom it goes."),
        ({"to": "lee"}, "“lee” is not an address."),
        ({"to": HELP}, "is a mailbox of our own"),
        ({"text": " "}, "Write something first."),
        ({"then": "yesterday"}, "Choose a moment"),
        ({"text": "a" * 100_001}, "longer than"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_box_and_nothing_happens(desk, work, wrong, said):
    response = send(desk, work, **wrong)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert f"#trouble-{work.pk}" in response.content.decode()
    assert not work.messages.filter(kind="outbound").exists()


def test_what_was_typed_waits_for_another_device(desk, work):
    head = {
        "kind": "reply_all",
        "to": "lee@example.org, bo@exa",
        "cc": "",
        "bcc": "x@example.org",
        "subject": "New lamp",
    }
    desk.post(reverse("draft", args=[work.pk]), {"text": "Half a tho", "head": "own", **head})
    draft = Draft.objects.get()
    assert (draft.to, draft.bcc, draft.subject) == (["lee@example.org", "bo@exa"], ["x@example.org"], "New lamp")
    page = page_of(desk, work)
    assert "Half a tho" in page
    assert 'value="lee@example.org, bo@exa"' in page
    assert 'name="subject" maxlength="900" value="New lamp"' in page
    desk.post(reverse("draft", args=[work.pk]), {"text": "", "head": "proposed", **head})
    assert not Draft.objects.exists()


def test_a_mail_taken_back_is_in_the_box_again_with_all_it_had(desk, work):
    kept = work.messages.get(kind="inbound").attachments.get()
    send(desk, work, kind="reply_all", cc="kim@example.org", subject="Lamps", kept=kept.token)
    line = work.messages.get(kind="outbound")
    response = take_back(desk, line, text="And by the way")
    page = response.content.decode()
    assert Draft.objects.get().text == "It is on its way.\n\nAnd by the way"
    assert "Taken back, never sent" in page
    box = page.split(f"#composer-{work.pk}", 1)[1]
    assert 'value="kim@example.org"' in box
    assert 'value="Lamps"' in box
    assert line.attachments.get().token in box
    send(desk, work, client_id="c2", kept=line.attachments.get().token)
    assert [file.name for file in work.messages.filter(kind="outbound").last().attachments.all()] == ["lamp.pdf"]


def test_a_mail_on_its_way_is_not_taken_back(desk, work):
    send(desk, work)
    line = work.messages.get(kind="outbound")
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert take_back(desk, line).status_code == 409
    assert f'form="undo-{work.pk}"' not in page_of(desk, work)


@pytest.mark.parametrize(("then", "state"), [("close", "wrap_up"), ("60", "parked"), ("tomorrow", "parked")])
def test_send_and_end_or_park_is_one_act_and_one_to_be_taken_back(desk, work, omar, then, state):
    send(desk, work, then=then)
    work.refresh_from_db()
    assert work.state == state
    line = work.messages.get(kind="outbound")
    take_back(desk, line)
    work.refresh_from_db()
    assert (work.state, work.agent, work.ended_at) == ("active", omar, None)
    assert Draft.objects.get().text == "It is on its way."


def test_work_that_is_closed_by_then_is_in_hand_again_too(desk, work, omar):
    send(desk, work, then="close")
    work.complete_wrap_up(by=omar.person)
    assert work.state == "closed"
    take_back(desk, work.messages.get(kind="outbound"))
    work.refresh_from_db()
    assert (work.state, work.holds_place, load_of(omar, "email")) == ("active", True, 1)
    assert broken() == []


def test_nothing_is_ended_where_nothing_was_sent(desk, work):
    assert send(desk, work, then="close", to="").status_code == 422
    work.refresh_from_db()
    assert work.state == "active"


def test_an_answer_that_crosses_another_is_stopped_with_its_text_and_sent_on_purpose(desk, work, omar):
    seen = work.last_line
    work.write(omar, Letter("A new lamp comes tomorrow."))
    response = send(desk, work, seen=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Omar Haddad has answered already" in page
    assert "A new lamp comes tomorrow." in page
    assert work.messages.filter(kind="outbound").count() == 1
    anyway = work.messages.filter(kind="outbound").get().seq
    assert send(desk, work, seen=seen, anyway=anyway).status_code == 200


def test_what_the_customer_wrote_meanwhile_is_read_first(desk, work, door):
    seen = work.last_line
    take(letter("Never mind, it works.", In_Reply_To="<m1@example.org>"), door)
    response = send(desk, work, seen=seen)
    assert "Never mind, it works." in response.content.decode()
    assert response.status_code == 409


def test_what_was_taken_back_is_in_nobodys_way(desk, work, omar):
    seen = work.last_line
    work.unsend(omar, work.write(omar, Letter("Oops.")))
    assert send(desk, work, seen=seen).status_code == 200


def test_a_mail_with_a_new_subject_is_split_off_with_one_press(desk, work, door):
    take(letter("And my bill?", Subject="The bill", In_Reply_To="<m1@example.org>"), door)
    line = work.messages.get(text="And my bill?")
    assert f'form="split-{work.pk}" name="line" value="{line.seq}"' in page_of(desk, work)
    response = desk.post(reverse("split", args=[work.pk]), {"line": line.seq})
    new = work.following.get()
    assert response["HX-Replace-Url"] == reverse("conversation", args=[new.pk])
    assert f'href="{reverse("conversation", args=[work.pk])}"' in page_of(desk, new)
    assert f'href="{reverse("conversation", args=[new.pk])}"' in page_of(desk, work)
    assert desk.post(reverse("split", args=[work.pk]), {"line": line.seq}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_is_sent(door, omar):
    """Both saw the same last line; the second waits for the first one's lock, and sees it then."""
    work = make_active(take(letter(), door).row.interaction, omar)
    seen = work.last_line

    def write(text):
        return Interaction.objects.get(pk=work.pk).write(omar, Letter(text), seen=seen)

    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(write, "First.")
            crossing = second.start(write, "Second.")
            second.waits()
        with pytest.raises(Crossed) as stopped:
            crossing.result(10)
    assert stopped.value.line.text == "First."
    assert [line.text for line in work.messages.filter(kind="outbound")] == ["First."]
