import pytest

from interactions.adapters.email.automatic import Kind, recognised
from interactions.adapters.email.parse import parse
from tests.interactions.adapters.email.letters import letter, multipart, part


def kind(raw: bytes) -> Kind:
    return recognised(parse(raw), {"help@shop.example"}).kind


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Kind.PERSON),
        ({"Auto_Submitted": "no"}, Kind.PERSON),
        ({"Auto_Submitted": "auto-replied"}, Kind.AUTO_REPLY),
        ({"Auto_Submitted": "auto-generated (rejected)"}, Kind.AUTO_REPLY),
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, Kind.AUTO_REPLY),
        ({"X_Auto_Response_Suppress": "All"}, Kind.AUTO_REPLY),
        ({"X_Auto_Response_Suppress": "NRN"}, Kind.PERSON),
        ({"X_Autoreply": "yes"}, Kind.AUTO_REPLY),
        ({"X_Autorespond": "Away"}, Kind.AUTO_REPLY),
        ({"Precedence": "auto_reply"}, Kind.AUTO_REPLY),
        ({"Precedence": "junk"}, Kind.AUTO_REPLY),
        ({"Precedence": "bulk"}, Kind.LIST),
        ({"X_Precedence": "list"}, Kind.LIST),
        ({"Precedence": "normal"}, Kind.PERSON),
        ({"List_Id": "News <news.shop.example>"}, Kind.LIST),
        ({"List_Unsubscribe": "<https://news.example/u>"}, Kind.LIST),
        ({"Return_Path": "<>"}, Kind.AUTO_REPLY),
        ({"Return_Path": "<lee@home.example>"}, Kind.PERSON),
        ({"Delivered_To": "autoresponder-lee@home.example"}, Kind.AUTO_REPLY),
        ({"X_Loop": "lee@home.example"}, Kind.AUTO_REPLY),
        ({"X_Failed_Recipients": "gone@away.example"}, Kind.BOUNCE),
        ({"From": "Shop <help@shop.example>"}, Kind.OWN),
        ({"X_Contactcenter": "a1"}, Kind.OWN),
        ({"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "Subject": "Undeliverable: x"}, Kind.BOUNCE),
        ({"From": "postmaster@mx.example", "Subject": "Hello"}, Kind.AUTO_REPLY),
        ({"Subject": "Automatic reply: Where is my parcel?"}, Kind.AUTO_REPLY),
        ({"Subject": "Out of Office Re: Parcel"}, Kind.AUTO_REPLY),
        ({"Subject": "Abwesenheitsnotiz: Paket"}, Kind.AUTO_REPLY),
        ({"Subject": "Automatische Antwort: Paket"}, Kind.AUTO_REPLY),
        ({"Subject": "Automatisch antwoord: Pakket"}, Kind.AUTO_REPLY),
        ({"Subject": "Réponse automatique : Colis"}, Kind.AUTO_REPLY),
        ({"Subject": "Respuesta automática: Paquete"}, Kind.AUTO_REPLY),
        ({"Subject": "My automatic door is broken"}, Kind.PERSON),
        ({"Subject": "Re: Undelivered Mail Returned to Sender"}, Kind.PERSON),
        ({"Subject": "Fwd: Delivery Status Notification (Failure)"}, Kind.PERSON),
        ({"Subject": "My parcel was not delivered"}, Kind.PERSON),
    ],
)
def test_who_wrote_a_mail(headers, expected):
    assert kind(letter(**headers)) == expected


def test_the_reason_is_the_header_as_it_stands():
    assert recognised(parse(letter(Auto_Submitted="auto-replied"))).why == "Auto-Submitted: auto-replied"


def status(fields: str, returned: bytes = b"Message-ID: <ours@shop.example>\r\nSubject: Hi\r\n") -> bytes:
    return multipart(
        part("Your mail could not be delivered."), part(fields, "message/delivery-status"),
        part(returned, "text/rfc822-headers"), kind="report; report-type=delivery-status", From="MAILER-DAEMON@mx.example",
        Subject="Undelivered Mail Returned to Sender",
    )  # fmt: skip


FAILED = (
    "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@away.example\r\nAction: failed\r\n"
    "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such\r\n user\r\n"
)


def test_a_delivery_status_says_who_why_and_which_mail():
    mail = parse(status(FAILED))
    assert mail.report is not None
    assert (mail.report.recipients, mail.report.permanent) == (("gone@away.example",), True)
    assert mail.report.why == "550 5.1.1 No such user"
    assert mail.report.message_id == "ours@shop.example"
    assert recognised(mail).kind == Kind.BOUNCE
    assert mail.text == "Your mail could not be delivered."


def test_a_delay_is_not_for_good():
    mail = parse(status(FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1")))
    assert mail.report is not None
    assert (mail.report.recipients, mail.report.permanent) == (("gone@away.example",), False)


def test_a_delivery_is_no_failure():
    mail = parse(status(FAILED.replace("failed", "delivered").replace("5.1.1", "2.0.0")))
    assert mail.report is not None
    assert mail.report.recipients == ()
    assert recognised(mail).kind == Kind.AUTO_REPLY


def test_the_original_receiver_counts_more_than_where_it_was_forwarded_to():
    mail = parse(
        status("X: y\r\n\r\nOriginal-Recipient: rfc822; lee@home.example\r\n" + FAILED.partition("\r\n\r\n")[2])
    )
    assert mail.report is not None
    assert mail.report.recipients == ("lee@home.example",)


def test_a_bounce_of_an_odd_server_is_seen_by_its_words():
    body = (
        "Hi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\r\n\r\n<gone@away.example>:\r\nUser unknown\r\n\r\n--- Below this line is a copy of the "
        "message.\r\n\r\nMessage-ID: <ours@shop.example>\r\n"
    )
    mail = parse(letter(body, From="MAILER-DAEMON@mx.example", Subject="failure notice"))
    assert mail.report is not None
    assert mail.report.recipients == ("gone@away.example",)
    assert mail.report.message_id == "ours@shop.example"


def test_a_customer_who_asks_about_a_bounce_is_a_person():
    body = "What does this mean?\r\n\r\n> <gone@away.example>: host mx.example said: 550 User unknown\r\n"
    assert kind(letter(body, Subject="Fwd: Undelivered Mail Returned to Sender")) == Kind.PERSON


def test_a_read_receipt_is_no_bounce():
    raw = multipart(part("Your message was read."), part("Disposition: manual-action; displayed\r\n",
                    "message/disposition-notification"), kind="report; report-type=disposition-notification")  # fmt: skip
    assert kind(raw) == Kind.AUTO_REPLY
