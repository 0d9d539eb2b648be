"""What a mail quotes, folded away where the whole of it is looked at."""

import re
from collections.abc import Iterator

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[\w-]+="[^"]*")*)\s*>')
VOID = {"br", "col", "hr", "img", "wbr"}
QUOTED_LINES = re.compile(r"(?:^>.*\n?){2,}", re.M)
FOLD = "<details><summary>{}</summary>{}</details>"


def folded(html: str, label: str) -> str:
    """Only for what `sanitised` returned, which is well-formed. `label`: HTML of what a fold is opened by. A mail that
    only quotes or forwards stays open."""
    return _folded(html, list(_quotes(html)), label)


def folded_text(text: str, label: str) -> str:
    """The same for a plain text that is escaped, but for its `>`."""
    return _folded(text, [match.span() for match in QUOTED_LINES.finditer(text)], label)


def _folded(whole: str, quotes: list[tuple[int, int]], label: str) -> str:
    pieces, shown, place = [], "", 0
    for start, end in quotes:
        shown += whole[place:start]
        pieces += [whole[place:start], FOLD.format(label, whole[start:end])]
        place = end
    shown += whole[place:]
    said = TAG.sub("", shown).strip() or "<img " in shown
    return "".join([*pieces, whole[place:]]) if said else whole


def _quotes(html: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, the outermost only."""
    done = 0
    for tag in TAG.finditer(html):
        if tag.start() < done or tag[1]:
            continue
        if tag[2] == "blockquote":
            done = _end(html, tag.start(), siblings=False)
        elif tag[2] == "hr" and 'class="quoted"' in tag[3]:
            done = _end(html, tag.start(), siblings=True)
        else:
            continue
        yield tag.start(), done


def _end(html: str, start: int, *, siblings: bool) -> int:
    """Of the element that begins here; or, after the line above a quoted mail, of the first sibling with a quotation in
    it, since many write below that, or else of all that follows beside it."""
    depth, quotation = 0, not siblings
    for tag in TAG.finditer(html, start):
        quotation = quotation or tag[2] == "blockquote"
        if tag[2] in VOID:
            continue
        depth += -1 if tag[1] else 1
        if depth < 0:
            return tag.start()
        if depth == 0 and quotation:
            return tag.end()
    return len(html)
