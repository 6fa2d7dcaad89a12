"""The bench still measures every part, on PostgreSQL. What it measures is not looked at: machines are noisy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import PARTS
from bench.measuring import Goal, Row
from bench.report import BEGIN, END, chart, write
from bench.sites import BARE
from tests.servers.site import ROOT, serve


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the smallest run wrote."""
    folder = tmp_path_factory.mktemp("bench")
    with serve({}, BARE) as peer:
        command = [sys.executable, "-m", "bench", "--tiny", "--into", folder, "--peer", f"{peer.url}/page"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return (folder / "performance.md").read_text()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", PARTS)
def test_a_part_gives_its_rows(page: str, name: str) -> None:
    part = page.partition(f"## {PARTS[name].TITLE}\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in part.splitlines() if "PostgreSQL |" in line]
    assert rows
    assert all(re.search(r"\d", ours) for _edge, _work, ours, *_others in rows)


def test_what_people_wrote_around_the_figures_stays(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")
    rows = [Goal("500/s at least", 500).row(250, "signing <fast>", "250/s")]
    write(tmp_path, {"Signing": rows, "A peer": []}, "--full")
    text = page.read_text()
    assert text.startswith(f"Before.\n{BEGIN}\n`python3 dev.py bench --full`")
    assert text.endswith(f"{END}\nAfter.\n")
    assert "| signing <fast> | 250/s |  |  | 500/s at least: missed |" in text
    assert "old" not in text
    assert "A peer" not in text


def test_a_bar_says_how_much_is_reached() -> None:
    least, most = Goal("2 at least", 2), Goal("2 at most", 2, least=False)
    reached, missed = least.row(3, "<more>", "3"), most.row(4, "less", "4")
    assert (reached.share, missed.share) == (1.5, 0.5)
    drawn = chart({"Part": [reached, missed, Row("not held to anything", "5")]})
    assert 'class="reached"' in drawn
    assert 'class="missed"' in drawn
    assert "&lt;more&gt;" in drawn
    assert "not held" not in drawn
