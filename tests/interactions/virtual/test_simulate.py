"""`manage.py simulate`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from interactions.management.commands import simulate
from tests.interactions.virtual.theory import erlang_a

DAY = ("--arrivals-per-hour", "200", "--aht", "180", "--agents", "14")


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("simulate", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_json_has_exactly_the_promised_figures(monkeypatch):
    monkeypatch.setattr(simulate, "TELL_AFTER", 600)  # also on a busy machine
    out, err = run(*DAY, "--target", "20", "--patience", "300", "--hours", "50", "--seed", "1", "--json")
    figures = json.loads(out)
    assert list(figures) == [
        "offered", "answered", "abandoned", "service_level", "asa_s", "abandon_rate", "occupancy", "aht_s"
    ]  # fmt: skip
    assert figures["abandon_rate"] == pytest.approx(erlang_a(200, 180, 14, 300), abs=0.003)
    assert figures["aht_s"] == pytest.approx(180, rel=0.02)
    assert err == ""


def test_people_get_a_table_that_says_what_did_not_count():
    out, _err = run(*DAY, "--patience", "none", "--hours", "5", "--seed", "3")
    assert "answered within 20 s" in out
    assert "5 hours, after 1.5 hours of warm-up that do not count; seed 3" in out


def test_a_long_run_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr(simulate, "TELL_AFTER", 0)
    monkeypatch.setattr("interactions.virtual.steady.TELL_EVERY", 100)
    out, err = run(*DAY, "--hours", "5", "--json")
    assert "% done, about" in err
    json.loads(out)


def test_a_line_that_grows_without_end_is_warned_about():
    _out, err = run("--arrivals-per-hour", "200", "--aht", "180", "--agents", "9", "--hours", "2", "--json")
    assert "10.0 agents' worth of work for 9 agents" in err
    assert (
        run("--arrivals-per-hour", "200", "--aht", "180", "--agents", "9", "--hours", "2", "--patience", "60")[1] == ""
    )


@pytest.mark.parametrize(
    ("argument", "value", "says"),
    [
        ("--agents", "0", "more than 0"),
        ("--agents", "-2", "more than 0"),
        ("--agents", "2.5", "a whole number"),
        ("--agents", "many", "no number"),
        ("--aht", "0", "more than 0"),
        ("--aht", "nan", "more than can be simulated"),
        ("--arrivals-per-hour", "-200", "more than 0"),
        ("--hours", "inf", "more than can be simulated"),
        ("--target", "-1", "0 or more"),
        ("--patience", "-300", "more than 0"),
        ("--patience", "0", "more than 0"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(argument, value, says):
    with pytest.raises(CommandError, match=f"{argument}.*{says}"):
        run(*DAY, f"{argument}={value}")


def test_nobody_in_so_short_a_time_is_no_figure():
    with pytest.raises(CommandError, match="more hours"):
        run(*DAY, "--hours", "0.00001", "--seed", "2", "--json")
