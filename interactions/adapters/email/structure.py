"""A mail cut into its parts, by offsets into its bytes: no recursion, and bounded time whatever the boundaries are."""

import re
from dataclasses import dataclass, field

from interactions.adapters.email import limits
from interactions.adapters.email.charsets import Charsets
from interactions.adapters.email.headers import Head, decoded, parameters
from interactions.adapters.email.transfer import undone

TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
LOOKS_LIKE_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?\n(?:content-|\r?\n)", re.M | re.I)
AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")


@dataclass
class Part:
    """A leaf: something to read or to keep, not a container."""

    type: str
    charset: str
    name: str
    disposition: str
    encoding: str
    cid: str
    raw: bytes
    alternative: int | None  # the outermost multipart/alternative it is in, as a number
    in_report: bool
    declared: bool  # whether it says what it is
    broken: bool = False
    format: dict[str, str] = field(default_factory=dict)

    def content(self, limit: int | None = None) -> bytes:
        """Decoded; at most `limit` bytes of it are read."""
        data, damaged = undone(self.raw if limit is None else self.raw[:limit], self.encoding, self.is_text)
        self.broken = self.broken or damaged
        return data

    @property
    def is_text(self) -> bool:
        return self.type in ("text/plain", "text/html", "text/enriched", "text/richtext")


@dataclass
class Structure:
    head: Head
    parts: list[Part]
    type: str  # of the whole
    parameters: dict[str, str]
    notes: list[str]


@dataclass
class Span:
    start: int
    end: int
    depth: int = 0
    default: str = "text/plain"
    alternative: int | None = None
    in_report: bool = False


def cut(raw: bytes, charsets: Charsets) -> Structure:
    """The mail's head and its leaves in the order in which they are written."""
    top: Structure | None = None
    parts: list[Part] = []
    notes: list[str] = []
    looked_at = 0
    todo = [Span(0, len(raw))]
    while todo:
        span = todo.pop()
        looked_at += 1
        if looked_at > limits.PARTS:
            notes.append("too_many_parts")
            break
        head = Head(raw, span.start, span.end)
        kind, given = parameters(head.first("content-type"), charsets)
        if kind == "text" or not TYPE.fullmatch(kind):
            kind = span.default if not kind or kind == "text" or "/" not in kind else "application/octet-stream"
        top = top or Structure(head, parts, kind, given, notes)
        if kind.startswith("multipart/"):
            if span.depth >= limits.DEPTH:
                notes.append("too_deep")
                continue
            children, whole = _children(raw, head.body, span.end, given.get("boundary", ""))
            if not whole:
                notes.append("bad_structure")
            if children:
                inside = _inside(span, kind, looked_at)
                todo.extend(Span(start, end, **inside) for start, end in reversed(children))
                continue
            kind = "text/plain"
            end = f"--{given.get('boundary', '')}--".encode("utf-8", "surrogateescape")
            parts.append(_leaf(raw, head, kind, given, span, charsets))
            parts[-1].raw = parts[-1].raw.replace(end, b"")
            continue
        parts.append(_leaf(raw, head, kind, given, span, charsets))
    assert top is not None
    return top


def _inside(span: Span, kind: str, number: int) -> dict:
    alternative = number if kind == "multipart/alternative" and span.alternative is None else span.alternative
    return {
        "depth": span.depth + 1,
        "default": "message/rfc822" if kind == "multipart/digest" else "text/plain",
        "alternative": alternative,
        "in_report": span.in_report or kind == "multipart/report",
    }


def _children(raw: bytes, start: int, end: int, boundary: str) -> tuple[list[tuple[int, int]], bool]:
    """Where each part is, and whether all is as it should be. Without a boundary that occurs, one is looked for."""
    children, whole = _between(raw, start, end, boundary.rstrip().encode("utf-8", "surrogateescape"))
    if not children and (found := LOOKS_LIKE_BOUNDARY.search(raw, start, end)):
        children, whole = _between(raw, start, end, found[1])[0], False
    return children, whole


def _between(raw: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    if not boundary:
        return [], False
    mark = b"--" + boundary
    children: list[tuple[int, int]] = []
    begun: int | None = None
    place = start
    for _ in range(limits.BOUNDARIES):
        place = raw.find(mark, place, end)
        if place < 0 or len(children) > limits.PARTS:
            break
        rest = AFTER_BOUNDARY.match(raw, place + len(mark), end)
        if rest is None or (place > start and raw[place - 1] not in b"\r\n"):
            place += len(mark)
            continue
        if begun is not None:
            children.append((begun, _before_line_break(raw, begun, place)))
        begun = rest.end()
        if rest[1]:
            return children, True
        place = begun
    if begun is not None and begun < end:
        children.append((begun, end))  # the last boundary is missing: the rest is the last part
    return children, False


def _before_line_break(raw: bytes, start: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if raw.endswith(b"\r\n", start, end):
        return end - 2
    return end - 1 if raw.endswith((b"\n", b"\r"), start, end) else end


def _leaf(raw: bytes, head: Head, kind: str, given: dict[str, str], span: Span, charsets: Charsets) -> Part:
    disposition, more = parameters(head.first("content-disposition"), charsets)
    label = given.get("charset", "")
    if label and not charsets.fallback:
        charsets.declare(label)
    return Part(
        type=kind,
        charset=label,
        name=more.get("filename") or more.get("name") or given.get("name") or given.get("filename") or "",
        disposition=disposition,
        encoding=head.first("content-transfer-encoding").decode("latin-1"),
        cid=decoded(head.first("content-id"), charsets).strip("<> ")[:250],
        raw=raw[head.body : span.end],
        alternative=span.alternative,
        in_report=span.in_report,
        declared=bool(head.first("content-type")),
        format=given,
    )
