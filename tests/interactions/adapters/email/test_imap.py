"""Mail fetched from a real IMAP server: each once, whatever happens to the line, the server or us."""

import signal
from collections.abc import Iterator
from threading import Event

import pytest
from django.db import connection
from imapclient import SEEN

from contactcenter.outside import NotOutside
from contactcenter.sealed import seal
from interactions.adapters.email import imap
from interactions.adapters.email.fetching import FETCH_LOCK, Watcher
from interactions.adapters.email.intake import process
from interactions.models import Mailbox, RawMail
from tests.interactions.adapters.email.conftest import letter
from tests.interactions.adapters.email.dovecot import PROGRAM, Dovecot, dovecot
from tests.interactions.adapters.email.test_smtp import done, start_mail  # noqa: F401
from tests.interleaving import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_folder"),
    pytest.mark.skipif(not PROGRAM, reason="dovecot-imapd is not installed and could not be by apt"),
]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def mailbox(door, server, settings, monkeypatch):
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    monkeypatch.setenv("PRIVATE_HOSTS_ALLOWED", "127.0.0.1")
    Mailbox.objects.filter(entry_point=door).update(
        door="imap",
        imap_host="127.0.0.1",
        imap_port=server.port,
        imap_security="none",
        imap_user="help",
        imap_password=seal("secret"),
    )
    return Mailbox.objects.select_related("entry_point").get(entry_point=door)


def look(mailbox):
    """One look; the ids of what was taken."""
    taken = []
    with imap.opened(mailbox) as client:
        imap.look(mailbox, client, taken.extend)
    return taken


def arrives(server, *mails, flags=()):
    with server.client() as client:
        for mail in mails:
            client.append("INBOX", bytes(mail), flags)


def words(rows=None):
    return [bytes(row.raw).split(b"\r\n\r\n")[1].strip().decode() for row in rows or RawMail.objects.order_by("pk")]


def test_at_first_what_is_unread_then_all_that_comes(server, mailbox):
    arrives(server, letter("read long ago"), flags=[SEEN])
    arrives(server, letter("unread"))
    look(mailbox)
    assert words() == ["unread"]
    arrives(server, letter("opened in another program"), flags=[SEEN])
    look(mailbox)
    assert look(mailbox) == []
    assert words() == ["unread", "opened in another program"]
    with server.client() as client:
        assert client.search("UNSEEN") == []


def test_what_was_taken_can_be_moved(server, mailbox):
    with server.client() as client:
        client.create_folder("Taken")
    mailbox.imap_done_folder = "Taken"
    arrives(server, letter("one"), letter("two"))
    look(mailbox)
    with server.client() as client:
        assert client.search() == []
        assert client.select_folder("Taken")[b"EXISTS"] == 2


def test_a_line_that_breaks_after_the_commit_takes_nothing_twice(server, mailbox, monkeypatch):
    def broken(*_):
        raise OSError("the line broke")

    arrives(server, letter("one"), letter("two"))
    with monkeypatch.context() as breaking:
        breaking.setattr(imap, "_mark", broken)
        with pytest.raises(OSError, match="broke"):
            look(mailbox)
    look(Mailbox.objects.select_related("entry_point").get(pk=mailbox.pk))
    assert words() == ["one", "two"]


def test_a_folder_that_is_numbered_anew_brings_no_second_work(server, mailbox, start_mail):  # noqa: F811
    arrives(server, letter("one"), letter("two"))
    for pk in look(mailbox):
        process(pk)
    before = mailbox.uid_validity
    server.number_anew()
    start_mail()
    arrives(server, letter("three"))
    done(5)
    mailbox.refresh_from_db()
    assert mailbox.uid_validity != before
    assert words(RawMail.objects.filter(action="created").order_by("pk")) == ["one", "two", "three"]


def test_it_is_told_at_once_and_comes_back_after_the_server_was_gone(server, mailbox):
    taken: list[int] = []
    watcher = Watcher(mailbox, taken.extend)
    watcher.start()
    try:
        wait_until(lambda: Mailbox.objects.get(pk=mailbox.pk).looked_at)
        arrives(server, letter("by IDLE"))
        wait_until(lambda: len(taken) == 1, within=imap.LOOKS_EVERY / 2)
        server.stop()
        wait_until(lambda: Mailbox.objects.get(pk=mailbox.pk).trouble)
        server.start()
        arrives(server, letter("after the night"))
        wait_until(lambda: len(taken) == 2)
        wait_until(lambda: not Mailbox.objects.get(pk=mailbox.pk).trouble)
    finally:
        watcher.stopping.set()
        watcher.join(20)
    assert words() == ["by IDLE", "after the night"]


def test_s47_a_server_in_the_house_is_not_asked(mailbox, settings):
    settings.PRIVATE_HOSTS_ALLOWED = []
    with pytest.raises(NotOutside), imap.opened(mailbox):
        pass


def test_a_wrong_password_is_said_and_not_shown(server, mailbox):
    mailbox.imap_password = seal("a secret of mine")
    mailbox.save()
    watcher, stop = Watcher(mailbox, lambda ids: None), Event()
    watcher.stopping = stop
    watcher.start()
    trouble = wait_until(lambda: Mailbox.objects.get(pk=mailbox.pk).trouble)
    stop.set()
    watcher.join(20)
    assert "uthentication" in trouble
    assert "a secret of mine" not in trouble


def fetchers():
    with connection.cursor() as cursor:
        cursor.execute("select pid from pg_locks where locktype = 'advisory' and objid = %s and granted", [FETCH_LOCK])
        return [pid for (pid,) in cursor.fetchall()]


def test_of_two_processes_one_fetches_and_the_other_takes_over(server, mailbox, start_mail):  # noqa: F811
    first = start_mail()
    (holder,) = wait_until(fetchers)
    second = start_mail()
    arrives(server, letter("one"))
    done(1)
    first.end()
    wait_until(lambda: fetchers() not in ([], [holder]))
    arrives(server, letter("two"))
    assert [row.action for row in done(2)] == ["created", "created"]
    assert second.end(signal.SIGTERM) == 0
