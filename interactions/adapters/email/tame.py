"""HTML made well-formed, shallow and small in one pass, so that sanitising it takes bounded time.

nh3 follows the HTML standard, whose repairs of badly nested tags cost the square of their number and worse: 70 kB of
`<b id=1><p><b id=2><p>…` take it 18 s. It is handed only properly nested tags, few levels deep, with only the
attributes it would keep anyway. What is safe is decided there, not here.
"""

import re
from collections import Counter
from collections.abc import Iterable

from interactions.adapters.email import limits

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,15}(?=[\s/>])")
ATTRIBUTE = re.compile(r"[\s/]*+([^\s/>=\"'][^\s/>=]*+)(?:\s*+=\s*+([\"']?))?")
BARE_VALUE = re.compile(r"[^\s>]*+")
RAW = {
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "noembed",
    "noframes",
    "iframe",
    "noscript",
    "template",
    "svg",
    "math",
}
VOID = {"br", "img", "hr", "wbr"}
KEPT = {
    "a", "b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "del", "ins", "code", "pre", "span", "font", "div",
    "p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
    "tbody", "tfoot", "tr", "td", "th", "caption", "center", "section", "article", "header", "footer", "address", "tt",
    "strike", "q", "cite", "big", *VOID,
}  # fmt: skip
BLOCKS = {
    "div", "p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr",
    "td", "th", "pre", "center", "section", "article", "header", "footer", "address", "thead", "tbody", "caption", "hr",
}  # fmt: skip
TABLE = {"table", "thead", "tbody", "tfoot", "tr"}
# A start tag ends what stands before it, up to the tags named second.
ENDS: dict[str, tuple[set[str], set[str]]] = {
    "li": ({"li"}, {"ul", "ol", "td", "th"}),
    "dt": ({"dt", "dd"}, {"dl", "td", "th"}),
    "dd": ({"dt", "dd"}, {"dl", "td", "th"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr", "caption"}, {"table"}),
    "thead": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
    "tbody": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
    "tfoot": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
    "a": ({"a"}, {"td", "th", "table"}),
}
ENDS |= {name: ({"p"}, {"td", "th", "table"}) for name in BLOCKS - TABLE - {"td", "th", "li", "dt", "dd"} | {"table"}}
ATTRIBUTES = {"href", "src", "alt", "title", "style", "dir", "lang", "width", "height", "align", "valign", "color",
              "bgcolor", "colspan", "rowspan", "border", "cellpadding", "cellspacing", "start", "type"}  # fmt: skip
QUOTES = re.compile(
    r"\b(?:gmail_quote|gmail_extra|yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote|moz-cite-prefix"
    r"|divRplyFwdMsg|appendonsend|reply-intro|OutlookMessageHeader|ms-outlook-mobile-reference-message)\b"
)


def too_large(pieces: Iterable[str]) -> bool:
    """Whether a mail's formatted texts are together more than is worth the time."""
    sizes = [(len(each), each.count("<"), each.count("&")) for each in pieces]
    allowed = (limits.HTML_CHARS, limits.HTML_TAGS, limits.HTML_ENTITIES)
    return any(sum(size) > most for size, most in zip(zip(*sizes, strict=True), allowed, strict=False))


def tamed(html: str) -> str:
    """The same to look at. Where another mail begins, `<hr class="quoted">` says so."""
    return _Tamer(html).run()


class _Tamer:
    def __init__(self, html: str) -> None:
        self.html = html
        self.out: list[str] = []
        self.open: list[str] = []
        self.skipped: Counter[str] = Counter()

    def run(self) -> str:
        place = 0
        while (start := self.html.find("<", place)) >= 0:
            self.out.append(self.html[place:start])
            place = self._markup(start)
        self.out.append(self.html[place:])
        self._close(len(self.open))
        return "".join(self.out)

    def _markup(self, start: int) -> int:
        """Handles what begins at a `<`; returns where to go on."""
        html, following = self.html, self.html[start + 1 : start + 2]
        if html.startswith("<!--", start):
            if html.startswith(("<!-->", "<!--->"), start):
                return html.index(">", start) + 1
            return _after(html, "-->", start + 4)
        if following in ("!", "?"):
            return _after(html, ">", start)
        closing = following == "/"
        name = NAME.match(html, start + 1 + closing)
        if name is None:
            if following == "/" or following.isalpha():
                return _after(html, ">", start)
            self.out.append("&lt;")
            return start + 1
        tag = name[0].lower()
        if closing:
            self._end(tag)
            return _after(html, ">", start)
        place, attributes = self._attributes(name.end())
        if place < 0:
            return len(html)  # a tag that is never closed swallows the rest, as in browsers
        if tag in RAW:
            end = re.compile(rf"</{tag}[\s/>]", re.I).search(html, place)
            return _after(html, ">", end.start()) if end else len(html)
        self._start(tag, attributes)
        return place

    def _attributes(self, place: int) -> tuple[int, dict[str, str]]:
        html = self.html
        found: dict[str, str] = {}
        while match := ATTRIBUTE.match(html, place):
            name, place = match[1].lower(), match.end()
            value = ""
            if quote := match[2]:
                end = html.find(quote, place)
                if end < 0:
                    return -1, found
                value, place = html[place:end], end + 1
            elif match[2] is not None:
                bare = BARE_VALUE.match(html, place)
                value, place = (bare[0], bare.end()) if bare else ("", place)
            if name in ATTRIBUTES or name in ("class", "id"):
                found.setdefault(name, value)
        end = html.find(">", place)
        return (end + 1 if end >= 0 else -1), found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if QUOTES.search(f"{attributes.pop('class', '')} {attributes.pop('id', '')}"):
            self.out.append('<hr class="quoted">')
        if tag not in KEPT:
            return
        if tag in ENDS:
            self._end_before(*ENDS[tag])
        # Text formatting with attributes is made anew in every paragraph by the standard's repairs.
        tag = "span" if tag in ("font", "big") else tag
        if tag in VOID:
            self.out.append(_written(tag, attributes))
        elif len(self.open) >= limits.HTML_DEPTH:
            self.skipped[tag] += 1
            self.out.append("<br>" if tag in BLOCKS else "")
        else:
            self.open.append(tag)
            self.out.append(_written(tag, attributes))

    def _end(self, tag: str) -> None:
        tag = "span" if tag in ("font", "big") else tag
        if self.skipped[tag]:
            self.skipped[tag] -= 1
        elif tag in self.open:
            from_top = self.open[::-1].index(tag)
            # A stray end tag inside a cell does not end the table around it.
            inside = self.open[len(self.open) - from_top :]
            if tag in TABLE or not any(each in ("td", "th", "table") for each in inside):
                self._close(from_top + 1)
        elif tag == "p" or tag == "br":
            self.out.append("<br>")

    def _end_before(self, ended: set[str], until: set[str]) -> None:
        for depth, tag in enumerate(reversed(self.open)):
            if tag in ended:
                self._close(depth + 1)
                return
            if tag in until:
                return

    def _close(self, count: int) -> None:
        for _ in range(count):
            self.out.append(f"</{self.open.pop()}>")


def _after(html: str, mark: str, place: int) -> int:
    found = html.find(mark, place)
    return found + len(mark) if found >= 0 else len(html)


def _written(tag: str, attributes: dict[str, str]) -> str:
    given = "".join(f' {name}="{_escaped(value)}"' for name, value in attributes.items())
    return f"<{tag}{given}>"


def _escaped(value: str) -> str:
    return value.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
