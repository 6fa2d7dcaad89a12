"""The command of an import, typed again at once, finds that it is done."""

from datetime import timedelta
from pathlib import Path

import time_machine
from flask import Flask

from tests.factories import all_leave, make_letter
from tests.importing.files import written
from tests.shell import shell
from tribune.database import now

PERSON = "Prénom,Nom,Courriel\nZoé,Évrard,zoe@example.org\n"


def test_where_a_mailbox_may_receive_no_more_the_command_says_so_again(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, PERSON)
    for slug in ("un", "deux", "trois", "quatre"):
        make_letter(slug=slug)
    for slug, number in [("un", 1), ("deux", 1), ("trois", 1), ("quatre", 0), ("quatre", 0)]:
        code, said = shell(app, "signatures", "import", slug, file, "--yes")
        assert code == 0 and f"\n{number} imported." in said, said
    all_leave()
    with time_machine.travel(now() + timedelta(days=1)):  # when that mailbox may receive more
        code, said = shell(app, "signatures", "import", "quatre", file, "--yes")
    assert code == 0 and "\n1 imported." in said, said
