"""Style sheets hold in browsers that do not know all of them."""

import re
from pathlib import Path

SHEETS = sorted(Path("tribune/static").glob("*.css"))
NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"


def test_a_browser_without_has_loses_no_other_selector() -> None:
    assert SHEETS
    for sheet in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"[^{};]+(?=\{)", text):
            unforgiving = re.sub(rf":is{NESTED}", "", selectors)
            assert not (":has(" in unforgiving and "," in unforgiving), f"{sheet.name}: {selectors.strip()}"
