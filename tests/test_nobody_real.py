"""Nothing committed is a database, a backup or a list of real people: a project's history keeps such for good."""

import re
from itertools import chain
from pathlib import Path

FOLDERS = "bench deploy docs migrations templates tests translations tribune".split()
NOT_TEXT = {".png", ".woff2", ".mo"}
ADDRESS = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
# At a domain that is kept for examples (RFC 2606), of Zoé, whom tests made up, or of one letter.
OF_NOBODY = re.compile(
    r".*@(.*\.)?(example(\.(org|com|net))?|test|local|exämple\.org|xn--exmple-cua\.org)|z\.?o\.?e.*|.@.{1,3}\.\w+",
    re.IGNORECASE,
)


def test_all_but_pictures_and_fonts_is_text_and_no_address_in_it_is_somebody_s() -> None:
    for path in chain(Path().iterdir(), *(Path(folder).rglob("*") for folder in FOLDERS)):
        if path.is_file() and path.suffix not in NOT_TEXT and "__pycache__" not in path.parts:
            content = path.read_bytes()
            assert b"\0" not in content, path
            assert not [found for found in ADDRESS.findall(content.decode()) if not OF_NOBODY.fullmatch(found)], path
