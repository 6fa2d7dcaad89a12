"""Bring the catalogues up to date with the words of the code and the templates: `python3 dev.py translate`.

New messages come in without their translation, and are named; those that nobody says any more go.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).resolve().parent


def wanted() -> Catalog:
    """What the code and the templates say today."""
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog, keywords = Catalog(), {**DEFAULT_KEYWORDS, "_l": None}
    for name, line, message, comments, context in extract_from_dir(FOLDER.parent, methods, options, keywords):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def update(path: Path, words: Catalog) -> list[str]:
    """Give a catalogue exactly these messages, sorted, below its own short header; those it has no words for."""
    before = path.read_bytes()
    header = before.partition(b"\n\n")[0].rstrip()
    catalog = read_po(io.BytesIO(before), locale=path.parts[-3], abort_invalid=True)
    catalog.update(words, no_fuzzy_matching=True)
    after = io.BytesIO()
    write_po(after, catalog, width=0, no_location=True, sort_output=True, omit_header=True, ignore_obsolete=True)
    path.write_bytes(header + b"\n\n" + after.getvalue().lstrip(b"\n"))
    told = [(m.id, m.string) for m in catalog if m.id]
    return [str(said) for said, words in told if not (all(words) if isinstance(words, tuple) else words)]


def main() -> None:
    """Update each language, and print what is left to do."""
    words = wanted()
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        missing = update(path, words)
        print(f"{path.relative_to(FOLDER.parent)}: {len(missing)} to translate", *missing, sep="\n  ")


if __name__ == "__main__":
    main()
