"""Mail that answers nothing: from which mailbox, what is kept of it, and the work it becomes."""

import pytest
from django.urls import reverse

from interactions.models import Draft, Interaction, Mailbox
from tests.cast import make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP
from tests.interactions.views.conftest import Desk


@pytest.fixture
def omar(team):
    return make_agent("Omar Haddad", team=team, capacities={"email": 5})


@pytest.fixture
def ours(queue):
    return Mailbox.objects.create(entry_point=make_entry_point(queue, "mail", channel="email"), address=HELP)


@pytest.fixture
def theirs(billing):
    door = make_entry_point(billing, "bills", channel="email")
    return Mailbox.objects.create(entry_point=door, address="bills@example.com")


def post(desk, mailbox, name="new-mail", **more):
    given = {"mailbox": mailbox.pk, "kind": "new", "to": "lee@example.org", "subject": "News", "text": "It is here."}
    return desk.post(reverse(name), given | more)


def test_it_becomes_work_of_its_writers(omar, ours, theirs):
    desk = Desk(omar)
    page = desk.get(reverse("new-mail")).content.decode()
    assert HELP in page
    assert "bills@example.com" not in page, "a queue that he does not serve"
    response = post(desk, ours, client_id="c1")
    work = Interaction.objects.get()
    assert (work.agent, work.state, work.subject) == (omar, "active", "News")
    assert response["HX-Replace-Url"] == reverse("conversation", args=[work.pk])
    post(desk, ours, client_id="c1")
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"), [({"to": ""}, "Say to whom"), ({"text": ""}, "Write something"), (None, "Choose a mailbox")]
)
def test_what_cannot_be_sent_is_said(omar, ours, theirs, wrong, said):
    response = post(Desk(omar), ours if wrong else theirs, **(wrong or {}))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Interaction.objects.exists()


def test_what_was_typed_waits_and_is_gone_once_sent(omar, ours):
    desk = Desk(omar)
    post(desk, ours, "new-mail-draft", text="Half a tho", bcc="bo@example.org")
    post(desk, ours, "new-mail-draft", text="Half a thought", bcc="bo@example.org")
    draft = Draft.objects.get()
    assert (draft.interaction, draft.bcc, draft.mailbox) == (None, ["bo@example.org"], ours)
    page = desk.get(reverse("new-mail")).content.decode()
    assert "Half a thought" in page
    assert 'value="bo@example.org"' in page
    post(desk, ours)
    assert not Draft.objects.exists()
    post(desk, ours, "new-mail-draft", to="", subject="", text="")
    assert not Draft.objects.exists()
