"""A calendar invitation as a few lines of text, for a mail that says nothing else."""

import re

FOLDED = re.compile(r"\r?\n[ \t]")
PROPERTY = re.compile(
    r"^(SUMMARY|DTSTART|DTEND|LOCATION|DESCRIPTION)(?:;[^:\r\n]{0,200})?:([^\r\n]{0,5000})", re.M | re.I
)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")


def text_of_invite(calendar: str) -> str:
    """What, when, where and the description of its first event (RFC 5545)."""
    event = FOLDED.sub("", calendar[:100_000]).partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    found: dict[str, str] = {}
    for match in PROPERTY.finditer(event):
        found.setdefault(match[1].upper(), _unescaped(match[2]))
    when = " – ".join(_moment(found[name]) for name in ("DTSTART", "DTEND") if name in found)
    lines = [found.get("SUMMARY", ""), when, found.get("LOCATION", ""), "", found.get("DESCRIPTION", "")]
    return "\n".join(line for place, line in enumerate(lines) if line or place == 3).strip()


def _unescaped(value: str) -> str:
    return re.sub(r"\\([nN,;\\])", lambda match: "\n" if match[1] in "nN" else match[1], value).strip()


def _moment(value: str) -> str:
    if not (match := MOMENT.match(value)):
        return value
    year, month, day, hour, minute, utc = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "") + (" UTC" if utc else "")
