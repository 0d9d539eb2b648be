import hashlib
from datetime import UTC, datetime

import pytest

from interactions.adapters.email.parse import parse
from tests.interactions.adapters.email.letters import file, letter, multipart, part


def test_a_plain_mail_is_read():
    mail = parse(letter("Where is it?\r\n\r\nLee\r\n", In_Reply_To="<q@shop.example>", Cc="Kim <kim@home.example>"))
    assert (mail.from_address, mail.from_name) == ("lee@home.example", "Lee Park")
    assert (mail.to, mail.cc) == (["help@shop.example"], ["kim@home.example"])
    assert (mail.message_id, mail.in_reply_to) == ("m1@home.example", "q@shop.example")
    assert mail.date == datetime(2024, 1, 5, 9, 0, tzinfo=UTC)
    assert mail.text == mail.reply == "Where is it?\n\nLee"
    assert (mail.html, mail.attachments, mail.notes) == ("", [], [])


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?B?8J+TpiBNaWpuIHBha2tldA==?=", "📦 Mijn pakket"),
        (b"=?utf-8?Q?caf=C3?=\r\n =?utf-8?Q?=A9?=", "café"),
        (b"=?ISO-8859-1?Q?caf=E9?= and =?ISO-8859-1?Q?th=E9?=", "café and thé"),
        (b"=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("مرحبا بالعالم".encode(), "مرحبا بالعالم"),
        (b"=?utf-8?Q?a_b?=c", "a bc"),
        (b"=?utf-8?Q?What??=", "What?"),
        (b"=?utf-8?B?Y2Fmw6k?=", "café"),
        (b"=?no-such-charset?Q?hello?=", "hello"),
        (b"=?utf-8?X?hello?=", "=?utf-8?X?hello?="),
        (b"caf\xe9", "café"),
        (b"a\x00b\x1bc\xe2\x80\xaed", "abcd"),
        (b"a\r\n\tb\r\n c", "a b c"),
        (b"{{ 7|add:7 }} {% debug %}", "{{ 7|add:7 }} {% debug %}"),
        (b"", ""),
    ],
)
def test_subjects_are_decoded(written, subject):
    assert parse(letter(head=b"Subject: " + written + b"\r\n", Subject=None)).subject == subject


def test_words_in_a_header_without_a_charset_have_that_of_the_body():
    raw = letter("Привет".encode("koi8-r"), b"Subject: " + "Посылка".encode("koi8-r") + b"\r\n", Subject=None,
                 Content_Type="text/plain; charset=koi8-r")  # fmt: skip
    assert (parse(raw).subject, parse(raw).text) == ("Посылка", "Привет")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        ("text/plain; charset=iso-8859-1", b"\x80 5", "€ 5"),
        ("text/plain; charset=iso-8859-1", "café € 5".encode(), "café € 5"),
        ("text/plain; charset=us-ascii", "café".encode(), "café"),
        ("text/plain; charset=utf-8", b"caf\xe9 cr\xe8me", "café crème"),
        ("text/plain; charset=gb2312", "你好，朕囍".encode("gb18030"), "你好，朕囍"),
        ("text/plain; charset=big5", "你好".encode("big5"), "你好"),
        ("text/plain; charset=shift_jis", "①こんにちは".encode("cp932"), "①こんにちは"),
        ("text/plain; charset=iso-2022-jp", "こんにちは①".encode("iso2022_jp_ext", "ignore"), "こんにちは"),
        ("text/plain", "こんにちは".encode("iso2022_jp"), "こんにちは"),
        ("text/plain; charset=iso-2022-jp", b"\x1b$B-j-!\x1b(B shop", "㈱① shop"),
        ("text/plain; charset=windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("text/plain; charset=ks_c_5601-1987", "안녕하세요 똠".encode("cp949"), "안녕하세요 똠"),
        ("text/plain; charset=utf-7", b"Hi Mom +Jjo--!", "Hi Mom ☺-!"),
        ("text/plain; charset=unicode-1-1-utf-7", b"caf+AOk-", "café"),
        ("text/plain; charset=utf-16", "hello".encode("utf-16"), "hello"),
        ("text/plain; charset=windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("text/plain; charset=koi8-u", "Привіт".encode("koi8-u"), "Привіт"),
        ("text/plain; charset=iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
        ("text/plain; charset=no-such-thing", "café".encode(), "café"),
        ("text/plain; charset=base64", "café".encode(), "café"),
        ('text/plain; charset="utf-8', "café".encode(), "café"),
        ("text/plain; charset=3Dutf-8", "café".encode(), "café"),
        ("text/plain", "Где моя посылка? Я жду её уже две недели, помогите пожалуйста.".encode("cp1251"),
         "Где моя посылка? Я жду её уже две недели, помогите пожалуйста."),
        ("text/html", b'<meta charset="windows-1251"><p>' + "Привет".encode("cp1251"), "Привет"),
        ("text", b"hello", "hello"),
        (";;;", b"hello", "hello"),
    ],
)  # fmt: skip
def test_every_charset_is_read_by_its_label_or_in_spite_of_it(kind, body, text):
    assert parse(letter(body, Content_Type=kind)).text == text


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", b"Y2Fmw6k=", "café"),
        ("base64", b"Y2Fmw6k", "café"),
        ("BASE64 ", b"Y2Fm\r\nw6k=\r\n", "café"),
        ("base64", b"Y2Fmw6kgY2Fm!w6kgY2Fmw6k=", "café café café"),
        ("base64", b"Y2Fmw6k=Y2Fmw6k=", "cafécafé"),
        ("base64", b"Just text, not base64!", "Just text, not base64!"),
        ("base64", b"Nor is this a text in base64", "Nor is this a text in base64"),
        (
            "base64",
            b"SGVsbG8gdGhlcmUsIGFuZCB3ZWxjb21lIHRvIHRoZSBzaG9wIG9m IGxhbXBz",
            "Hello there, and welcome to the shop of lamps",
        ),
        ("base64", b"Y2Fmw6kh\r\nIQ==\r\n_____\r\nAll mailing list\r\n", "café!!\n_____\nAll mailing list"),
        ("quoted-printable", b"caf=C3=A9 =\r\nau lait=", "café au lait"),
        ("quoted-printable", b"caf=c3=a9 = 5 =ZZ", "café = 5 =ZZ"),
        ("Quoted-Printable", b"a=20\r\nb", "a \nb"),
        ("8bit", "café".encode(), "café"),
        ("8-bits", "café".encode(), "café"),
        ("x-unknown", "café".encode(), "café"),
    ],
)
def test_transfer_encodings_are_undone_however_damaged(encoding, body, text):
    assert parse(letter(body, Content_Transfer_Encoding=encoding, Content_Type="text/plain")).text == text


def test_a_forgotten_transfer_encoding_is_seen():
    quoted = "caf=C3=A9 =\r\ncr=C3=A8me"
    assert parse(letter(quoted, Content_Type="text/plain; charset=utf-8")).text == "café crème"
    assert parse(letter("a = b, 3D = C3, x=20", Content_Type="text/plain")).text == "a = b, 3D = C3, x=20"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"\r\n\r\nhello", "hello"),
        (b"hello", "hello"),
        (b"From: lee@home.example\r\nhello\r\nworld", "hello\nworld"),
        (b"From: lee@home.example\rSubject: x\r\rhello\rworld", "hello\nworld"),
        (b"\xef\xbb\xbfFrom: lee@home.example\n\nhello", "hello"),
        (b"From x@y Fri Jan  5 10:00:00 2024\nFrom: lee@home.example\n\nhello", "hello"),
        (b"\n\nFrom: lee@home.example\n\nhello", "hello"),
        (b"From: lee@home.example\nX: \xff\xfe\n\nhello", "hello"),
    ],
)
def test_broken_heads_do_not_hide_the_text(raw, text):
    mail = parse(raw)
    assert mail.text == text
    assert mail.from_address == ("lee@home.example" if b"lee@" in raw else "")


@pytest.mark.parametrize(
    "header",
    [
        b"Date: yesterday",
        b"Date: Fri, 99 Foo 99999999999999999999 99:99:99 +99999999",
        b"Message-ID: <[ab@c>",
        b"To: =?utf-8?q?=00?=",
        b"To: \"unclosed <a@b",
        b"Content-Type: text/plain; charset*=''%%%; x*0*=\xff; x*99999999999999999=1",
        b"Content-Type: =?utf-8?q?text/plain?=",
        b"Content-Disposition: attachment; filename*=nothing'",
        b"Content-Transfer-Encoding: \xff\xff",
        b"References: <<<>>> < > >",
        b"From: =?",
    ],
)  # fmt: skip
def test_one_odd_header_does_not_lose_the_others(header):
    mail = parse(letter(head=header + b"\r\n", Cc="kim@home.example"))
    assert mail.subject == "Where is my parcel?"
    assert mail.cc == ["kim@home.example"]
    assert mail.from_address == "lee@home.example"


def test_references_keep_their_order_and_nothing_but_ids():
    mail = parse(letter(References="<a@x> (note) <b@x>\r\n <a@x>,<c d@x>", In_Reply_To="Your mail of today <b@x>"))
    assert mail.references == ["a@x", "b@x", "cd@x"]
    assert mail.in_reply_to == "b@x"
    assert parse(letter(In_Reply_To="b@x")).in_reply_to == "b@x"


def test_the_sender_is_looked_for_where_from_is_missing():
    assert parse(letter(From=None, Return_Path="<lee@home.example>")).from_address == "lee@home.example"
    assert "no_sender" in parse(letter(From=None)).notes
    assert parse(letter(From="Lee Park")).from_name == "Lee Park"


def test_text_and_html_as_alternatives_are_one_text():
    mail = parse(multipart(part("Plain"), part("<p>Rich <b>text</b></p>", "text/html"), kind="alternative"))
    assert (mail.text, mail.html) == ("Plain", "<p>Rich <b>text</b></p>")


def test_html_alone_is_also_read_as_text():
    html = "<div>Hello<br>there</div><ul><li>one</li><li>two</li></ul><blockquote>old</blockquote>"
    mail = parse(letter(html, Content_Type="text/html"))
    assert mail.text == "Hello\nthere\n\n- one\n- two\n\n> old"
    assert mail.reply == "Hello\nthere\n\n- one\n- two"


def test_an_empty_plain_alternative_gives_way_to_the_html():
    mail = parse(multipart(part(" \r\n"), part("<p>Rich</p>", "text/html"), kind="alternative"))
    assert mail.text == "Rich"


def test_pictures_between_texts_leave_all_texts_readable():
    picture = file(b"\x89PNG", "a.png", "image/png", Content_Disposition="inline; filename=a.png")
    mail = parse(multipart(part("Before"), picture, part("After")))
    assert mail.text == "Before\n\nAfter"
    assert [each.name for each in mail.attachments] == ["a.png"]


def test_apple_mail_with_html_around_a_file():
    inner = multipart(part("<p>One</p>", "text/html"), file(b"%PDF", "a.pdf"), part("<p>Two</p>", "text/html"),
                      boundary="inner", top=False)  # fmt: skip
    mail = parse(multipart(part("One Two"), inner, kind="alternative"))
    assert mail.text == "One Two"
    assert "One" in mail.html
    assert "Two" in mail.html
    assert [each.name for each in mail.attachments] == ["a.pdf"]


def test_inline_images_are_kept_and_still_referred_to():
    related = multipart(part('<img src="cid:logo@x" alt="Logo">', "text/html"),
                        file(b"GIF89a", "logo.gif", "image/gif", Content_ID="<logo@x>", Content_Disposition="inline"),
                        kind="related", boundary="rel", top=False)  # fmt: skip
    mail = parse(multipart(related))
    assert 'src="cid:logo@x"' in mail.html
    [picture] = mail.attachments
    assert (picture.cid, picture.inline, picture.type, picture.size) == ("logo@x", True, "image/gif", 6)


def test_an_attachment_is_the_bytes_that_were_sent():
    content = bytes(range(256)) * 40
    [attachment] = parse(multipart(part("See file"), file(content, "a.bin", "application/x-foo"))).attachments
    assert attachment.content == content
    assert (attachment.size, attachment.md5) == (10240, hashlib.md5(content).hexdigest())


def test_a_text_file_is_a_file_beside_a_body_and_the_body_without_one():
    note = part("notes", 'text/plain; name="notes.txt"')
    assert [each.name for each in parse(multipart(part("Hi"), note)).attachments] == ["notes.txt"]
    assert parse(multipart(note)).text == "notes"


def test_a_forwarded_mail_is_a_file_and_can_be_read():
    inner = letter("Your card is blocked", From="Bank <bank@bank.example>", Subject="Card")
    mail = parse(multipart(part("Is this real?"), part(inner, "message/rfc822")))
    assert (mail.text, mail.attachments[0].name, mail.attachments[0].content) == ("Is this real?", "Card.eml", inner)
    assert [(each.sender, each.subject, each.text) for each in mail.forwarded] == [
        ("Bank <bank@bank.example>", "Card", "Your card is blocked")
    ]
    alone = parse(multipart(part(inner, "message/rfc822")))
    assert "Your card is blocked" in alone.text


def test_a_calendar_invitation_is_a_file_and_says_what_and_when():
    calendar = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Repair\\, at h\r\n ome\r\n"
        "DTSTART;TZID=Europe/Amsterdam:20240105T100000\r\nLOCATION:Dam 1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail = parse(letter(calendar, Content_Type="text/calendar; method=REQUEST; charset=utf-8"))
    assert mail.text == "Repair, at home\n2024-01-05 10:00\nDam 1"
    assert [each.name for each in mail.attachments] == ["attachment-1.ics"]


def test_uuencoded_files_in_a_text_are_taken_out():
    body = "See below\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n\r\nBye\r\n"
    mail = parse(letter(body))
    assert mail.text == "See below\n\n\nBye"
    assert [(each.name, each.content) for each in mail.attachments] == [("cat.txt", b"Cat")]
    assert parse(letter("begin 2024 we moved\r\nend")).text == "begin 2024 we moved\nend"


def test_flowed_lines_are_joined_again():
    body = "This is one \r\nlong line.\r\n\r\n> quoted \r\n> too\r\n-- \r\nLee\r\n"
    mail = parse(letter(body, Content_Type="text/plain; format=flowed"))
    assert mail.text.startswith("This is one long line.\n\n> quoted too\n-- \nLee")
    assert mail.reply == "This is one long line."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (letter("--edge\r\n\r\none\r\n--edge\r\n\r\ntwo", Content_Type="multipart/mixed; boundary=edge"), "one\n\ntwo"),
        (letter("--edge\r\nContent-Type: text/plain\r\n\r\none\r\n--edge--", Content_Type="multipart/mixed"), "one"),
        (letter("--edge\r\nContent-Type: text/plain\r\n\r\none\r\n--edge--",
                Content_Type="multipart/mixed; boundary=other"), "one"),
        (letter("no parts at all", Content_Type="multipart/mixed; boundary=edge"), "no parts at all"),
        (letter("--edge--\r\n", Content_Type="multipart/mixed; boundary=edge"), ""),
        (letter("Read on\r\n--edge--\r\n", Content_Type="multipart/mixed; boundary=edge"), "Read on"),
        (letter("--a\r\n\r\none\r\n--ab\r\nnot a boundary\r\n--a--", Content_Type="multipart/mixed; boundary=a"),
         "one\n--ab\nnot a boundary"),
    ],
)  # fmt: skip
def test_broken_multiparts_show_what_is_there(raw, text):
    assert parse(raw).text == text


def test_encrypted_mail_says_so():
    mail = parse(letter("MIAGCSqGSIb3", Content_Type='application/pkcs7-mime; name="smime.p7m"'))
    assert "encrypted" in mail.notes
    assert [each.name for each in mail.attachments] == ["smime.p7m"]
