"""Sets one PDF and ends: what to print on standard input as JSON, the PDF on standard output. Run as a script, alone.

It knows nothing of the site, has no secret in its environment, and takes its memory with it when it ends.
"""

import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("letter.typ")


def set_pdf(data: str) -> bytes:
    """The letter as an accessible PDF, or as a plain one where a name is in letters that no font here has."""
    given = {"data": data}
    try:
        return typst.compile(TEMPLATE, root=TEMPLATE.parent, format="pdf", sys_inputs=given, pdf_standards="ua-1")
    except typst.TypstError:
        return typst.compile(TEMPLATE, root=TEMPLATE.parent, format="pdf", sys_inputs=given)


if __name__ == "__main__":
    sys.stdout.buffer.write(set_pdf(sys.stdin.buffer.read().decode()))
