"""A contact centre at 10:40 on a Monday, on this machine, from one command."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from agents.models import Channel, Person
from contactcenter import embedded
from contactcenter.staticfiles import collect
from contactcenter.supervise import Child, Supervisor
from interactions.calls import line
from interactions.demo_phone import account
from interactions.models import Call, CallLeg, EntryPoint, Mailbox
from interactions.seed import plant
from interactions.seed.telephone import connect_telephone

HOST = "127.0.0.1"
NETWORK = "tests.twilio.demo"  # a simulator of Twilio, with a telephone in it for whoever plays a caller
READY_WITHIN = 60
PORT_FREE_WITHIN = 3
PASSWORD = "demo"
PEOPLE = [
    ("maya", "agent", "/desk/"),
    ("omar", "agent", "/desk/"),
    ("ines", "informal employee", "/desk/"),
    ("sam", "supervisor", "/wallboard/"),
    ("admin", "administrator", "/admin/"),
]


class Stopped(Exception):
    """Somebody asked us to end."""


class Command(BaseCommand):
    line_open = False
    help = "Run the whole contact centre on this machine: web, router, worker, mail, simulated customers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--no-customers", action="store_true", help="nobody chats but you")
        parser.add_argument("--customers-per-minute", type=float, help="how busy the morning is")
        parser.add_argument("--seed", type=int, help="the same customers again")

    def handle(self, *args: Any, **options: Any) -> None:
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, stop)
        self.port = options["port"]
        self.address = f"http://{HOST}:{self.port}"
        self.mail_port = settings.MAIL_IN_PORT if os.environ.get("MAIL_IN_PORT") else a_free_port(settings.MAIL_IN_PORT)
        self.sink_port = a_free_port(self.mail_port + 1)
        # What the children inherit; the planted people live in this time zone.
        os.environ.setdefault("TIME_ZONE", "Europe/Amsterdam")
        os.environ.update(PORT=str(self.port), PUBLIC_BASE_URL=os.environ.get("PUBLIC_BASE_URL") or self.address)
        os.environ["MAIL_IN_PORT"] = str(self.mail_port)
        os.environ["DEMO_MAIL_DIR"] = os.fspath(embedded.var_dir() / "demo-mail")
        os.environ["MAIL_URL"] = (
            f"smtp://{HOST}:{self.sink_port}"  # whatever is set: nothing of a demo leaves the machine
        )
        self.has_phone = network_can_be_simulated()
        if self.has_phone:
            self.rest_port = a_free_port(self.sink_port + 1)
            self.signalling_port = a_free_port(self.rest_port + 1)
            os.environ.setdefault("DIALLED_COUNTRIES", "NL GB")  # where its people live; nobody is really called
            addresses = [f"{HOST}:{port}" for port in (self.rest_port, self.signalling_port)]
            os.environ.update(account.environment(api=f"http://{addresses[0]}", signalling=addresses[1]))
        self.supervisor = Supervisor(self.say)
        try:
            self.open(options)
            self.show_addresses()
            self.look_after()
        except Stopped:
            pass
        finally:
            self.close()

    def open(self, options: dict[str, Any]) -> None:
        with self.step(f"Ports {self.port} and {self.mail_port} are free"):
            self.claim(self.port, f"make demo PORT={self.port + 1}")
            self.claim(self.mail_port, f"make demo MAIL_IN_PORT={self.mail_port + 1}")
        with self.step("Database is up to date"):
            call_command("migrate", verbosity=0, interactive=False)
        with self.step("The centre has people, queues and a past"):
            plant_once()
            if self.has_phone:
                connect_telephone()
                end_calls_of_last_time()
        with self.step("Pages' files are collected"):
            collect()
        with self.step("Web, router, worker, mail and cron are ready"):
            for name, command in self.processes():
                self.start(name, command)
            self.wait_until_ready()
        if not options["no_customers"] and "customers" in get_commands():
            with self.step("Simulated customers are on their way"):
                self.start(
                    "customers", manage("customers", *customer_options(options), "--url", self.address, *write_to())
                )

    def processes(self) -> Iterator[tuple[str, list[str]]]:
        web = [sys.executable, "-m", "daphne", "-b", HOST, "-p", str(self.port), "--verbosity", "0"]
        yield "web", [*web, "--ping-interval", "4", "--ping-timeout", "5", "contactcenter.asgi:application"]
        yield "router", unchecked("router")
        yield "worker", unchecked("rqworker", "default")
        yield "mail", unchecked("mail", "--host", HOST, "--port", str(self.mail_port))
        yield "mailbox", unchecked("demo_mail", "--port", str(self.sink_port))
        yield "cron", unchecked("rqcron", "interactions.cron")
        if self.has_phone:
            ports = ["--api", str(self.rest_port), "--signalling", str(self.signalling_port)]
            known_as = ["--app", self.address, "--public", os.environ["PUBLIC_BASE_URL"].rstrip("/")]
            yield "telephone", [sys.executable, "-m", NETWORK, *ports, *known_as]

    def start(self, name: str, command: list[str]) -> None:
        log = embedded.var_dir() / "log" / f"{name}.log"
        self.supervisor.add(Child(name, command, os.environ, log))

    def claim(self, port: int, another: str) -> None:
        """Refuse a busy port; the processes of a demo that was killed a moment ago get time to go."""
        until = time.monotonic() + PORT_FREE_WITHIN
        while not port_free(port):
            if time.monotonic() > until:
                raise CommandError(f"Port {port} is in use by another program. End it, or take another port: {another}")
            time.sleep(0.2)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        missing = ["web"]
        while missing:
            if time.monotonic() > until:
                logs = embedded.var_dir() / "log"
                raise CommandError(f"Not ready after {READY_WITHIN} s, missing: {', '.join(missing)}. Logs: {logs}/")
            self.supervisor.look()
            time.sleep(0.1)
            missing = what_is_missing(self.address)

    def look_after(self) -> None:
        while True:
            self.supervisor.look()
            embedded.join()
            time.sleep(0.5)

    def close(self) -> None:
        # A second Ctrl-C must not leave half of it behind.
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        self.say("Ending every process ...")
        self.supervisor.stop()
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        embedded.leave()
        self.say("Everything has ended; the data stays for the next time.")

    def show_addresses(self) -> None:
        rows = [("Customer's chat", f"{self.address}{first_entry_point()}", "")]
        rows += [("Mail to", f"{address} by SMTP on {HOST}:{self.mail_port}", "") for address in mail_addresses()]
        rows += [("Mail the centre sends", f"{self.address}/demo/mail/", "")]
        if self.has_phone:
            rows += [("Ring the centre", f"{self.address}/demo/phone/", "")]
        rows += [(f"{name}, {role}", f"{self.address}{page}", "") for name, role, page in PEOPLE]
        rows += [("Password of all", PASSWORD, ""), ("Logs", f"{embedded.var_dir() / 'log'}/", "")]
        left = max(len(row[0]) for row in rows)
        lines = [f" {name:<{left}}   {what} " for name, what, _ in rows]
        width = max(map(len, lines))
        self.say("\n".join([f"┌{'─' * width}┐", *[f"│{line:<{width}}│" for line in lines], f"└{'─' * width}┘"]))
        self.say("Ctrl-C ends it.")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        self.say(f"  {what} ...", ending="")
        yield
        self.say(f" {time.monotonic() - started:.1f} s", goes_on=True)

    def say(self, what: str, ending: str = "\n", goes_on: bool = False) -> None:
        """Print a line; one that a step has begun is left standing first, unless this is the rest of it."""
        if self.line_open and not goes_on:
            self.stdout.write("")
        self.stdout.write(what, ending=ending)
        self.stdout.flush()
        self.line_open = not ending


def stop(*_: object) -> None:
    raise Stopped


def manage(*words: str) -> list[str]:
    return [sys.executable, os.fspath(Path(settings.BASE_DIR) / "manage.py"), *words]


def unchecked(*words: str) -> list[str]:
    """Each would look again through what we have checked, and load every page of the site to do so."""
    return [*manage(*words), "--skip-checks"]


def customer_options(options: dict[str, Any]) -> list[str]:
    given = {"--customers-per-minute": options["customers_per_minute"], "--seed": options["seed"]}
    return [word for name, value in given.items() if value is not None for word in (name, str(value))]


def write_to() -> list[str]:
    addresses = mail_addresses()
    return ["--mail-to", *addresses] if addresses else []


def port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def a_free_port(first: int) -> int:
    """This one, or the next that no other checkout's demo has."""
    return next((port for port in range(first, first + 50) if port_free(port)), first)


def what_is_missing(address: str) -> list[str]:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):
            return []
    except urllib.error.HTTPError as answer:
        try:
            checks = json.load(answer)["checks"]
        except ValueError:
            return ["web"]
        return [name for name, fine in checks.items() if not fine]
    except OSError:
        return ["web"]


def plant_once() -> None:
    """Build the believable centre in an empty database; one with people of its own stays as it is."""
    if not Person.objects.exists():
        plant(password=PASSWORD)


def network_can_be_simulated() -> bool:
    """Not where there is a real account; its parts come with the packages for development."""
    return not settings.TWILIO_ACCOUNT_SID and all(map(find_spec, ("tests", "aiortc")))


def end_calls_of_last_time() -> None:
    """The network that carried them has ended, and told nobody."""
    carried = {"call__provider": Call.Provider.TWILIO, "role": CallLeg.Role.CUSTOMER}
    for leg in CallLeg.objects.live().filter(**carried).select_related("call__interaction__queue"):
        line.hang_up(leg, why="the network has ended")


def first_entry_point() -> str:
    entry_point = EntryPoint.objects.filter(channel=Channel.CHAT, active=True).order_by("pk").first()
    return f"/visit/{entry_point.key}/" if entry_point else "/"


def mail_addresses() -> list[str]:
    found = Mailbox.objects.filter(active=True, door=Mailbox.Door.SMTP).order_by("pk")
    return list(found.values_list("address", flat=True)[:3])
