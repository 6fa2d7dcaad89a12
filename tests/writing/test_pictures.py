"""The picture of a letter: any honest file becomes a plain JPEG, and no hostile one gets past the decoder."""

import io
from collections.abc import Callable
from time import process_time

import PIL.Image
import pytest
from PIL.ExifTags import Base
from PIL.PngImagePlugin import PngInfo

from tests.writing.pixels import BLUE, RED, bomb, decoded, file_of, moving, near, scanned, two_colours
from tribune.writing.pictures import MOST_SCANS, Animated, NotAPicture, TooManyPixels, read_picture


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGB")])
@pytest.mark.parametrize("size", [(60, 40), (2400, 1200), (1, 1)])
def test_a_picture_becomes_a_progressive_jpeg_no_wider_than_the_page(
    kind: str, mode: str, size: tuple[int, int]
) -> None:
    picture = read_picture(io.BytesIO(file_of(two_colours(size, mode), kind)))
    image = decoded(picture.data)
    assert image.format == "JPEG" and "progressive" in image.info and image.mode == "RGB"
    assert image.size == (picture.width, picture.height) == ((1600, 800) if size[0] > 1600 else size)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("WEBP", "RGBA")])
def test_every_kind_of_pixels_is_read(kind: str, mode: str) -> None:
    assert read_picture(io.BytesIO(file_of(two_colours(mode=mode), kind))).width == 60


def test_the_greys_of_a_scanner_stay_what_they_were() -> None:
    image = PIL.Image.new("I;16", (60, 40), 128 * 256)
    assert near(decoded(read_picture(io.BytesIO(file_of(image, "PNG"))).data).getpixel((30, 20)), (128, 128, 128))


def test_what_is_transparent_shows_paper() -> None:
    picture = read_picture(io.BytesIO(file_of(PIL.Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")))
    assert near(decoded(picture.data).getpixel((5, 5)), (255, 255, 255))


def test_it_stands_upright_and_tells_nothing_of_where_and_when() -> None:
    exif = PIL.Image.Exif()
    exif[Base.Orientation] = 6  # the camera was held on its side
    exif[Base.Make] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    source = file_of(two_colours(), "JPEG", exif=exif, comment=b"Secret comment", icc_profile=b"Secret profile" * 20)
    picture = read_picture(io.BytesIO(source))
    assert (picture.width, picture.height) == (40, 60)
    image = decoded(picture.data)
    assert near(image.getpixel((35, 30)), RED) and near(image.getpixel((5, 30)), BLUE)
    assert b"Secret" in source and b"Secret" not in picture.data and b"Exif" not in picture.data
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_a_photograph_with_a_second_one_behind_it_is_no_animation() -> None:
    data = file_of(two_colours(), "MPO", save_all=True, append_images=[two_colours((6, 4))])
    assert read_picture(io.BytesIO(data)).width == 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    with pytest.raises(Animated):
        read_picture(io.BytesIO(moving(kind)))


@pytest.mark.parametrize("size", [(100_000, 100_000), (10_000, 10_000), (60_000, 1000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        read_picture(io.BytesIO(bomb(*size)))


def test_a_jpeg_that_goes_over_its_pixels_again_and_again_is_refused() -> None:
    """At 50 million pixels, each time takes 30 ms, and 10 MB have room for a hundred thousand."""
    alone = b"\xff\x01"  # a mark that has no length, or it would hide the scans behind it
    for data in (scanned(MOST_SCANS), scanned(MOST_SCANS, alone)):
        with pytest.raises(NotAPicture):
            read_picture(io.BytesIO(data))
    assert read_picture(io.BytesIO(scanned(50, alone))).width == 60


def test_bytes_that_only_fill_are_passed_over_once() -> None:
    """Any number may stand before a mark. To try each of a hundred thousand takes a minute, of 10 MB a week."""
    fill = b"\xff" * 100_000
    started = process_time()
    with pytest.raises(NotAPicture):
        read_picture(io.BytesIO(b"\xff\xd8" + fill))
    with pytest.raises(NotAPicture):
        read_picture(io.BytesIO(scanned(MOST_SCANS, fill)))
    assert read_picture(io.BytesIO(scanned(50, fill))).width == 60
    assert process_time() - started < 10


def test_a_film_behind_a_photograph_is_not_read() -> None:
    assert read_picture(io.BytesIO(scanned(0) + b"\xff\xda\0\2" * 1000)).width == 60


NOISE = file_of(PIL.Image.effect_noise((300, 300), 90).convert("RGB"), "JPEG")
TEXT_BOMB = PngInfo()
TEXT_BOMB.add_text("x", "x" * 10_000_000, zip=True)
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "words": lambda: b"Bonjour",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": lambda: file_of(two_colours(), "GIF"),
    "bmp": lambda: file_of(two_colours(), "BMP"),
    "tiff": lambda: file_of(two_colours(), "TIFF"),
    "cut": lambda: NOISE[: len(NOISE) // 2],
    "head alone": lambda: NOISE[:20],
    "png cut": lambda: file_of(two_colours(), "PNG")[:60],
    "webp cut": lambda: file_of(two_colours(), "WEBP")[:40],
    "words without end": lambda: file_of(two_colours(), "PNG", pnginfo=TEXT_BOMB),
    "no width": lambda: bomb(0, 10),
    "too little data": lambda: bomb(1000, 1000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(NotAPicture):
        read_picture(io.BytesIO(HOSTILE[name]()))


def test_a_file_that_is_two_things_at_once_comes_out_as_one() -> None:
    double = (
        file_of(two_colours(), "JPEG", comment=b"<script>alert(1)</script>") + b"PK\x03\x04<script>alert(2)</script>"
    )
    assert b"script" not in read_picture(io.BytesIO(double)).data
