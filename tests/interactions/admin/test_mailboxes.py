"""Mailboxes and mails in the admin: secrets go in and do not come out; what came in can be found and saved."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contactcenter.sealed import unseal
from interactions.adapters.email.store import store
from interactions.models import Mailbox
from tests.cast import make_entry_point

SECRETS = {"password": "one secret", "client_secret": "another secret", "refresh_token": "a third secret"}


@pytest.fixture
def door(queue):
    return make_entry_point(queue, "mail", channel="email")


@pytest.fixture
def page(client, admin):
    client.force_login(admin)
    return client


def form(door, **fields):
    usual = {"address": "Help@Example.com", "entry_point": door.pk, "door": "imap", "active": "on"}
    usual |= {"imap_host": "mail.example.com", "imap_port": 993, "imap_security": "tls", "imap_folder": "INBOX"}
    usual |= {"acknowledgements-TOTAL_FORMS": 0, "acknowledgements-INITIAL_FORMS": 0}
    return usual | {"reopened_within": 3600, "imap_user": "help"} | fields


def test_s55_secrets_are_kept_sealed_and_never_shown(page, door):
    assert page.post(reverse("admin:interactions_mailbox_add"), form(door, **SECRETS)).status_code == 302
    mailbox = Mailbox.objects.get()
    columns = [mailbox.imap_password, mailbox.oauth_client_secret, mailbox.oauth_refresh_token]
    assert [unseal(column) for column in columns] == list(SECRETS.values())
    assert mailbox.address == "help@example.com"
    url = reverse("admin:interactions_mailbox_change", args=[mailbox.pk])
    shown = page.get(url).content.decode()
    assert not [text for text in [*SECRETS.values(), *columns] if text in shown]
    page.post(url, form(door, imap_user="somebody"))
    mailbox.refresh_from_db()
    assert (mailbox.imap_user, unseal(mailbox.imap_password)) == ("somebody", "one secret"), "left empty, it stays"
    page.post(url, form(door, password="new secret"))
    mailbox.refresh_from_db()
    assert unseal(mailbox.imap_password) == "new secret"


def test_fetched_mail_needs_a_server_and_an_entry_point_of_its_channel(page, door, entry_point):
    with pytest.raises(ValidationError, match="server"):
        Mailbox(entry_point=door, address="a@example.com", door="imap").full_clean()
    refused = page.post(reverse("admin:interactions_mailbox_add"), form(entry_point))
    assert refused.status_code == 200
    assert not Mailbox.objects.exists()


def test_every_mail_is_found_and_saved_by_administrators_alone(page, door, client, sam):
    row = store(b"From: a@b.example\r\n\r\n<script>", entry_point=door, door="smtp")
    assert str(row.pk) in page.get(reverse("admin:interactions_rawmail_changelist")).content.decode()
    shown = page.get(reverse("admin:interactions_rawmail_change", args=[row.pk]))
    assert "Download the source" in shown.content.decode()
    url = reverse("admin:interactions_rawmail_source", args=[row.pk])
    saved = page.get(url)
    assert saved.content == bytes(row.raw)
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    client.force_login(sam)
    assert client.get(url).status_code in (302, 403)
