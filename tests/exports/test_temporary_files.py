"""What a workbook needs of the temporary folder: room, and to leave nothing there."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.exports.workbooks import lines
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader
from tests.servers.disk import fill, small_disk
from tests.shell import shell
from tribune.exports import workbook


def test_nothing_of_it_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken() -> Iterator[bytes]:
        yield from lines("n", "a")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        workbook.workbook(broken())
    workbook.workbook(lines("n", "a")).close()
    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_a_temporary_folder_without_room_is_said_to_be_full(
    client: Reader, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    for _ in range(10):
        make_signature(letter, role="maire " * 30, organisation="Brest " * 30)
    with small_disk(tmp_path, megabytes=1) as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        fill(disk)
        answer = client.get(f"/manage/letters/{letter.id}/signatures.xlsx")
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        code, output = shell(app, "signatures", "export", "rues", "--format", "xlsx", "--output", tmp_path / "a.xlsx")
        assert code == 1 and f"The temporary folder {disk} failed: No space left on device." in output
        assert [path.name for path in (*disk.iterdir(), *tmp_path.glob("*.xlsx*"))] == ["ballast"]


@ON_SQLITE
def test_a_temporary_folder_that_was_full_when_it_was_first_needed_is_said_to_be(
    client: Reader, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    with small_disk(tmp_path, megabytes=1) as disk:
        fill(disk)
        monkeypatch.setattr("tempfile.tempdir", None)
        monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(disk)])
        assert client.get(f"/manage/letters/{letter.id}/signatures.xlsx").status_code == 503
        code, output = shell(app, "signatures", "export", "rues", "--format", "xlsx", "--output", tmp_path / "a.xlsx")
        assert code == 1 and "The temporary folder failed: No usable temporary directory" in output


def test_a_temporary_folder_that_fills_up_while_it_is_packed_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (Random(row).randbytes(150).hex() for row in range(1800))  # of which a megabyte holds one copy and a half
    with small_disk(tmp_path, megabytes=1) as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        with pytest.raises(OSError, match="No space left"):  # and nothing else, of what the library leaves open
            workbook.workbook(lines("n", *cells))


def test_what_a_killed_process_left_goes_once_nothing_was_written_for_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / f"{workbook.ASIDE}dead" / "rows"
    begun = tmp_path / f"{workbook.ASIDE}begun"
    others = tmp_path / "others"
    for folder in (left.parent, begun, others):
        folder.mkdir()
    for path, minutes in ((left, 61), (others, 61), (begun, 61), (begun / "rows", 59)):
        if path.name == "rows":
            path.write_text("Zoé")
        os.utime(path, (time.time() - 60 * minutes,) * 2)
    os.utime(left.parent, (time.time() - 60 * 61,) * 2)
    os.utime(begun, (time.time() - 60 * 61,) * 2)
    workbook.clear_aside()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["others", begun.name]


@ON_SQLITE
def test_it_goes_with_the_next_workbook_and_by_a_chore(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(workbook, "SILENT", -1)
    during: list[str] = []

    def rows() -> Iterator[bytes]:
        during.extend(path.name for path in tmp_path.iterdir())
        yield from lines("n", "a")

    (tmp_path / f"{workbook.ASIDE}dead").mkdir()
    workbook.workbook(rows()).close()
    assert len(during) == 1 and during[0].startswith(workbook.ASIDE) and not during[0].endswith("dead")
    assert workbook.clear_aside in [chore.do for chore in app.extensions["chores"]]
