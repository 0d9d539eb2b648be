"""Mails made to cost time or memory: each is kept, says what was left out, and takes less than two seconds."""

import base64
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from interactions.adapters.email.parse import Mail, parse
from tests.interactions.adapters.email.letters import letter

SIZE = 25_000_000


def filled(pattern: bytes, size: int = SIZE) -> bytes:
    return pattern * (size // len(pattern))


def nested(depth: int) -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"From: lee@home.example\r\n" + b"".join(levels) + b"\r\ntext\r\n"


def many(part: bytes, count: int) -> bytes:
    return letter((b"--b\r\n" + part + b"\r\n") * count, Content_Type="multipart/mixed; boundary=b")


def html(body: bytes) -> bytes:
    return letter(body, Content_Type="text/html")


ATTACKS: dict[str, Callable[[], bytes]] = {
    "empty lines": lambda: letter(filled(b"\n")),
    "one line": lambda: letter(filled(b"a")),
    "zeros": lambda: filled(b"\0"),
    "old line ends": lambda: filled(b"\r"),
    "noise": lambda: letter(random.Random(1).randbytes(SIZE)),
    "quote marks": lambda: letter(filled(b">\n")),
    "a header of 200,000 lines": lambda: letter(head=b"To: a@b.example,\r\n" + b" a@b.example,\r\n" * 200_000),
    "200,000 headers": lambda: letter(head=b"X-A: b\r\n" * 200_000),
    "headers all the way": lambda: filled(b"To: a@b\n"),
    "a header line of 25 MB": lambda: letter(head=b"Subject: " + filled(b"=?utf-8?q?a?= ") + b"\r\n"),
    "brackets in an address": lambda: letter(head=b"To: " + filled(b"<a(\"", 600_000) + b"\r\n"),
    "10,000 levels": lambda: nested(10_000),
    "as many levels as are read": lambda: nested(18) + filled(b"--b\n"),
    "1,000 parts": lambda: many(b"\r\n\xe9\xe8 \xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf8", 1000),
    "two million parts": lambda: many(b"\r\n", 2_000_000),
    "many large parts": lambda: many(b"Content-Type: text/html\r\n\r\n" + b"<p>x</p>" * 3000, 900),
    "half boundaries": lambda: letter(filled(b"--b"), Content_Type="multipart/mixed; boundary=b"),
    "an attachment": lambda: letter(base64.encodebytes(os.urandom(18_000_000)), Content_Type="application/pdf",
                                    Content_Transfer_Encoding="base64"),
    "base64 in pieces": lambda: letter(filled(b"a="), Content_Type="application/pdf", Content_Transfer_Encoding="base64"),
    "uuencoded": lambda: letter(filled(b"begin 644 a\n#0V%T\n`\nend\n", 2_000_000)),
    "5,000 links": lambda: html(b"<a href='https://shop.example/x'>link</a> " * 5000),
    "html of 25 MB": lambda: html(filled(b"<p>x</p>")),
    "open formatting": lambda: html(b"".join(b"<b id=%d><p>" % n for n in range(29_000))),
    "open boxes": lambda: html(b"<div>" * 59_000),
    "open quotations": lambda: html(b"<blockquote>x" * 59_000),
    "open tables": lambda: html(b"<table><td>" * 29_000),
    "text beside tables": lambda: html(b"<table><div>x</div>" * 19_000),
    "attributes": lambda: html(b"<div " + b" ".join(b"a%d=1" % n for n in range(90_000)) + b">x"),
    "entities": lambda: html(b"&" * 990_000),
    "forwarded": lambda: many(b"Content-Type: message/rfc822\r\n\r\n" + letter(b"text\n" * 50_000), 90),
    "a bounce": lambda: letter(filled(b"a@b.example <", 2_000_000), From="MAILER-DAEMON@mx.example"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_s41_no_mail_takes_long(name):
    raw = ATTACKS[name]()
    start = time.process_time()
    mail = parse(raw)
    assert time.process_time() - start < 2
    assert isinstance(mail, Mail)
    assert "unreadable" not in mail.notes


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (nested(10_000), "too_deep"),
        (many(b"\r\nx", 1200), "too_many_parts"),
        (letter(b"\0" * (50 * 1024 * 1024)), "too_large"),
        (html(b"<p>" * 70_000), "html_left_out"),
    ],
    ids=["deep", "parts", "large", "html"],
)
def test_what_is_left_out_is_said(raw, note):
    mail = parse(raw)
    assert mail.from_address == "lee@home.example"
    assert note in mail.notes
    assert mail.text


def test_s41_five_thousand_links_are_all_there():
    assert parse(ATTACKS["5,000 links"]()).html.count("<a href=") == 5000


@pytest.mark.parametrize(
    "name", ["an attachment", "noise", "a header of 200,000 lines", "base64 in pieces", "empty lines"]
)
def test_s41_no_mail_takes_much_memory(name):
    program = (
        "import django; from django.conf import settings; settings.configure(); django.setup()\n"
        "import re, sys\n"
        "from interactions.adapters.email.parse import parse\n"
        "raw = sys.stdin.buffer.read()\n"
        "mail = parse(raw)\n"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", program], input=ATTACKS[name](), capture_output=True, check=True)
    assert int(done.stdout) < 300 * 1024
