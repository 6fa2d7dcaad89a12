"""From an uploaded file to the picture that is served: decoded, turned upright, re-encoded."""

import re
import threading
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tribune.later import Later

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = Later("PIL.Image"), Later("PIL.ImageOps")

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST = 10 * 1024 * 1024  # bytes of the file
MOST_PIXELS = 50_000_000  # decoded: 200 MB of memory
MOST_SCANS = 100  # of a JPEG: cameras and programs write one to a dozen, and each may go over all pixels again
WIDEST, TALLEST = 1600, 3200  # pixels, as served
QUALITY = 82
PAPER = (255, 255, 255)  # the colour behind transparent parts

# What begins a segment of a JPEG (ISO 10918-1, annex B): neither data, nor one of the marks that stand alone.
_SEGMENT = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_SCAN, _END = b"\xda", b"\xd9"

_one_at_a_time = threading.Lock()  # a small machine has memory for one picture of MOST_PIXELS, not for many


class NotAPicture(Exception):
    """The file is none of FORMATS, is damaged, or has more than MOST_SCANS."""


class TooManyPixels(Exception):
    """It would decode to more than MOST_PIXELS."""


class Animated(Exception):
    """The picture is animated."""


class Picture(NamedTuple):
    """A progressive JPEG without metadata."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Return the first 16 hexadecimal digits of its SHA-256."""
        return sha256(self.data).hexdigest()[:16]


def read_picture(file: BinaryIO) -> Picture:
    """Decode a file, turn the picture upright, shrink it to the largest size served, and drop all metadata.

    Raises NotAPicture, TooManyPixels or Animated.
    """
    data = file.read()
    if _scans(data) > MOST_SCANS:
        raise NotAPicture
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                _refuse_too_much(image)
                return _written_anew(image)
        except (TooManyPixels, Animated):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception as error:  # hostile files make the decoders raise nearly anything
            raise NotAPicture from error


def _scans(data: bytes) -> int:
    """Count the scans of a JPEG up to its end, without decoding; 0 for any other file."""
    place, scans = 2, 0
    while data.startswith(b"\xff\xd8") and (found := _SEGMENT.search(data, place)) and found[1] != _END:
        scans += found[1] == _SCAN
        place = found.end() + max(2, int.from_bytes(data[found.end() : found.end() + 2]))
    return scans


def _refuse_too_much(image: "Image.Image") -> None:
    """Raise TooManyPixels or Animated by the header of the file, before decoding."""
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels
    # Some telephones write MPO instead of JPEG: the photograph, then a smaller one, which is ignored.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Animated


def _written_anew(image: "Image.Image") -> Picture:
    image.draft("RGB", (TALLEST, TALLEST))  # JPEG can be decoded at a smaller size
    if image.mode == "I;16":  # 16-bit grey of some scanners; convert() would make it white
        image = image.point(lambda grey: grey / 256).convert("L")
    if image.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        image = image.convert("RGBA")  # a palette has no colours in between, which shrinking needs
    image.thumbnail((TALLEST, TALLEST))  # shrink before making copies
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((WIDEST, TALLEST))
    canvas = Image.new("RGB", upright.size, PAPER)  # a new image has no comments and profiles
    shown = upright.convert("RGBA")
    canvas.paste(shown, mask=shown)
    file = BytesIO()
    canvas.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(file.getvalue(), *canvas.size)
