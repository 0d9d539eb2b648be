"""Which signature stands below a mail, and that nothing in it is run."""

import pytest
from django.urls import reverse

from interactions.models import Acknowledgement, Mailbox, Signature
from interactions.models.letter import Letter
from tests.cast import make_active, make_agent, make_entry_point
from tests.interactions.adapters.email.conftest import HELP, letter, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.mark.parametrize(
    ("known", "language", "expected"),
    [
        ([], "nl", ""),
        ([(None, "", "all")], "nl", "all"),
        ([(None, "", "all"), (None, "nl", "alle")], "nl", "alle"),
        ([(None, "nl", "alle"), ("queue", "", "ours")], "nl", "ours"),
        ([("queue", "", "ours"), ("queue", "nl", "onze")], "nl", "onze"),
        ([("queue", "nl", "onze"), ("billing", "", "theirs")], "de", ""),
        ([("queue", "nl", "onze"), ("queue", "", "ours")], "", "ours"),
    ],
)
def test_the_nearest_signature(known, language, expected, queue, billing, maya):
    queues = {"queue": queue, "billing": billing, None: None}
    for name, of_language, text in known:
        Signature.objects.create(queue=queues[name], language=of_language, text=text)
    assert Signature.objects.text_for(queue, language, maya) == expected


def test_s30_a_signature_fills_in_names_and_runs_nothing(queue, maya):
    Signature.objects.create(
        text="$agent_name\n$queue_name {{ settings.SECRET_KEY }} {% now 'Y' %} $5 ${x} {0.__class__}"
    )
    maya.person.name = "$queue_name <b>"
    text = Signature.objects.text_for(queue, "", maya)
    assert text == "$queue_name <b>\nSupport {{ settings.SECRET_KEY }} {% now 'Y' %} $5 ${x} {0.__class__}"


def test_a_mail_carries_its_signature_above_what_it_answers(queue, team):
    door = make_entry_point(queue, "mail", channel="email")
    Mailbox.objects.create(entry_point=door, address=HELP)
    omar = make_agent("Omar <i>Haddad", team=team, capacities={"email": 5})
    Signature.objects.create(queue=queue, text="$agent_name\n$queue_name")
    work = make_active(take(letter(), door).row.interaction, omar)
    line = work.write(omar, Letter("On its way."))
    assert line.text == "On its way."
    assert line.email.text.startswith("On its way.\n\n-- \nOmar <i>Haddad\nSupport\n\n")
    assert "Omar &lt;i&gt;Haddad<br>" in line.email.html
    assert line.email.html.index("Haddad") < line.email.html.index("My lamp")


def test_the_admin_takes_signatures_and_refuses_unknown_variables(client, admin, queue):
    client.force_login(admin)
    add = reverse("admin:interactions_signature_add")
    assert client.post(add, {"queue": queue.pk, "language": "nl", "text": "$customer"}).status_code == 200
    assert not Signature.objects.exists()
    assert client.post(add, {"queue": queue.pk, "language": "nl", "text": "$agent_name"}).status_code == 302
    assert client.post(add, {"queue": queue.pk, "language": "nl", "text": "Another"}).status_code == 200
    assert Signature.objects.get().queue == queue
    assert client.get(reverse("admin:interactions_signature_changelist")).status_code == 200


def test_the_admin_takes_acknowledgements_with_their_mailbox(client, admin, queue):
    door = make_entry_point(queue, "mail", channel="email")
    mailbox = Mailbox.objects.create(entry_point=door, address=HELP)
    client.force_login(admin)
    form = {"address": HELP, "entry_point": door.pk, "door": "smtp", "active": "on", "reopened_within": 3600}
    form |= {"imap_port": 993, "imap_security": "tls", "imap_folder": "INBOX"}
    inline = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "0-language": "", "0-subject": "Thanks", "0-text": "It has come."}
    form |= {f"acknowledgements-{name}": value for name, value in inline.items()}
    page = client.post(reverse("admin:interactions_mailbox_change", args=[mailbox.pk]), form)
    assert page.status_code == 302
    assert Acknowledgement.objects.get().mailbox == mailbox
