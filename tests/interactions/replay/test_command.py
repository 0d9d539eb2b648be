"""`manage.py replay`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.interactions.replay.conftest import DAY


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("replay", "--date", DAY.isoformat(), *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.fixture
def changes(tmp_path):
    def written(what):
        file = tmp_path / "changes.json"
        file.write_text(what if isinstance(what, str) else json.dumps(what))
        return str(file)

    return written


def test_side_by_side(busy_day, changes):
    out = run("--with", changes({"queues": {"Support": {"strategy": "least_occupied"}}}), "--runs", "1")
    assert "Support: which agent first longest idle → least occupied" in out
    assert out.count("really") == out.count("replayed") == out.count("changed") == 2, "one queue, and all"
    assert "the replay is off by: service level" in out


def test_json(busy_day, changes):
    found = json.loads(run("--with", changes({"more_agents": {"Support": 1}}), "--runs", "1", "--json"))
    assert found["date"] == DAY.isoformat()
    assert found["all"]["changed"]["service_level"] > found["all"]["unchanged"]["service_level"]


def test_what_cannot_be_is_refused(busy_day, changes, tmp_path):
    err = io.StringIO()
    file = changes({"queues": {"Support": {"strategy": "random"}}})
    with pytest.raises(SystemExit, match="1"):
        call_command("replay", "--date", DAY.isoformat(), "--with", file, stdout=io.StringIO(), stderr=err)
    assert "Support (strategy)" in err.getvalue()
    for arguments, says in (
        (("--with", changes("{")), "cannot be read"),
        (("--with", str(tmp_path / "none.json")), "cannot be read"),
        (("--runs", "0"), "1 to 1000"),
    ):
        with pytest.raises(CommandError, match=says):
            run(*arguments)
    with pytest.raises(CommandError, match="Nobody came"):
        call_command("replay", "--date", "2001-01-01", stdout=io.StringIO())
