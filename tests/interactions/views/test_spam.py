"""What was taken for spam is seen by supervisors, who may put it in line."""

import pytest
from django.urls import reverse

from interactions.models import Interaction
from tests.cast import make_customer, make_entry_point, make_person

URL = "/wallboard/spam/"


@pytest.fixture
def spam(queue):
    door = make_entry_point(queue, "mail", channel="email")
    customer = make_customer("Winner <b>")
    mail = Interaction.arrive(entry_point=door, customer=customer, text="You have won!", subject="Prize", live=False)
    mail.mark_spam(why="marked by the mail server")
    return mail


def test_a_supervisor_looks_through_it_and_puts_what_is_none_in_line(client, sam, spam):
    client.force_login(sam)
    page = client.get(URL).content.decode()
    for words in ("Winner &lt;b&gt;", "Prize", "You have won!"):
        assert words in page
    client.post(reverse("no-spam", args=[spam.pk]))
    spam.refresh_from_db()
    assert spam.state == "queued"
    assert "You have won!" not in client.get(URL).content.decode()
    assert client.post(reverse("no-spam", args=[spam.pk])).status_code == 404, "it is none any more"


def test_agents_and_other_teams_supervisors_do_not(client, maya, spam, billing):
    client.force_login(maya.person)
    assert client.get(URL).status_code == 403
    client.force_login(make_person("Olga Other", role="supervisor"))
    assert "You have won!" not in client.get(URL).content.decode()
    assert client.post(reverse("no-spam", args=[spam.pk])).status_code == 404
