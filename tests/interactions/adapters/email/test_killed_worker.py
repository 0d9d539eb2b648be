"""A worker that is killed while it sends: a real one, a real server, and the one moment that SMTP leaves open."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from interactions import outbox
from interactions.adapters.sending import deliver
from interactions.models import Delivery
from interactions.models.letter import Letter
from tests.interactions.adapters.email.servers import Server, serving

pytestmark = [pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[4]


class Deadly(Server):
    """Kills the worker before it has the mail, or when it has it and has not yet said so."""

    worker: subprocess.Popen[bytes] | None = None
    moment = ""

    async def handle_RCPT(self, *line):
        if self.worker and self.moment == "before":
            self.kill()
        return await super().handle_RCPT(*line)

    async def handle_DATA(self, *line):
        answer = await super().handle_DATA(*line)
        if self.worker:
            self.kill()
        return answer

    def kill(self):
        parent = psutil.Process(self.worker.pid)
        for process in [*parent.children(recursive=True), parent]:
            process.send_signal(signal.SIGKILL)
        self.worker = None


def start_worker(port):
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "contactcenter.settings",
        "MAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    return subprocess.Popen([sys.executable, "manage.py", "rqworker", "default"], cwd=ROOT, env=environment)


@pytest.mark.parametrize(("moment", "came"), [("before", 1), ("after", 2)])
def test_what_a_killed_worker_had_is_sent_by_the_next(moment, came, work, omar, valkey, settings):
    line = work.write(omar, Letter("It is on its way."))
    now = timezone.now()
    Delivery.objects.update(due_at=now)
    with serving(settings, Deadly()) as server:
        worker = server.worker = start_worker(server.port)
        server.moment = moment
        assert outbox.sweep() == 1
        assert worker.wait(30) == -signal.SIGKILL
        left = Delivery.objects.get(pk=line.pk)
        assert (left.state, left.tries, left.about_to_send_at is not None) == ("sending", 1, True)
        assert outbox.sweep() == 0
        deliver(line.pk)
        assert len(server.taken) == came - 1
        Delivery.objects.update(due_at=now - timedelta(seconds=1), queued_at=None)
        assert outbox.sweep() == 1
        deliver(line.pk)
        assert len(server.taken) == came
        assert {mail["Message-ID"] for mail in server.mails} == {f"<{line.email.message_id}>"}
    assert Delivery.objects.get(pk=line.pk).state == "sent"
