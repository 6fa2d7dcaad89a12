"""Write the table and chart of a run to docs/performance.md and docs/performance.svg; prose written there stays."""

import os
import platform
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from bench.measuring import Row

Found = dict[str, list[Row]]  # by the heading of the part
BEGIN, END = "<!-- measured: from here -->", "<!-- measured: to here -->"
WIDTH, LABEL, BAR, MOST = 900, 400, 18, 3.0  # of the chart, in px; MOST: the longest bar, in goals
STYLE = """text { font: 12px system-ui, sans-serif; fill: #222 } .reached { fill: #2a7f62 } .missed { fill: #c05621 }
line { stroke: #888; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .reached { fill: #4fb391 } .missed { fill: #e08a54 } }"""


def write(folder: Path, found: Found, words: str) -> None:
    """Replace what is between the markers of performance.md by these rows, and draw their chart."""
    page = folder / "performance.md"
    text = page.read_text() if page.exists() else f"# What it costs\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    folder.mkdir(exist_ok=True)
    page.write_text(f"{before}{BEGIN}\n{_tables(found, words)}{END}{after}")
    (folder / "performance.svg").write_text(chart(found))


def as_text(row: Row) -> str:
    """Return the row as one line for a terminal."""
    held = " / ".join(filter(None, (row.ours, row.beside)))
    ratio = f" = {row.ratio}" if row.ratio else ""
    return f"{row.work:60} {held}{ratio}" + (f"   ({row.to_reach}{_mark(row)})" if row.to_reach else "")


def _mark(row: Row) -> str:
    return "" if row.share is None or row.share >= 1 else ": missed"


def _tables(found: Found, words: str) -> str:
    when, load, asked = datetime.now(UTC), os.getloadavg()[1], f"python3 dev.py bench {words}".strip()
    parts = [
        f"`{asked}`, {when:%Y-%m-%d %H:%M} UTC: {os.cpu_count()} cores shared with the load itself (average load of the"
        f" last five minutes {load:.1f}), Python {platform.python_version()}.\n\n"
        "![How much of each figure is reached](performance.svg)\n"
    ]
    for title, rows in found.items():
        if not rows:  # no peer was named
            continue
        parts.append(f"\n## {title}\n\n| work | ours | beside | ratio | to reach |\n|---|---|---|---|---|\n")
        parts += [
            f"| {row.work} | {row.ours} | {row.beside} | {row.ratio} | {row.to_reach}{_mark(row)} |\n" for row in rows
        ]
    return "".join(parts) + "\n"


def chart(found: Found) -> str:
    """Return an SVG with a bar and a number per row: how much of its goal is reached. Readable without colours."""
    rows = [row for part in found.values() for row in part if row.share is not None]
    height = (len(rows) + 2) * BAR
    scale = (WIDTH - LABEL - 60) / MOST
    bars = []
    for number, row in enumerate(rows, 1):
        share, y = min(row.share or 0, MOST), number * BAR
        name = "reached" if share >= 1 else "missed"
        bars.append(
            f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(row.work)}</text>'
            f'<rect class="{name}" x="{LABEL}" y="{y + 2}" width="{share * scale:.0f}" height="{BAR - 4}"/>'
            f'<text x="{LABEL + share * scale + 6:.0f}" y="{y + 13}">{row.share:.2f}</text>'
        )
    goal = LABEL + scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="How much of each figure is reached; the dashed line is what is to be reached">'
        f"<style>{STYLE}</style>"
        f'<text x="{goal:.0f}" y="13" text-anchor="middle">to reach</text>{"".join(bars)}'
        f'<line x1="{goal:.0f}" y1="{BAR}" x2="{goal:.0f}" y2="{height - BAR}"/></svg>\n'
    )
