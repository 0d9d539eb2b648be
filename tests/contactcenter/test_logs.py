import json
import logging

from contactcenter.logs import RequestFilter, current_request, formatter


def line(**extra):
    record = logging.LogRecord("desk", logging.INFO, "file", 1, "offer %s accepted", (7,), None)
    record.__dict__.update(extra)
    RequestFilter().filter(record)
    return json.loads(formatter().format(record))


def test_a_line_is_json_with_its_facts():
    written = line(agent="maya")
    assert written["message"] == "offer 7 accepted"
    assert (written["level"], written["logger"], written["agent"]) == ("INFO", "desk", "maya")
    assert written["time"].endswith("Z")
    assert "request_id" not in written


def test_a_line_carries_the_id_of_its_request():
    token = current_request.set("r-1")
    try:
        assert line()["request_id"] == "r-1"
    finally:
        current_request.reset(token)


def test_every_answer_names_its_request(client):
    assert len(client.get("/healthz")["X-Request-ID"]) == 32


def test_an_id_from_the_proxy_is_taken_over_if_it_is_sane(client):
    assert client.get("/healthz", headers={"X-Request-ID": "edge-41"})["X-Request-ID"] == "edge-41"
    assert client.get("/healthz", headers={"X-Request-ID": 'x"} {"level'})["X-Request-ID"] != 'x"} {"level'
