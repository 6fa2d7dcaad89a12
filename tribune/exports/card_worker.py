"""Script that draws one card and exits, as pdf_worker.py does: JSON of `card.py` in, PNG out."""

import sys
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

TEMPLATE = Path(__file__).with_name("card.typ")


def draw(data: str) -> bytes:
    """Return 1200 × 630 pixels, set with typst's own fonts alone: the same on every machine."""
    given = {"data": data}
    drawn = typst.compile(
        TEMPLATE, root=TEMPLATE.parent, format="png", ppi=72, ignore_system_fonts=True, sys_inputs=given
    )
    file = BytesIO()
    # Ink on paper has few colours: sixteen look the same, and weigh a quarter.
    Image.open(BytesIO(drawn)).convert("RGB").quantize(16).save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read().decode()))
