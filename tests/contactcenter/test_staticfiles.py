"""The pages' files: answered before Django is asked, and no less strictly."""

import gzip
from xml.etree import ElementTree

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client, override_settings

from contactcenter.staticfiles import collect, serving_files

MANIFEST = {"staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"}}


@pytest.fixture(scope="module", autouse=True)
def collected(tmp_path_factory):
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static"), STORAGES=MANIFEST):
        collect()
        yield


async def ask(path, method="GET", **headers):
    """Status, headers and body; a status of None if Django was asked."""

    async def django(scope, receive, send):
        await send({"type": "http.response.start", "status": None, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": given}
    browser = ApplicationCommunicator(serving_files(django), scope)
    await browser.send_input({"type": "http.request"})
    start, body, more = await browser.receive_output(), b"", True
    while more:
        part = await browser.receive_output()
        body, more = body + part["body"], part.get("more_body", False)
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body


@pytest.mark.parametrize("name", ["css/tokens.css", "admin/css/base.css", "vendor/htmx-4.0.1.min.js"])
async def test_a_file_is_answered_packed_and_for_ever_without_asking_django(name):
    status, headers, body = await ask(staticfiles_storage.url(name), accept_encoding="gzip")
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
    with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:
        assert gzip.decompress(body) == file.read()


async def test_a_file_is_as_strict_as_a_page():
    page = Client().get("/healthz").headers
    _status, headers, _body = await ask(staticfiles_storage.url("icons.svg"))
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"):
        assert headers[name.lower()] == page[name]


async def test_a_file_the_browser_has_is_not_sent_again():
    url = staticfiles_storage.url("css/tokens.css")
    _status, headers, _body = await ask(url)
    status, _headers, body = await ask(url, if_none_match=headers["etag"])
    assert (status, body) == (304, b"")
    assert (await ask(url, method="POST"))[0] == 405


@pytest.mark.parametrize("path", ["/static/css/none.css", "/static/", "/static/../manage.py", "/desk/"])
async def test_all_else_is_for_django(path):
    assert (await ask(path))[0] is None


def test_a_file_that_does_not_exist_is_not_found(client):
    assert client.get("/static/css/none.css").status_code == 404


async def test_a_caller_whom_we_cannot_answer_is_told_so_by_a_file_that_asks_nobody():
    status, headers, body = await ask("/static/twiml/sorry.xml")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/xml")
    response = ElementTree.fromstring(body)
    assert [verb.tag for verb in response] == ["Say", "Hangup"]
    assert "call again" in response[0].text
