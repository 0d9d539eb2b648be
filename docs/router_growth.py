"""Draws `docs/router-growth.svg` from a run of the bench: what a pass of the router costs as more and more waits.

.venv/bin/python manage.py bench router --json > bench.json
.venv/bin/python docs/router_growth.py bench.json
"""

import json
import math
import re
import sys
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 64, 56, 40, 150
COLOURS = ("#2563eb", "#c2410c")

type Curve = list[tuple[int, float]]


def curves(figures: list[dict]) -> dict[str, Curve]:
    """By number of agents free: (waiting, milliseconds)."""
    found: dict[str, Curve] = {}
    for figure in figures:
        if named := re.fullmatch(r"pass, (\d+) agents free, ([\d,]+) waiting", figure["name"]):
            found.setdefault(f"{named[1]} agents free", []).append((int(named[2].replace(",", "")), figure["value"]))
    return {name: sorted(points) for name, points in found.items()}


def drawn(curves: dict[str, Curve], machine: str) -> str:
    amounts = sorted({waiting for points in curves.values() for waiting, _ms in points})
    most = max(ms for points in curves.values() for _waiting, ms in points)
    step = 10 ** math.floor(math.log10(most)) / 2
    top = step * math.ceil(most / step)

    def x(waiting: float) -> float:
        share = math.log10(waiting / amounts[0]) / math.log10(amounts[-1] / amounts[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - ms / top * (HEIGHT - BOTTOM - TOP)

    parts = [text(LEFT, 22, "A pass of the router costs what is free, not what waits", size=15)]
    for line in range(round(top / step) + 1):
        at = y(line * step)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, at + 4, f"{line * step:g} ms", anchor="end"))
    for waiting in amounts:
        parts.append(text(x(waiting), HEIGHT - BOTTOM + 18, f"{waiting:,}", anchor="middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 38, "pieces of work waiting", anchor="middle"))
    for colour, (name, points) in zip(COLOURS, curves.items(), strict=False):
        path = " ".join(f"{x(waiting):.1f},{y(ms):.1f}" for waiting, ms in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(w):.1f}" cy="{y(ms):.1f}" r="3.5" fill="{colour}"/>' for w, ms in points]
        parts.append(text(x(points[-1][0]) + 10, y(points[-1][1]) + 4, name, colour=colour))
    parts.append(text(LEFT, HEIGHT - 4, machine, size=10, colour="#666"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>", ""])


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, colour: str = "#222") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {where} font-size="{size}" fill="{colour}">{escape(words)}</text>'


if __name__ == "__main__":
    report = json.loads(Path(sys.argv[1]).read_text())
    machine = ", ".join(f"{name} {value}" for name, value in report["machine"].items())
    (DOCS / "router-growth.svg").write_text(drawn(curves(report["figures"]), machine))
