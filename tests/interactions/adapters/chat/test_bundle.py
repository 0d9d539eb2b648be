"""The widget as it is served."""

import gzip
import subprocess

from interactions.adapters.chat.bundle import widget

LIMIT = 15_000  # bytes


def test_the_widget_is_small():
    packed = subprocess.run(["gzip", "-9", "-c"], input=widget().text, capture_output=True, check=True).stdout
    assert len(packed) < LIMIT
    assert len(widget().gzipped) < LIMIT


def test_any_site_gets_it_packed_and_once(client):
    reply = client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert reply["Content-Type"].startswith("text/javascript")
    assert gzip.decompress(reply.content) == widget().text
    assert client.get("/widget.js").content == widget().text
    assert client.get("/widget.js", headers={"If-None-Match": reply["ETag"]}).status_code == 304


def test_a_strict_site_has_nothing_to_complain_of():
    text = widget().text.decode()
    for forbidden in (
        "innerHTML",
        "insertAdjacentHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "new Function",
        "style=",
    ):
        assert forbidden not in text
