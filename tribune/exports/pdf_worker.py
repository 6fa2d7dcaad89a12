"""Script that makes one PDF and exits: JSON of `pdf.py: contents` on standard input, the PDF on standard output.

It imports nothing of the site, has no secret in its environment, and its memory is freed when it exits.
"""

import sys
from contextlib import suppress
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("letter.typ")


def set_pdf(data: str) -> bytes:
    """Return an accessible PDF (PDF/UA-1), or a plain one if a name has letters that no font here has."""
    given = {"data": data}
    try:
        return typst.compile(TEMPLATE, root=TEMPLATE.parent, format="pdf", sys_inputs=given, pdf_standards="ua-1")
    except typst.TypstError:
        return typst.compile(TEMPLATE, root=TEMPLATE.parent, format="pdf", sys_inputs=given)


if __name__ == "__main__":
    with suppress(OSError):  # where memory runs out, Linux ends this process and not the site, which may be larger
        Path("/proc/self/oom_score_adj").write_text("1000")
    sys.stdout.buffer.write(set_pdf(sys.stdin.buffer.read().decode()))
