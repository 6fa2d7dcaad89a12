"""The file of a backup: a zip with one JSON Lines file per table, and a manifest that says what must be there."""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
COMPRESSION = 1  # saves nearly as much as more would, in a third of the time

Part = tuple[str, list[str], Iterator[list[Any]]]  # a table: its name, its columns, its rows


class BadBackup(Exception):
    """Not a complete backup of ours, or not one this code can read; the message says which, and what to do."""


@dataclass
class Table:
    """What the file of a table must hold."""

    columns: list[str]
    rows: int = 0
    sha256: str = ""


@dataclass
class Manifest:
    """What a backup says about itself."""

    revision: str
    database: str  # the dialect it came from
    created_at: str
    whole: bool = True  # False: only what restores must respect, such as erasures
    tables: dict[str, Table] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """The number of rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    @property
    def moment(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.created_at).astimezone(UTC)

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read a manifest from its JSON. Raises BadBackup."""
        try:
            values = json.loads(text)
            if values["format"] > FORMAT:
                raise BadBackup("It was made by a newer Tribune: update this one, then restore it.")
            values["tables"] = {name: Table(**table) for name, table in values["tables"].items()}
            datetime.fromisoformat(values["created_at"])
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBackup("Its manifest cannot be read: it is no backup of Tribune, or it was damaged.") from error


# What `zipfile` raises for a damaged file, which may also seem to ask for features it does not have.
DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, OSError, ValueError)


class Writer:
    """Writes the tables of a backup, then its manifest."""

    def __init__(self, file: IO[bytes], manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION)

    def add(self, name: str, columns: list[str], rows: Iterator[list[Any]]) -> None:
        """Write the rows of a table as they come, in constant memory."""
        digest, number = sha256(), 0
        with self._zip.open(f"{name}.jsonl", "w", force_zip64=True) as part:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                part.write(line)
                number += 1
        self.manifest.tables[name] = Table(columns, number, digest.hexdigest())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        if kind is not None:
            with suppress(OSError):  # the first error is being raised already
                self._zip.close()
            return
        self._zip.writestr(MANIFEST, json.dumps(asdict(self.manifest), indent=1))  # last: it makes the backup complete
        self._zip.close()


class Reader:
    """Reads a backup. Call `check` before trusting anything in it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._file)
            self.manifest = Manifest.read(self._zip.read(MANIFEST))
        except DAMAGED as error:
            self._file.close()
            raise BadBackup("It is no whole backup of Tribune: it was cut, or it is something else.") from error
        except BadBackup:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a table. Raises BadBackup if they are not what was written."""
        wanted, digest = self.manifest.tables[name], sha256()
        try:
            with self._zip.open(f"{name}.jsonl") as part:
                for line in part:
                    digest.update(line)
                    yield line
        except DAMAGED as error:
            raise BadBackup(f"Its table {name} cannot be read: the file was damaged. Take another backup.") from error
        if digest.hexdigest() != wanted.sha256:
            raise BadBackup(f"Its table {name} is not what was written: the file was damaged. Take another backup.")

    def rows(self, name: str) -> Iterator[list[Any]]:
        """Yield the rows of a table."""
        return map(json.loads, self.lines(name))

    def parts(self, names: Iterable[str]) -> Iterator[Part]:
        """Yield those of these tables that it has."""
        for name in names:
            if table := self.manifest.tables.get(name):
                yield name, table.columns, self.rows(name)

    def records(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table by the names of its columns; none if it has no such table."""
        for _name, columns, given in self.parts([name]):
            yield from (dict(zip(columns, row, strict=True)) for row in given)

    def check(self) -> None:
        """Read everything once. Raises BadBackup."""
        for name in self.manifest.tables:
            for _ in self.lines(name):
                pass
