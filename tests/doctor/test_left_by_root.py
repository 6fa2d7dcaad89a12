"""A command that root types leaves the files of the site to its account; the doctor finds what root left earlier."""

import os
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry

from tests.databases import ON_SQLITE
from tests.doctor.examined import doctor
from tests.servers import cannot_run
from tests.servers.postgresql import NOBODY
from tribune.database import db
from tribune.processes import Together


@pytest.fixture(autouse=True)
def root() -> None:
    if os.geteuid() != 0:
        cannot_run("What root leaves: only root can give a folder to another account.")


def written(folder: Path) -> Path:
    """The file in which a command of root counts, below this folder."""
    Together(str(folder), CollectorRegistry()).total()
    [file] = (folder / "metrics").iterdir()
    return file


def test_what_root_writes_is_for_whoever_has_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, -1)
    file = written(tmp_path)
    assert {file.stat().st_uid, file.parent.stat().st_uid} == {NOBODY}


def test_root_takes_no_folder_from_the_account_of_the_site(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    os.chown(folder, NOBODY, -1)
    file = written(tmp_path)
    assert (folder.stat().st_uid, file.stat().st_uid) == (NOBODY, NOBODY)


@ON_SQLITE
def test_what_root_left_in_the_folder_of_the_site_is_found(well: Flask) -> None:
    numbers, file = Path(well.instance_path) / "metrics", Path(db.engine.url.database or "")
    numbers.mkdir()
    assert not {str(numbers), "Database file"} & doctor(well).keys()
    folders = {numbers.parent, file.parent}
    for folder in folders:
        os.chown(folder, NOBODY, -1)
    try:
        found = doctor(well)
    finally:
        for folder in folders:
            os.chown(folder, 0, -1)  # the next test has its database there too
    assert (found[str(numbers)], found["Database file"]) == ("warn", "wrong")
