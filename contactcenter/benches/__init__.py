"""Measurements beside their baseline, taken in the same run on the same machine: only the ratio travels well.

A bench is a module of this package with `run(size, seconds) -> list[Figure]`; its file name is its name.
"""

import os
import platform
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

NOT_BENCHES = {"servers", "sockets", "screens", "baseline", "relay", "files", "kills", "telephone"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `ok` is None where there is no target."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    target: float | None = None
    ok: bool | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": _short(self.value),
            "unit": self.unit,
            "baseline": _short(self.baseline),
            "ratio": _short(self.ratio),
            "target": self.target,
            "ok": self.ok,
        }


def at_least(name: str, value: float, unit: str, *, baseline: float | None = None, target: float) -> Figure:
    """A figure whose ratio to its baseline (or, without one, its value) must reach the target."""
    reached = value / baseline if baseline else value
    return Figure(name, value, unit, baseline, target, reached >= target)


def at_most(name: str, value: float, unit: str, *, baseline: float | None = None, target: float) -> Figure:
    """A figure whose ratio to its baseline (or, without one, its value) must stay within the target."""
    reached = value / baseline if baseline else value
    return Figure(name, value, unit, baseline, target, reached <= target)


def names() -> list[str]:
    return sorted(module.name for module in iter_modules(__path__) if module.name not in NOT_BENCHES)


def run(name: str, size: int | None = None, seconds: float | None = None) -> dict[str, Any]:
    """Run one bench; what it returns is the JSON of `manage.py bench`."""
    figures = import_module(f"{__name__}.{name}").run(size=size, seconds=seconds)
    return {"name": name, "figures": [figure.as_json() for figure in figures], "machine": machine()}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    models = [line for line in cpuinfo.read_text().splitlines() if "model name" in line] if cpuinfo.exists() else []
    return {
        "cpu": models[0].partition(": ")[2] if models else platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that `percent` per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * percent) // 100) - 1)]


median = statistics.median


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4 if abs(value) < 10 else 1)
