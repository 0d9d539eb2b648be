"""Addresses in what people write become links, and the rest leaves nothing behind."""

import gc

import pytest

from contactcenter.ui import linked


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://shop.example/a?b=1.", 'href="https://shop.example/a?b=1"'),
        ("Write to (ann@shop.example).", 'href="mailto:ann@shop.example"'),
    ],
)
def test_an_address_is_a_link_that_leaves_the_desk_where_it_is(text, link):
    html = linked(text)
    assert link in html
    assert 'target="_blank"' in html


@pytest.mark.parametrize("text", ["Good morning. It broke: 1.5 cm.", "@home", "a < b & c."])
def test_anything_else_is_not(text):
    assert "<a" not in linked(text)


def test_a_sentence_leaves_nothing_for_the_garbage_collector():
    linked("Good morning.")
    gc.collect()
    gc.disable()
    try:
        linked("It broke. What now?")
        assert gc.collect() == 0
    finally:
        gc.enable()
