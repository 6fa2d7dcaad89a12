"""From a file that somebody uploads to the picture that is served: decoded, turned upright, and written anew."""

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
MOST_PIXELS = 50_000_000  # of what it decodes to: 200 MB while it is read
WIDEST, TALLEST = 1600, 3200  # pixels, as served
QUALITY = 82
PAPER = (255, 255, 255)  # what shows through where the picture is transparent

_one_at_a_time = threading.Lock()  # a small machine has memory for one picture of MOST_PIXELS, not for eight


class NotAPicture(Exception):
    """The file is none of FORMATS, or is damaged."""


class TooManyPixels(Exception):
    """It would decode to more than MOST_PIXELS."""


class Animated(Exception):
    """It moves."""


class Picture(NamedTuple):
    """A progressive JPEG that holds nothing but pixels; `digest` names it."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of SHA-256."""
        return sha256(self.data).hexdigest()[:16]


def read_picture(file: BinaryIO) -> Picture:
    """Decode, turn upright, make small enough, and drop all that is not pixels.

    Raises NotAPicture, TooManyPixels or Animated.
    """
    with _one_at_a_time:
        try:
            with Image.open(file, formats=FORMATS) as image:
                _refuse_too_much(image)
                return _written_anew(image)
        except (TooManyPixels, Animated):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception as error:  # a hostile file makes the decoders raise nearly anything
            raise NotAPicture from error


def _refuse_too_much(image: "Image.Image") -> None:
    """From the head of the file, before anything is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels
    # MPO is what some telephones make of a JPEG: the photograph, then a smaller one that nobody sees.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Animated


def _written_anew(image: "Image.Image") -> Picture:
    image.draft("RGB", (TALLEST, TALLEST))  # a JPEG can be decoded smaller at once
    if image.mode == "I;16":  # as some scanners write it, which to convert would make white
        image = image.point(lambda grey: grey / 256).convert("L")
    if image.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        image = image.convert("RGBA")  # a palette has nothing between two of its colours
    image.thumbnail((TALLEST, TALLEST))  # small before it is copied
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((WIDEST, TALLEST))
    canvas = Image.new("RGB", upright.size, PAPER)  # a fresh one: comments and profiles stay behind
    shown = upright.convert("RGBA")
    canvas.paste(shown, mask=shown)
    file = BytesIO()
    canvas.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(file.getvalue(), *canvas.size)
