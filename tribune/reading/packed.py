"""Opens a zipped document (XLSX, ODS) safely: its XML parts are unpacked piece by piece, within limits."""

import zlib
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tribune.reading.grid import CannotRead

MOST_UNPACKED = 64 * 1024 * 1024  # bytes that all parts declare: with pictures and other sheets
MOST_READ = 24 * 1024 * 1024  # bytes of XML really unpacked; 2,000 rows take about two million
MOST_ELEMENTS = 1_000_000  # elements of that XML: each takes time
MOST_ATTRIBUTES = 1_000_000  # a cell has three at most; each name takes memory until the part is read
# Bytes of a tag, or of a comment: it is read from its start again with each piece. Since 2.6 expat waits until twice as
# much has come, so that half of it may be refused there.
LONGEST_TAG = 2 * 1024 * 1024
MOST_PARTS = 2_000
PIECE = 64 * 1024
IS_ENCRYPTED = 0x1
# What a damaged part raises; LookupError is an encoding unknown to expat, NotImplementedError a compression that no
# program uses today.
_SPOILT = (
    expat.ExpatError, BadZipFile, OSError, EOFError, ValueError, LookupError, NotImplementedError, zlib.error,
)  # fmt: skip

Attributes = dict[str, str]


class Packed:
    """The parts of the file by name. Raises CannotRead, also from `read`."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = ZipFile(BytesIO(content))
        except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise CannotRead("damaged") from error
        parts = self._zip.infolist()
        self._parts: dict[str, ZipInfo] = {part.filename: part for part in parts}
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise CannotRead("too_much_inside")
        self._left, self._elements, self._attributes = MOST_READ, MOST_ELEMENTS, MOST_ATTRIBUTES

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(
        self,
        name: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda _name: None,
        text: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Parse a part with these handlers; elements and attributes are named without namespaces."""
        part = self._parts.get(name)
        if part is None or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise CannotRead("damaged")
        if part.flag_bits & IS_ENCRYPTED:
            raise CannotRead("encrypted")

        def begin(found: str, attributes: Attributes) -> None:
            self._elements -= 1
            self._attributes -= len(attributes)
            if self._elements < 0 or self._attributes < 0:
                raise CannotRead("too_much_inside")
            start(_bare(found), {_bare(key): value for key, value in attributes.items()})

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse  # no spreadsheet has a doctype, and entities need one
        parser.StartElementHandler = begin
        parser.EndElementHandler = lambda found: end(_bare(found))
        parser.CharacterDataHandler = text
        came = 0
        try:
            with self._zip.open(part) as file:
                while piece := file.read(PIECE):
                    self._left -= len(piece)
                    came += len(piece)
                    if self._left < 0 or came - parser.CurrentByteIndex > LONGEST_TAG:
                        raise CannotRead("too_much_inside")
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except _SPOILT as error:
            raise CannotRead("damaged") from error


def _bare(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_declared: object) -> None:
    raise CannotRead("damaged")
