"""The SMTP door as it runs: `manage.py mail` in a process of its own, and real clients."""

import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone

from interactions.models import Interaction, Message, RawMail
from tests.interactions.adapters.email.conftest import HELP, letter
from tests.interleaving import sessions, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folder")]
ROOT = Path(__file__).resolve().parents[4]
LEE = "lee@example.org"


class MailProcess:
    def __init__(self, *words: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "contactcenter.settings"}
        command = [sys.executable, "manage.py", "mail", "--port", str(self.port), *words]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_until(self.listens)

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=30)

    def send(self, mail, *to: str) -> None:
        with self.client() as client:
            client.send_message(mail, LEE, list(to) or [HELP])

    def end(self, with_signal: int = signal.SIGKILL) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(20)


@pytest.fixture
def start_mail(transactional_db):
    started = []

    def start(*words):
        started.append(MailProcess(*words))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()


def done(count=1):
    """All of them once they are read."""
    return wait_until(
        lambda: len(found := RawMail.objects.light().filter(state="done").order_by("pk")) == count and found
    )


def test_a_mail_by_smtp_becomes_work_and_nothing_is_relayed(start_mail, door, billing_door):
    mail = start_mail()
    mail.send(letter("Two of you should know."), "HELP+any@Example.com", "billing@example.com", HELP)
    rows = done(2)
    assert [(row.entry_point, row.action, row.door, row.envelope_from) for row in rows] == [
        (door, "created", "smtp", LEE),
        (billing_door, "created", "smtp", LEE),
    ]
    assert rows[0].envelope_to == ["HELP+any@Example.com", HELP]
    with mail.client() as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "52428800"
        assert client.docmd("MAIL FROM:<lee@example.org> SIZE=52428801")[0] == 552
        assert client.mail(LEE)[0] == 250
        for nobody in ("somebody@elsewhere.example", "nobody@example.com", "help@example.com.evil.example"):
            assert client.rcpt(nobody)[0] == 550
        assert client.docmd("DATA")[0] == 503, "for nobody there is nothing to say"
    assert mail.end(signal.SIGTERM) == 0
    assert RawMail.objects.count() == 2


@pytest.fixture
def certificate(tmp_path):
    """One for 127.0.0.1 that trusts itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = timezone.now()
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    file = tmp_path / "mail.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + signed.public_bytes(Encoding.PEM))
    return file


def test_with_a_certificate_mail_comes_under_starttls(start_mail, door, certificate, monkeypatch):
    monkeypatch.setenv("MAIL_IN_CERTIFICATE", str(certificate))
    with start_mail().client() as client:
        client.starttls(context=ssl.create_default_context(cafile=certificate))
        assert isinstance(client.sock, ssl.SSLSocket)
        client.send_message(letter("Nobody reads this on the way."), LEE, [HELP])
    assert done()[0].interaction.messages.get().text == "Nobody reads this on the way."


def test_a_bounce_comes_from_nobody_and_long_lines_are_no_reason_to_refuse(start_mail, door):
    mail = start_mail()
    with mail.client() as client:
        client.sendmail("", [HELP], b"From: lee@example.org\r\nSubject: long\r\n\r\n" + b"x" * 100_000 + b"\r\n")
    assert done()[0].interaction.subject == "long"


def test_lmtp_answers_for_each_recipient(start_mail, door, billing_door):
    mail = start_mail("--lmtp")
    with smtplib.LMTP("127.0.0.1", mail.port) as client:
        client.sendmail(LEE, [HELP], bytes(letter()))
        assert client.mail(LEE)[0] == 250
        assert [client.rcpt(to)[0] for to in (HELP, "billing@example.com")] == [250, 250]
        assert client.docmd("DATA")[0] == 354
        client.send(b"Subject: two\r\n\r\nHello\r\n.\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [250, 250]
    done(3)


def test_many_at_once_and_each_twice(start_mail, door):
    """Fifty connections, every mail on two of them at the same moment, as two mail servers do after a time-out."""
    mails = [start_mail(), start_mail()]
    letters = [letter(f"Mail {number}") for number in range(25)]
    with ThreadPoolExecutor(50) as people:
        sent = [people.submit(mail.send, one) for one in letters for mail in mails]
        for one in sent:
            one.result()
    assert Counter(row.action for row in done(50)) == {"created": 25, "duplicate": 25}
    assert Counter(Message.objects.values_list("text", flat=True)) == {f"Mail {number}": 1 for number in range(25)}


@contextmanager
def nothing_is_read(sender=LEE):
    """Reading stands still just before the mail becomes work."""
    with sessions("somebody") as (somebody,), somebody.holding():
        somebody.do(lock, "select pg_advisory_xact_lock(hashtextextended(%s, 724))", sender)
        yield


def lock(sql, value):
    with connection.cursor() as cursor:
        cursor.execute(sql, [value])


def test_killed_between_storing_and_reading_nothing_is_lost_or_doubled(start_mail, door):
    mail = start_mail()
    letters = [letter(f"Mail {number}") for number in range(10)]
    with nothing_is_read():
        for one in letters:
            mail.send(one)
        assert RawMail.objects.filter(state="stored").count() == 10, "250 was said: they are safe"
        mail.end()
    RawMail.objects.update(tried_at=timezone.now() - timedelta(minutes=2))
    again = start_mail()
    for one in letters[:3]:  # a client that did not hear the 250
        again.send(one)
    assert Counter(row.action for row in done(13)) == {"created": 10, "duplicate": 3}
    assert Interaction.objects.count() == 10


def backends():
    with connection.cursor() as cursor:
        cursor.execute("select pid from pg_stat_activity where datname = current_database()")
        return {pid for (pid,) in cursor.fetchall()}


def test_without_its_database_it_asks_to_come_again(start_mail, door):
    ours = backends()
    mail, name = start_mail(), connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        try:
            cursor.execute("update pg_database set datallowconn = false where datname = %s", [name])
            cursor.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) pid", [[*backends() - ours]])
            with mail.client() as client:
                client.ehlo()
                assert client.mail(LEE)[0] == 250
                assert client.rcpt(HELP)[0] == 451
        finally:
            cursor.execute("update pg_database set datallowconn = true where datname = %s", [name])
    wait_until(lambda: accepted(mail))
    done()
    assert mail.process.poll() is None


def accepted(mail):
    try:
        mail.send(letter())
    except smtplib.SMTPException:
        return False
    return True
