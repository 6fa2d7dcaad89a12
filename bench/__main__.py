"""Run the parts, print their rows as they come, and write them to docs/performance.md and its chart."""

import argparse
import sys
from pathlib import Path

from bench import (
    desk,
    files,
    growing,
    inviting,
    mailing,
    peer,
    press,
    proxied,
    reading,
    report,
    signing,
    starting,
    together,
)
from bench.measuring import Asked
from bench.sites import databases
from tests.servers.site import ROOT

PARTS = {
    "reading": reading,
    "signing": signing,
    "together": together,
    "mailing": mailing,
    "files": files,
    "growing": growing,
    "starting": starting,
    "desk": desk,
    "inviting": inviting,
    "press": press,
    "proxied": proxied,
    "peer": peer,
}
SIZES = {  # tiny measures nothing: it shows that all parts still work, on one database
    "tiny": Asked(signatures=300, seconds=0.1, rounds=1, searches=1, together=0.5, workers=(2,)),
    "short": Asked(signatures=100_000, seconds=3, rounds=5, searches=50, together=60),
    "full": Asked(signatures=1_000_000, seconds=10, rounds=11, searches=110, together=600),
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--full", dest="size", action="store_const", const="full", help="a million signatures")
    how_much.add_argument("--tiny", dest="size", action="store_const", const="tiny", help="only to see that it works")
    parser.add_argument("--peer", default="", metavar="URL", help="a page of another site on this machine")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="the folder of performance.md")
    asked = parser.parse_args()
    size = asked.size or "short"
    found: report.Found = {}
    with databases() as both:
        for name in asked.only or PARTS:
            part = PARTS[name]
            print(f"\n{part.TITLE}", flush=True)
            rows = found[part.TITLE] = []
            for database in both[-1:] if size == "tiny" else both:  # every part yields rows on PostgreSQL
                for row in part.rows(database, SIZES[size]._replace(peer=asked.peer)):
                    rows.append(row._replace(work=f"{row.work}, {database.name}"))
                    print(f"  {report.as_text(rows[-1])}", flush=True)
    report.write(asked.into, found, " ".join(sys.argv[1:]))


if __name__ == "__main__":
    main()
