"""To whom an answer goes and under which subject."""

import pytest

from interactions.adapters.email.answers import named_in, proposals
from interactions.models import Email, Message

OURS = {"help@example.com", "bills@example.com"}


def is_ours(address: str) -> bool:
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in OURS


def mail(sender="lee@example.org", *, to=("help@example.com",), cc=(), line="inbound", **more):
    given = {"subject": "Lamp", "sender_verified": True} | more
    return Email(line=Message(kind=line), from_address=sender, to=list(to), cc=list(cc), **given)


@pytest.mark.parametrize(
    ("mails", "reply", "everybody", "copies"),
    [
        ([mail()], ["lee@example.org"], ["lee@example.org"], []),
        ([mail(reply_to="desk@lee.example")], ["desk@lee.example"], ["desk@lee.example"], []),
        (
            [mail(to=("Help@Example.com", "kim@example.org"), cc=("bo@example.org", "BILLS+7@example.com"))],
            ["lee@example.org"], ["lee@example.org"], ["kim@example.org", "bo@example.org"],
        ),
        # Each once, whatever the case; who is written to needs no copy.
        (
            [mail(to=("LEE@example.org", "Kim@example.org", "kim@example.org"), cc=("kim@EXAMPLE.org",))],
            ["lee@example.org"], ["lee@example.org"], ["Kim@example.org"],
        ),
        # A stranger is not the one to answer, nor a machine.
        (
            [mail("eve@evil.example", sender_verified=False), mail("daemon@x.example", automatic="bounce"), mail()],
            ["lee@example.org"], ["lee@example.org"], [],
        ),
        ([mail("eve@evil.example", sender_verified=False)], ["eve@evil.example"], ["eve@evil.example"], []),
        # Our own last word is followed up where nobody has written yet.
        (
            [mail("help@example.com", to=("lee@example.org", "kim@example.org"), cc=("bo@example.org",), line="outbound")],
            ["lee@example.org", "kim@example.org"], ["lee@example.org", "kim@example.org"], ["bo@example.org"],
        ),
        # From ourselves to a customer by way of a form: the customer, not us.
        ([mail("help@example.com", to=("lee@example.org",))], ["lee@example.org"], ["lee@example.org"], []),
        ([mail("", to=())], [], [], []),
        ([], [], [], []),
    ],
)  # fmt: skip
def test_who_is_answered(mails, reply, everybody, copies):
    found = proposals(mails, is_ours)
    assert (found["reply"].to, found["reply"].cc) == (reply, [])
    assert (found["reply_all"].to, found["reply_all"].cc) == (everybody, copies)
    assert (found["forward"].to, found["forward"].cc) == ([], [])


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Lamp", "Re: Lamp"),
        ("RE: AW: Re[2]: Lamp", "Re: Lamp"),
        ("Fwd: SV: Lamp", "Re: Lamp"),
        ("Regarding: Lamp", "Re: Regarding: Lamp"),
        ("", ""),
    ],
)
def test_a_subject_is_prefixed_once(subject, answer):
    assert proposals([mail(subject=subject)], is_ours)["reply"].subject == answer


def test_an_acknowledgement_is_no_word_of_ours():
    told = mail("help@example.com", to=("lee@example.org",), line="outbound", kind="ack", subject="We have your mail")
    found = proposals([told, mail()], is_ours)["reply"]
    assert (found.subject, found.to) == ("Re: Lamp", ["lee@example.org"])


def test_the_latest_subject_goes_on():
    mails = [mail(subject="Undelivered", automatic="bounce"), mail(subject="Re: Two lamps"), mail(subject="Lamp")]
    found = proposals(mails, is_ours)
    assert found["reply"].subject == "Re: Two lamps"
    assert found["forward"].subject == "Fwd: Two lamps"
    assert proposals([], is_ours, "Lamp")["reply"].subject == "Re: Lamp"


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        ("lee@example.org", ["lee@example.org"]),
        ('Lee <lee@example.org>; "Park, Kim" <kim@example.org>\nbo@example.org,', ["lee@example.org", "kim@example.org", "bo@example.org"]),
        ("lee@example.org, lee@example.org", ["lee@example.org"]),
        ("lee@example.org\r\nBcc: eve@evil.example", ["lee@example.org", "eve@evil.example"]),
        ("nobody", ["nobody"]),
        (" ,; ", []),
    ],
)  # fmt: skip
def test_addresses_are_read_as_people_paste_them(typed, addresses):
    assert named_in(typed) == addresses
