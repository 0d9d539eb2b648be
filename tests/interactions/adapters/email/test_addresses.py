import pytest

from interactions.adapters.email import limits
from interactions.adapters.email.addresses import Address, addresses_of
from interactions.adapters.email.charsets import Charsets


def read(value: str | bytes) -> list[tuple[str, str]]:
    raw = value.encode() if isinstance(value, str) else value
    return [(each.address, each.name) for each in addresses_of(raw, Charsets())]


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("lee@home.example", "lee@home.example", ""),
        ("<lee@home.example>", "lee@home.example", ""),
        ("Lee [mailto:lee@home.example]", "lee@home.example", "Lee"),
        ('"Lee \\"The Lamp\\" Park" <lee@home.example>', "lee@home.example", 'Lee "The Lamp" Park'),
        ('"Lee <lee@home.example>" <lee@home.example>', "lee@home.example", "Lee <lee@home.example>"),
        ("Lee Park <lee@home.example>", "lee@home.example", "Lee Park"),
        ('"Park, Lee" <lee@home.example>', "lee@home.example", "Park, Lee"),
        ("Park, Lee <lee@home.example>", "lee@home.example", "Park, Lee"),
        ('"Lee \\"the\\" Park" <lee@home.example>', "lee@home.example", 'Lee "the" Park'),
        ("'Lee Park' <lee@home.example>", "lee@home.example", "Lee Park"),
        ("lee@home.example (Lee Park)", "lee@home.example", "Lee Park"),
        ("(a comment) Lee <lee@home.example>", "lee@home.example", "(a comment) Lee"),
        ("=?utf-8?Q?L=C3=A9e?= <lee@home.example>", "lee@home.example", "Lée"),
        ("=?utf-8?Q?Park=2C_Lee?= <lee@home.example>", "lee@home.example", "Park, Lee"),
        ("=?utf-8?Q?Park,_Lee?= <lee@home.example>", "lee@home.example", "Park, Lee"),
        ('"=?utf-8?Q?L=C3=A9e?=" <lee@home.example>', "lee@home.example", "Lée"),
        ("=?utf-8?Q?L=C3?= =?utf-8?Q?=A9e?= <lee@home.example>", "lee@home.example", "Lée"),
        ("Lée <lee@home.example>", "lee@home.example", "Lée"),
        ("lee@home.example <lee@home.example>", "lee@home.example", ""),
        ('"lee@work.example" <lee@home.example>', "lee@home.example", "lee@work.example"),
        ("lee@work.example <lee@home.example>", "lee@home.example", "lee@work.example"),
        ("Lee<lee@home.example>", "lee@home.example", "Lee"),
        ("Lee <lee@home.example", "lee@home.example", "Lee"),
        ("Lee <<lee@home.example>>", "lee@home.example", "Lee"),
        ("Lee < lee@home.example >", "lee@home.example", "Lee"),
        ("Lee [lee@home.example]", "lee@home.example", "Lee"),
        ("Lee <mailto:lee@home.example>", "lee@home.example", "Lee"),
        ("[SMTP:lee@home.example]", "lee@home.example", ""),
        ("<@relay.example,@b.example:lee@home.example>", "lee@home.example", ""),
        ('"lee park"@home.example', '"lee park"@home.example', ""),
        ("lee.o'neil+tag@home.example", "lee.o'neil+tag@home.example", ""),
        ("Lee@HOME.Example", "Lee@home.example", ""),
        ("lee@home.example.", "lee@home.example", ""),
        ("用户@例子.广告", "用户@例子.广告", ""),
        ("lee@[192.0.2.1]", "lee@[192.0.2.1]", ""),
        ("Lee\x00 Park\u202e <lee@home.example>", "lee@home.example", "Lee Park"),
        ("<script>alert(1)</script> <lee@home.example>", "lee@home.example", "script>alert(1)</script"),
    ],
)
def test_an_address_in_any_form(value, address, name):
    assert read(value) == [(address, name)]


def test_several_addresses_groups_and_semicolons():
    value = 'A: "B, C" <b@x.example>, d@x.example;, e@x.example; Kim <kim@x.example>, undisclosed-recipients:;'
    assert read(value) == [
        ("b@x.example", "B, C"), ("d@x.example", ""), ("e@x.example", ""), ("kim@x.example", "Kim"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["", "undisclosed-recipients:;", "Lee Park", "<>", '"', "((((", ",,,;;;", "<<<<"])
def test_what_holds_no_address_gives_none(value):
    assert [address for address, _name in read(value) if "@" in address] == []


def test_one_mail_brings_a_bounded_number_of_addresses():
    many = ", ".join(f"a{number}@x.example" for number in range(3000))
    assert len(read(many)) == limits.ADDRESSES


@pytest.mark.parametrize(
    ("address", "valid"),
    [("lee@home.example", True), ("lee", False), ("@home.example", False), ("lee@", False), ("a@b@c d", False)],
)
def test_whether_an_address_could_be_written_to(address, valid):
    assert Address(address).valid is valid
