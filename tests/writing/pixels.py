"""Files that somebody could upload: honest ones, and a bomb."""

import io
import struct
import zlib

import PIL.Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def file_of(image: PIL.Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def two_colours(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> PIL.Image.Image:
    """Red above, blue below."""
    image = PIL.Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return image.convert(mode)


def decoded(data: bytes) -> PIL.Image.Image:
    image = PIL.Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return isinstance(pixel, tuple) and all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=True))


def bomb(width: int = 100_000, height: int = 100_000) -> bytes:
    """A PNG of a few bytes that says it is as large as that."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def moving(kind: str) -> bytes:
    frames = [PIL.Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    return file_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def scanned(times: int, between: bytes = b"") -> bytes:
    """A progressive JPEG whose last scan is there so many times more: few bytes, each over all pixels."""
    data = file_of(PIL.Image.new("L", (60, 40), 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + between + last * times + data[-2:]
