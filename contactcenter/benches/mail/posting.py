"""Mail servers that hand over mail to a door: real SMTP on several lines at once, each mail until it has its 250."""

import smtplib
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice

LINES = 10
AGAIN_AFTER = 0.2  # seconds
TO = "bench@example.com"


def sender(number: int) -> str:
    return f"customer-{number}@example.org"


def letter(number: int) -> bytes:
    """As mail programs write them: plain and formatted text, an answer quoted; a file with every tenth."""
    mail = EmailMessage()
    mail["From"] = f"Customer {number} <{sender(number)}>"
    mail["To"] = TO
    mail["Subject"] = f"Order {number}: where is my parcel?"
    mail["Message-ID"] = f"<bench-{number}@example.org>"
    said = [f"Hello, this is about order {number}.", *["It was to come on Monday; nobody rang."] * 8]
    quoted = ["We sent it on Friday, and it should be with you soon."] * 12
    mail.set_content("\n".join([*said, "", "On Fri, 20 Nov 2026 at 10:12, Shop <shop@example.com> wrote:"]))
    paragraphs = "".join(f'<p style="margin:0">{line}</p>' for line in said)
    history = "".join(f"<div>{line}</div>" for line in quoted)
    mail.add_alternative(f"<html><body>{paragraphs}<blockquote>{history}</blockquote></body></html>", subtype="html")
    if number % 10 == 0:
        mail.add_attachment(b"%PDF-1.7 " + bytes(20_000), maintype="application", subtype="pdf", filename="bill.pdf")
    return mail.as_bytes(policy=SMTP)


class Posting:
    """Hands over mails on several lines; whoever gets no 250 sends the same again, as mail servers do."""

    def __init__(self, port: int, letters: Iterable[tuple[int, bytes]]) -> None:
        self.port, self.stored, self.repeated = port, 0, 0
        self._letters, self._taking = iter(letters), threading.Lock()
        self._lines = [threading.Thread(target=self._line, daemon=True) for _ in range(LINES)]

    def start(self) -> None:
        for line in self._lines:
            line.start()

    @property
    def done(self) -> bool:
        return not any(line.is_alive() for line in self._lines)

    def _line(self) -> None:
        client: smtplib.SMTP | None = None
        while letter := self._next():
            number, raw = letter
            while True:
                try:
                    client = client or smtplib.SMTP("127.0.0.1", self.port, timeout=30)
                    client.sendmail(sender(number), [TO], raw)
                except (smtplib.SMTPException, OSError):
                    client, self.repeated = None, self.repeated + 1
                    time.sleep(AGAIN_AFTER)
                else:
                    break
            with self._taking:
                self.stored += 1
        if client:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _next(self) -> tuple[int, bytes] | None:
        with self._taking:
            return next(islice(self._letters, 1), None)


def wait_until(true: Callable[[], object], within: float, pause: float = 0.02) -> None:
    until = time.monotonic() + within
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"not so within {within:g} s")
        time.sleep(pause)
