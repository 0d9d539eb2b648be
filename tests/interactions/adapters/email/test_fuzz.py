"""Any bytes are a mail: nothing raises, nothing takes long, and what stands in the header survives what happens below."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.adapters.email.automatic import recognised
from interactions.adapters.email.parse import Mail, parse
from tests.interactions.adapters.email.letters import TOP, file, letter, multipart, part

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SEEDS = [
    letter("Café\r\n\r\n> quoted\r\n-- \r\nLee"),
    multipart(part("Plain"), part("<p>Rich <img src=cid:a></p>", "text/html"), kind="alternative"),
    multipart(part("See file"), file(b"%PDF" * 30, "a.pdf"), part(letter("inner"), "message/rfc822")),
    multipart(part("failed"), part("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n", "message/delivery-status"),
              kind="report", From="MAILER-DAEMON@mx.example"),
    letter("begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n", Subject="=?utf-8?Q?caf=C3=A9?=", References="<a@x> <b@x>"),
    letter("=C3=A9 =\r\n", Content_Transfer_Encoding="quoted-printable", Content_Type="text/html; charset=koi8-r"),
    letter(b"\x78\x9f\x3e\x22\x00\x00" + b"\x02\x02\x90\x06\x00\x02\x00\x00\x00ab\x00\x00" * 3, Content_Type="application/ms-tnef"),
]  # fmt: skip
TOKENS = [
    b"\r\n", b"\n", b"\0", b"\xff", b"--edge", b"--", b"=?", b"?=", b"=?utf-8?B?", b"<", b">", b'"', b";", b":", b"@",
    b"Content-Type: multipart/mixed; boundary=edge\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"charset=utf-16",
    b"charset=utf-7", b"base64", b"\x1b$B", b"<table>", b"<b>", b"&#x0;", b"From: x@y\r\n", b"begin 644 a\r\n", b"*0*=",
]  # fmt: skip


def quick(raw: bytes) -> Mail:
    start = time.process_time()
    mail = parse(raw)
    recognised(mail)
    assert time.process_time() - start < 2
    assert "unreadable" not in mail.notes
    for text in (mail.subject, mail.text, mail.reply, mail.from_address, mail.from_name, mail.html):
        assert "\0" not in text
        text.encode()
    assert "\n" not in mail.subject + mail.from_name + mail.from_address + mail.message_id
    assert bool(mail.reply) == bool(mail.text)
    assert all(each.name and "/" not in each.name for each in mail.attachments)
    assert "<script" not in mail.html.lower()
    return mail


@QUICK
@given(st.binary(max_size=2000))
def test_any_bytes(raw):
    quick(raw)


@QUICK
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 20), st.sampled_from(TOKENS) | st.binary(max_size=8)), max_size=6
    ),
)
def test_a_damaged_mail(seed, changes):
    for place, removed, put in changes:
        place %= len(seed) + 1
        seed = seed[:place] + put + seed[place + removed :]
    quick(seed)


bodies = st.recursive(
    st.builds(
        lambda content, kind, encoding: part(content, kind, Content_Transfer_Encoding=encoding),
        st.binary(max_size=60) | st.sampled_from([b"text", b"<p>rich", b"--edge\r\n"]),
        st.sampled_from(
            [
                "text/plain",
                "text/html",
                "text/plain; charset=utf-16",
                "message/rfc822",
                "text/calendar",
                "x",
                "text/plain; format=flowed",
            ]
        ),
        st.sampled_from(["base64", "quoted-printable", "8bit", "x-uuencode", ""]),
    ),
    lambda inner: st.builds(
        lambda parts, kind, boundary: multipart(*parts, kind=kind, boundary=boundary, top=False),
        st.lists(inner, max_size=4),
        st.sampled_from(["mixed", "alternative", "related", "report", "digest", "signed"]),
        st.sampled_from(["edge", "edge2", "e", "--", "b b"]),
    ),
    max_leaves=12,
)


@QUICK
@given(bodies)
def test_whatever_is_below_the_header_is_the_same(body):
    top = "".join(f"{name}: {value}\r\n" for name, value in TOP.items()).encode()
    mail = quick(top + body)
    assert (mail.from_address, mail.subject, mail.message_id) == ("lee@home.example", TOP["Subject"], "m1@home.example")


@QUICK
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=5))
def test_attachments_come_out_as_they_went_in(contents):
    mail = quick(
        multipart(part("Hi"), *(file(each, f"{number}.bin", "application/x-a") for number, each in enumerate(contents)))
    )
    assert [each.content for each in mail.attachments] == contents
    assert mail.text == "Hi"
