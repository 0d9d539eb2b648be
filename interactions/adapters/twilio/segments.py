"""How many SMS a text is, which is what it costs.

160 septets of GSM-7 (3GPP TS 23.038) or 70 units of UTF-16 fit into one; of a longer text each part loses six bytes to
its header: 153 and 67. What takes two places (€, brackets, most emoji) is never torn apart.
"""

from dataclasses import dataclass
from itertools import groupby

import gsm0338

_GSM = gsm0338.Codec()


@dataclass(frozen=True)
class Counted:
    segments: int
    unicode: bool
    left: int  # places left in the last segment


def count(text: str) -> Counted:
    places = _places(text)
    unicode = places is None
    if places is None:
        places = [len(letter.encode("utf-16-le")) // 2 for letter in text]
    alone, together = (70, 67) if unicode else (160, 153)
    if sum(places) <= alone:
        return Counted(1, unicode, alone - sum(places))
    segments, left = 1, together
    for size in places:
        if size > left:
            segments, left = segments + 1, together
        left -= size
    return Counted(segments, unicode, left)


def _places(text: str) -> list[int] | None:
    """Septets of each letter, or None where GSM-7 has no such letter."""
    known: dict[str, int] = {}
    for letter, _same in groupby(sorted(text)):
        try:
            known[letter] = len(_GSM.encode(letter)[0])
        except UnicodeEncodeError:
            return None
    return [known[letter] for letter in text]
