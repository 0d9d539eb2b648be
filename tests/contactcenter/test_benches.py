import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import RequestFactory

from contactcenter.benches import Figure, at_least, at_most, percentile, telephone
from interactions.adapters.twilio.signature import _signed


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


def test_bench_router_reports_every_figure_beside_its_target() -> None:
    """On a database of its own, as small as it goes: what the figures are worth is seen where nothing else runs."""
    command = [sys.executable, "manage.py", "bench", "router", "--json", "--size=100", "--seconds=0.3"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "contactcenter.settings"}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, check=True)
    figures = json.loads(done.stdout)["figures"]
    with_target = [figure["name"] for figure in figures if figure["target"] is not None]
    for begins in (
        "assignments, 100 waiting",
        "item committed to offer committed, 50/s: p50",
        "item committed to offer committed, 50/s: p99",
        "item committed to offer committed, 200/s: p99 beside bare",
        "router CPU per item, 200/s",
        "kill -9 to the next offer",
        "slot freed to next offer committed",
        "pass, 0 agents free: 1,000 waiting against 10",
        "pass, 10 agents free: 1,000 waiting against 10",
        "pass, 10 new items: 100 agents signed in against 10",
        "memory of the router",
        "small pass under a snapshot",
        "matched of what could be",
        "virtual time",
    ):
        assert any(name.startswith(begins) for name in with_target), begins
    assert all(figure["value"] >= 0 for figure in figures)
    never = [figure["value"] for figure in figures if figure["name"].endswith("never offered")]
    assert never == [0, 0], "each piece of work found somebody"


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


async def test_callers_come_at_random_moments_and_the_warm_up_does_not_count() -> None:
    asked: list[int] = []

    async def ask(number: int) -> None:
        asked.append(number)

    took = await telephone._at_random_moments(ask, seconds=0.4)
    assert sorted(asked) == list(range(len(asked))), "each is another call"
    assert len(asked) == len(took) + telephone.WARM_UP
    assert 5 < len(took) < 50


async def test_a_caller_of_the_bench_is_signed_as_twilio_would(settings: Any) -> None:
    settings.PUBLIC_BASE_URL, settings.TWILIO_AUTH_TOKENS = "http://127.0.0.1:8000", [telephone.TOKEN]
    asked = []

    class Http:
        def post(self, path: str, *, data: dict[str, str], headers: dict[str, str]) -> Any:
            asked.append((path, data, headers))
            raise ConnectionError

    with suppress(ConnectionError):
        await telephone._ringing([Http()], settings.PUBLIC_BASE_URL)(7)
    path, form, signed = asked[0]
    assert _signed(RequestFactory().post(path, form, headers=signed))
