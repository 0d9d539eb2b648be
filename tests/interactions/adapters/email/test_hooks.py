"""Mail by the webhooks of providers, as anymail documents them; Postmark gives JSON, Mailgun the mail as it came."""

import base64
import hashlib
import hmac
import json
import smtplib
from email.policy import SMTP
from types import SimpleNamespace

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.utils import timezone

from contactcenter.mail_url import mailers
from interactions.adapters.email.backend import Provider
from interactions.adapters.email.hooks import NobodyHere
from interactions.jobs import read_mail
from interactions.models import Delivery, RawMail
from interactions.models.letter import Letter
from tests.interactions.adapters.email.conftest import HELP, letter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
SECRET = "postmark:a long secret"
SIGNED_WITH = "key-of-mailgun"


@pytest.fixture
def secret(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNED_WITH}


def authorised(secret=SECRET):
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark(client, what, data, secret=SECRET):
    url = f"/hooks/mail/postmark/{what}/"
    return client.post(url, json.dumps(data), content_type="application/json", headers=authorised(secret))


def given(**changes):
    return {
        "MessageStream": "inbound",
        "FromFull": {"Email": "lee@example.org", "Name": "Lee Wong"},
        "ToFull": [{"Email": HELP, "Name": ""}],
        "OriginalRecipient": HELP,
        "Subject": "Lamp",
        "TextBody": "My lamp is broken.",
        "HtmlBody": "",
        "Headers": [{"Name": "Message-ID", "Value": "<m1@example.org>"}],
        "Attachments": [{"Name": "lamp.txt", "Content": "bGFtcA==", "ContentType": "text/plain"}],
    } | changes


def test_a_mail_is_stored_before_the_provider_is_answered_and_read_by_a_worker(client, door, secret, monkeypatch):
    jobs = []
    queue = SimpleNamespace(enqueue=lambda job, pk: jobs.append((job, pk)))
    monkeypatch.setattr("interactions.adapters.email.hooks.django_rq.get_queue", lambda _name: queue)
    monkeypatch.setattr("interactions.adapters.email.hooks.transaction.on_commit", lambda then: then())
    assert postmark(client, "inbound", given()).status_code == 200
    row = RawMail.objects.get()
    assert (row.state, row.door, row.entry_point, row.envelope_to) == ("stored", "hook", door, [HELP])
    assert jobs == [(read_mail, row.pk)]
    read_mail(row.pk)
    row.refresh_from_db()
    line = row.interaction.messages.get()
    assert (row.action, line.text, line.email.from_address) == ("created", "My lamp is broken.", "lee@example.org")
    assert [file.name for file in line.files] == ["lamp.txt"]
    assert postmark(client, "inbound", given()).status_code == 200
    read_mail(RawMail.objects.latest("pk").pk)
    assert RawMail.objects.latest("pk").action == "duplicate", "providers repeat themselves"


def test_mail_as_it_came_is_kept_byte_for_byte(client, door, secret):
    raw = bytes(letter("Grüße", Subject="Ärger")).replace(b"\n", b"\r\n")
    token, moment = "t" * 50, "1700000000"
    signature = hmac.new(SIGNED_WITH.encode(), (moment + token).encode(), hashlib.sha256).hexdigest()
    data = {"timestamp": moment, "token": token, "signature": signature, "recipient": HELP, "sender": "lee@example.org"}
    said = client.post("/hooks/mail/mailgun/inbound_mime/", data | {"body-mime": raw.decode()}, headers=authorised())
    assert said.status_code == 200
    row = RawMail.objects.get()
    assert (bytes(row.raw), row.envelope_from) == (raw, "lee@example.org")


@pytest.mark.parametrize(
    "mail", [letter("Hello"), letter("x" * 70 + "\r\n" + "Grüße\n" * 500_000)], ids=["small", "large"]
)
def test_a_whole_mail_in_a_field_of_a_form_may_be_large(mail, client, door, secret):
    raw = mail.as_bytes(policy=SMTP)
    fields = {
        "email": raw.decode(),
        "envelope": json.dumps({"to": [HELP], "from": "lee@example.org"}),
        "charsets": "{}",
    }
    assert client.post("/hooks/mail/sendgrid/inbound/", fields, headers=authorised()).status_code == 200
    assert bytes(RawMail.objects.get().raw) == raw
    assert client.post("/hooks/mail/sendgrid/inbound/", fields, headers=authorised("a:b")).status_code == 400


def test_spam_by_the_providers_verdict_is_spam(client, door, secret):
    spam = [{"Name": "X-Spam-Status", "Value": "Yes"}, {"Name": "Message-ID", "Value": "<m2@example.org>"}]
    assert postmark(client, "inbound", given(Headers=spam)).status_code == 200
    read_mail(RawMail.objects.get().pk)
    assert RawMail.objects.get().action == "spam"


def test_nobody_without_the_secret_hands_over_anything(client, door, secret, settings):
    assert postmark(client, "inbound", given(), secret="postmark:guess").status_code == 400
    assert client.post("/hooks/mail/postmark/inbound/", "{}", content_type="application/json").status_code == 400
    settings.ANYMAIL = {}
    assert postmark(client, "inbound", given()).status_code == 404, "no secret is set: the door is shut"
    assert not RawMail.objects.exists()


def test_a_mail_for_none_of_our_mailboxes_stays_with_the_provider(client, door, secret):
    with pytest.raises(NobodyHere):
        postmark(client, "inbound", given(OriginalRecipient="nobody@example.com"))
    assert not RawMail.objects.exists()


def sent(work, omar):
    line = work.write(omar, Letter("It is on its way."))
    Delivery.objects.update(due_at=timezone.now())
    Delivery.objects.claim(line.pk).mark_sent()
    return line


def test_news_of_the_provider_moves_the_mail_on_and_a_bounce_turns_it_red(client, door, secret, work, omar):
    line = sent(work, omar).pk
    news = {"MessageID": "p-1", "Metadata": {"line": str(line)}, "MessageStream": "outbound"}
    at = {"DeliveredAt": "2026-11-20T10:00:00Z", "BouncedAt": "2026-11-20T10:01:00Z"}
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Email": "lee@example.org", "ID": 1}
    delivered = {"RecordType": "Delivery", "Recipient": "lee@example.org"}
    assert postmark(client, "tracking", news | at | delivered).status_code == 200
    assert Delivery.objects.get().state == "delivered"
    assert postmark(client, "tracking", news | at | bounce | {"Details": "550 no such user"}).status_code == 200
    gone = Delivery.objects.get()
    assert (gone.state, gone.answer) == ("bounced", "550 no such user")
    assert postmark(client, "tracking", news | at | delivered).status_code == 200
    assert Delivery.objects.get().state == "bounced", "old news changes nothing"


class Refusing:
    def __init__(self, error):
        self.error = error

    def send_messages(self, _messages):
        raise self.error


@pytest.mark.parametrize(
    ("error", "raised", "code"),
    [
        (AnymailAPIError("slow down", status_code=429, response=SimpleNamespace(reason="")), "SMTPDataError", 451),
        (AnymailAPIError("no", status_code=400, response=SimpleNamespace(reason="")), "SMTPDataError", 554),
        (AnymailAPIError("no answer"), "SMTPDataError", 451),
    ],
)
def test_what_a_provider_says_is_told_as_smtp_would(error, raised, code):
    backend = Provider(backend="django.core.mail.backends.locmem.EmailBackend")
    backend.backend = Refusing(error)
    with pytest.raises(getattr(smtplib, raised)) as told:
        backend.send_messages([EmailMessage(to=["lee@example.org"])])
    assert told.value.smtp_code == code


def test_a_provider_that_refuses_all_recipients_names_them():
    backend = Provider(backend="django.core.mail.backends.locmem.EmailBackend")
    backend.backend = Refusing(AnymailRecipientsRefused("suppressed"))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as told:
        backend.send_messages([EmailMessage(to=["lee@example.org"])])
    assert told.value.recipients["lee@example.org"][0] == 550


def test_a_provider_is_named_in_mail_url():
    options = mailers("anymail://amazon-ses")["default"]["OPTIONS"]
    assert options == {"backend": "anymail.backends.amazon_ses.EmailBackend"}
    with pytest.raises(ImproperlyConfigured):
        mailers("anymail://")
