import struct

import pytest

from interactions.adapters.email.attachments import clean_name
from interactions.adapters.email.parse import parse
from tests.interactions.adapters.email.letters import file, letter, multipart, part


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("Ünïcode 😀.pdf", "Ünïcode 😀.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("\u200b.htaccess", "htaccess"),
        (".htaccess", "htaccess"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a.txt. . ", "a.txt"),
        ("a\x00b\r\x1f.txt", "ab.txt"),
        ('a<b>"c".txt', "a_b__c_.txt"),
        ("..", "attachment-3.pdf"),
        ("", "attachment-3.pdf"),
        ("/", "attachment-3.pdf"),
        ("x.html.pdf", "x.html.pdf"),
    ],
)
def test_s27_a_file_name_misleads_nobody(given, name):
    assert clean_name(given, "application/pdf", 3) == name


def test_a_long_name_keeps_its_extension():
    name = clean_name("é" * 400 + ".pdf", "application/pdf", 1)
    assert len(name.encode()) <= 200
    assert name.endswith(".pdf")


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Content_Disposition": 'attachment; filename="a b.pdf"'}, "a b.pdf"),
        ({"Content_Disposition": "attachment; filename=a b.pdf"}, "a b.pdf"),
        ({"Content_Disposition": "attachment; filename*=utf-8''caf%C3%A9.pdf"}, "café.pdf"),
        ({"Content_Disposition": "attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9.pdf"}, "café.pdf"),
        ({"Content_Disposition": 'attachment; filename="=?utf-8?Q?caf=C3=A9.pdf?="'}, "café.pdf"),
        ({"Content_Disposition": "attachment; filename==?utf-8?B?Y2Fmw6kucGRm?="}, "café.pdf"),
        ({"Content_Disposition": 'attachment; filename="café.pdf"'}, "café.pdf"),
        ({"Content_Disposition": 'attachment; filename="a;b.pdf"'}, "a;b.pdf"),
        ({"Content_Disposition": "attachment"}, "attachment-1.pdf"),
        ({"Content_Disposition": 'attachment filename="a.pdf"'}, "a.pdf"),
        ({"Content_Disposition": "attachment; filename*=iso-8859-1'en'%A3.pdf; filename=pound.pdf"}, "£.pdf"),
    ],
)
def test_file_names_in_any_of_their_encodings(headers, name):
    [attachment] = parse(multipart(part("Hi"), file(b"%PDF", "x", **headers))).attachments
    assert attachment.name == name


def tnef_object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*objects: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x00\x00" + b"".join(objects)


RENDERING = tnef_object(2, 0x9002, 6, b"\0" * 14)


def test_winmail_dat_is_unpacked():
    data = winmail(
        tnef_object(1, 0x9007, 6, struct.pack("<II", 1252, 0)),
        tnef_object(1, 0x800C, 2, b"From Outlook\0"),
        RENDERING,
        tnef_object(2, 0x8010, 1, b"report.pdf\0"),
        tnef_object(2, 0x800F, 6, b"%PDF-1.4"),
    )
    mail = parse(multipart(part(""), file(data, "winmail.dat", "application/ms-tnef")))
    assert [(each.name, each.type, each.content) for each in mail.attachments] == [
        ("report.pdf", "application/pdf", b"%PDF-1.4")
    ]
    assert mail.text == "From Outlook"


@pytest.mark.parametrize(
    "data",
    [
        b"not TNEF at all",
        winmail(b"\xff" * 40),
        # Four billion receivers, and four billion values of one property, in a few bytes.
        winmail(tnef_object(1, 0x9004, 6, struct.pack("<I", 2**32 - 1))),
        winmail(RENDERING, tnef_object(2, 0x9005, 6, struct.pack("<I", 2**32 - 1))),
        winmail(RENDERING, tnef_object(2, 0x9005, 6, struct.pack("<IHHI", 1, 0x1003, 0x3001, 2**32 - 1))),
    ],
)
def test_a_bad_winmail_dat_costs_nothing_and_is_not_lost(data):
    mail = parse(multipart(part("Hi"), file(data, "winmail.dat", "application/ms-tnef")))
    assert mail.text == "Hi"
    if not mail.attachments:
        assert data.startswith(b"\x78\x9f")
    elif "bad_winmail" in mail.notes:
        assert mail.attachments[0].content == data


def test_a_mail_that_is_only_a_file():
    mail = parse(letter(b"%PDF", Content_Type='application/pdf; name="a.pdf"'))
    assert (mail.text, [each.name for each in mail.attachments]) == ("", ["a.pdf"])
