"""The text of sanitised HTML, as a person would have typed it: quotations behind `>`, one line for each line seen."""

import re
from html.parser import HTMLParser

from interactions.adapters.email.tame import BLOCKS

APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote"}


def text_of(html: str) -> str:
    """Only for what `sanitised` returned, which is well-formed: the library's parser is slow on anything else."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.lists: list[int] = []  # of each list that is open: 0 for dots, else the next number
        self.pre = 0
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in BLOCKS or tag == "br":
            self._start_line(tag, given)
        elif tag == "img" and given.get("alt"):
            self.line.append(f"[{given['alt']}]")
        if tag == "blockquote":
            self.quoted += 1
        elif tag == "pre":
            self.pre += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "a":
            self.links.append((given.get("href") or "", len(self.line)))

    def _start_line(self, tag: str, given: dict[str, str | None]) -> None:
        if tag in ("td", "th") and self.line:
            self.line.append(" ")
            return
        if tag == "br" or self.line:
            self._end_line()
        if tag in APART:
            self._gap()
        if tag == "li":
            number = self.lists[-1] if self.lists else 0
            self.line.append(f"{number}. " if number else "- ")
            if number:
                self.lists[-1] += 1
        elif tag == "hr":
            self.lines.append("_" * 32 if given.get("class") == "quoted" else "---")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            self._link(*self.links.pop())
        if tag in BLOCKS and tag not in ("td", "th") and self.line:
            self._end_line()
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in APART:
            self._gap()

    def _link(self, href: str, since: int) -> None:
        """Where a link leads, unless its text says so already."""
        shown = "".join(self.line[since:]).strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
        if href.startswith(("http", "mailto")) and shown and bare and bare not in shown and shown not in href:
            self.line.append(f" <{href}>")

    def handle_data(self, data: str) -> None:
        if self.pre:
            first, *more = data.split("\n")
            self.line.append(first)
            for each in more:
                self._end_line()
                self.line.append(each)
        elif data.strip(" \t\r\n"):
            self.line.append(re.sub(r"[ \t\r\n]+", " ", data))
        elif self.line:
            self.line.append(" ")

    def _end_line(self) -> None:
        line = "".join(self.line)
        line = line.rstrip() if self.pre else re.sub(r"[ \xa0]+", " ", line).strip()
        self.lines.append("> " * self.quoted + line)
        self.line = []

    def _gap(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self.quoted).rstrip())

    def text(self) -> str:
        if self.line:
            self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in self.lines)).strip()
