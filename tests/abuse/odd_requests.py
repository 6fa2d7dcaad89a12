"""Requests that no page of ours would send, drawn at random from what is known to hurt."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

from tests.abuse.corpus import ARGUMENTS, BODIES, HEADERS, KINDS, METHODS, NUMBERS, STRANGE, WORDS
from tests.abuse.places import Ground, Place

FORM = b"application/x-www-form-urlencoded"
BOUNDARY = b"x0x"
BEGINNINGS = [b"", b"", b"", b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0"]  # of files
PROOFS = {b"csrf_token", b"stamp"}  # that the form came from our page
Fields = list[tuple[bytes, bytes]]


class Request(NamedTuple):
    """What goes over the wire. `headers`: as bytes, without Host and Content-Length."""

    method: str
    target: bytes
    headers: Fields
    body: bytes | None
    place: Place


def draw(random: Random, ground: Ground) -> Request:
    """One request at one of the places of this ground; most come from somebody who may open it, past its first door."""
    place = random.choice(ground.places)
    headers: Fields = []
    if place.is_private and random.random() < 0.95:
        headers += [(b"Cookie", ground.cookie.encode()), (b"X-CSRFToken", ground.csrf_token.encode())]
    method = random.choice(METHODS if random.random() < 0.1 else [each for each in place.methods if each != "OPTIONS"])
    target = _target(random, place.path)
    body = None
    if method not in {"GET", "HEAD"} or random.random() < 0.02:
        kind, body = _body(random, ground, place)
        headers.append((b"Content-Type", kind))
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        name, value = random.choice(HEADERS), random.choice(STRANGE)
        headers = [each for each in headers if each[0] != name.encode()] + [(name.encode(), _sendable(value))]
    return Request(method, target, headers, body, place)


def _sendable(value: str) -> bytes:
    return value.encode("latin-1", "replace")


def _word(random: Random) -> bytes:
    """Something that is typed, alone, twice, or cut anywhere: a cut character is none."""
    word = random.choice(WORDS)
    shape = random.random()
    if shape < 0.1:
        word += random.choice(WORDS)
    elif shape < 0.2 and word:
        word = word[random.randrange(len(word)) :]
    elif shape < 0.25:
        word = bytes(random.randrange(256) for _ in range(random.randrange(1, 12)))
    return word


def _target(random: Random, path: str) -> bytes:
    """The address, changed in one part or not at all, with or without arguments."""
    parts = quote(path).encode().split(b"/")
    shape = random.random()
    if shape < 0.2 and len(parts) > 2:
        numbers = [number for number, part in enumerate(parts) if part.isdigit()]
        number = random.choice(numbers or range(2, len(parts)))
        words = NUMBERS if parts[number].isdigit() else [_word(random)]
        parts[number] = quote_from_bytes(random.choice(words)[:2000], safe="").encode()
    elif shape < 0.25:
        parts.insert(random.randrange(1, len(parts) + 1), random.choice([b"", b".", b"..", b"%2e%2e", b"%00", b";x"]))
    target = b"/".join(parts)[:4000]
    if random.random() < 0.4:
        asked = [(random.choice(ARGUMENTS).encode(), _word(random)) for _ in range(random.choice([1, 1, 2, 5]))]
        target += b"?" + encoded(asked)
    return target


def _body(random: Random, ground: Ground, place: Place) -> tuple[bytes, bytes]:
    """Its type and itself: a form of this place with some fields changed, or no form at all."""
    shape = random.random()
    if shape < 0.15:
        return _sendable(random.choice(KINDS)), random.choice(BODIES)
    forms = place.forms or random.choice([each.forms for each in ground.places if each.forms])
    fields = {name.encode(): value.encode() for name, value in random.choice(forms).items()}
    names = [name for name in fields if name not in PROOFS or random.random() < 0.1]
    for name in random.sample(names, min(len(names), random.choice([0, 1, 1, 2, 4]))):
        fields[name] = random.choice(NUMBERS) if fields[name].isdigit() and random.random() < 0.5 else _word(random)
    sent = list(fields.items())
    if sent and random.random() < 0.15:
        sent.pop(random.randrange(len(sent)))
    if sent and random.random() < 0.15:
        sent += [random.choice(sent)] * random.choice([1, 1, 3, 1200])
    if random.random() < 0.1:
        sent.append((random.choice(ARGUMENTS).encode(), _word(random)))
    if shape < 0.75:
        return FORM, encoded(sent)
    return b"multipart/form-data; boundary=" + BOUNDARY, _multipart(random, sent)


def encoded(fields: Fields) -> bytes:
    """As a form is sent."""
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in fields).encode()


def _multipart(random: Random, fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    """As a form with files is sent; any field may come as a file, and the end may be missing."""
    parts = []
    for name, value in fields:
        head = b'Content-Disposition: form-data; name="' + name.replace(b'"', b"%22") + b'"'
        if name in {b"file", b"picture", b"image"} or random.random() < 0.03:
            head += b'; filename="' + _word(random)[:200].replace(b"\r", b"").replace(b"\n", b"") + b'"'
        parts.append(b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + random.choice(BEGINNINGS) + value + b"\r\n")
    end = random.choice([b"--" + BOUNDARY + b"--\r\n"] * 9 + [b""])
    return b"".join(parts) + end
