"""Counted as the network counts; the long cases are those of Twilio's own segment calculator's tests."""

import pytest

from interactions.adapters.twilio.segments import count


@pytest.mark.parametrize(
    ("text", "segments", "unicode", "left"),
    [
        ("", 1, False, 160),
        ("Hello", 1, False, 155),
        ("a" * 160, 1, False, 0),
        ("a" * 161, 2, False, 145),
        ("a" * 306, 2, False, 0),
        ("a" * 307, 3, False, 152),
        ("€" * 80, 1, False, 0),
        ("€" * 81, 2, False, 143),  # 76 fit: the 77th is not torn
        ("à é ü ß Ω £ ñ\n", 1, False, 146),
        ("ł" * 70, 1, True, 0),
        ("ł" * 71, 2, True, 63),
        ("ł" * 134, 2, True, 0),
        ("👋" * 35, 1, True, 0),
        ("👋" * 36, 2, True, 61),  # 33 fit into 67
        ("a" * 69 + "’", 1, True, 0),
        ("a" * 159 + "’", 3, True, 41),
    ],
)
def test_segments(text, segments, unicode, left):
    counted = count(text)
    assert (counted.segments, counted.unicode, counted.left) == (segments, unicode, left)
