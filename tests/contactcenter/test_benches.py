import json

import pytest
from django.core.management import call_command

from contactcenter.benches import Figure, at_least, at_most, percentile


def test_bench_push_reports_every_figure_beside_its_target(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "push", "--json", "--size=5", "--seconds=0.2")
    report = json.loads(capsys.readouterr().out)
    rate, lost, disordered, others, growth = report["figures"]
    assert report["name"] == "push"
    assert report["machine"]["cores"]
    assert rate["ratio"] == pytest.approx(rate["value"] / rate["baseline"], rel=0.01)
    assert rate["target"] == 0.18
    assert [lost["value"], disordered["value"], others["value"]] == [0, 0, 100]
    assert growth["unit"] == "MB"


def test_bench_prints_a_table_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    figures = [at_least("speed", 20, "per s", baseline=100, target=0.18), at_most("lost", 2, "messages", target=0)]
    monkeypatch.setattr("contactcenter.benches.push.run", lambda **_: figures)
    call_command("bench", "push")
    _head, speed, lost, *_rest = capsys.readouterr().out.splitlines()
    assert speed.split() == ["speed", "20", "per", "s", "100", "0.2", "0.18", "ok"]
    assert lost.split() == ["lost", "2", "messages", "0", "MISSED"]


@pytest.mark.parametrize(("value", "baseline", "ok"), [(18, 100, True), (17, 100, False), (0.18, None, True)])
def test_a_target_is_held_against_the_ratio_where_there_is_a_baseline(
    value: float, baseline: float | None, ok: bool
) -> None:
    assert at_least("x", value, "", baseline=baseline, target=0.18).ok is ok


def test_a_figure_without_a_target_is_neither_met_nor_missed() -> None:
    assert Figure("x", 1, "s").as_json() | {"ok": None, "target": None} == Figure("x", 1, "s").as_json()


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100)])
def test_percentile(percent: float, value: int) -> None:
    assert percentile(range(1, 101), percent) == value
