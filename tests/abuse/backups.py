"""A backup taken while people sign, confirm and erase, restored into an empty folder.

Nobody who was told so before it began is missing, what was erased before and since stays erased, and a recount finds
nothing wrong.

    .venv/bin/python -m pytest tests/abuse/test_backups.py              a few people
    .venv/bin/python -m tests.abuse.backups --before 3000 --writes 100  by hand, on a quiet machine
"""

import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import open_letter, report
from tests.conftest import let_go, migrate, new_app
from tests.servers.crowd import Crowd
from tests.servers.site import FLASK, Program, serve
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.database import db
from tribune.mine.erasing import erase
from tribune.signatures.models import Signature

PEOPLE = 6  # who sign at once, and as many who confirm
ERASED = 5  # before the backup, and as many since


@dataclass(frozen=True)
class Found:
    """What the restored site has."""

    signed: int  # told so before the backup began, and not erased
    confirmed: int  # of these
    missing: set[str]
    back: set[str]
    recounted: int  # the exit code
    a_second: float  # signatures and confirmations that people were told of, each second while it was taken
    least: float  # of them; fewer would show little

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = [f"missing: {sorted(self.missing)}"] if self.missing else []
        if self.back:
            told.append(f"erased, and there again: {sorted(self.back)}")
        if self.recounted:
            told.append("the public number is not that of the rows")
        if self.a_second < self.least:
            told.append(f"only {self.a_second:.0f} writes a second while it was taken, not {self.least:.0f}")
        return told


def run(url: str, folder: Path, before: int, writes: float, least: float = 0) -> Found:
    """Back up this database once `before` people have confirmed, and restore it into an empty folder.

    `writes`: so many sign each second, and at most as many confirm, as far as the site can.
    """
    backup, small, empty = folder / "site.zip", folder / "small.zip", folder / "empty"
    with (
        MailServer() as mails,
        open_letter(url, folder, mails) as (app, settings),
        serve({**settings, "TRIBUNE_MAIL_WORKER": "on"}) as site,
    ):
        crowd = Crowd(site, writes)
        with crowd.signing(PEOPLE), crowd.confirming(PEOPLE, mails):
            while len(crowd.confirmed) < before:
                crowd.wait_for_confirmed(1)
            erased = set(crowd.confirmed[:ERASED])
            erase_all(erased)
            signed, confirmed = set(crowd.acknowledged) - erased, set(crowd.confirmed) - erased
            taking = Program(folder / "backup", site.env, [*FLASK, "backup", str(backup)])
            written, began = len(crowd.acknowledged) + len(crowd.confirmed), time.monotonic()
            taking.start()
            assert taking.wait() == 0, taking.output
            seconds = time.monotonic() - began
            written = len(crowd.acknowledged) + len(crowd.confirmed) - written
            later = set(sorted(confirmed)[:ERASED])
            erase_all(later)
        assert shell(app, "backup", "--erasures-only", small)[0] == 0
    empty.mkdir()
    migrate(f"sqlite:///{empty}/tribune.sqlite", empty)
    restored = new_app(f"sqlite:///{empty}/tribune.sqlite", empty)
    with restored.app_context():
        code, said = shell(restored, "restore", backup, "--erasures", small)
        assert code == 0, said
        rows = dict(db.session.execute(sa.select(Signature.email, Signature.counted_at)).all())
        recounted = shell(restored, "signatures", "recount")[0]
    let_go(restored)
    missing = (signed - later - set(rows)) | {email for email in confirmed - later if not rows.get(email)}
    back = (erased | later) & set(rows)
    return Found(len(signed), len(confirmed), missing, back, recounted, written / seconds, least)


def erase_all(emails: set[str]) -> None:
    """These people erase what they signed."""
    query = sa.select(Signature.id, Signature.link_nonce).where(Signature.email.in_(emails))
    found = db.session.execute(query).all()
    db.session.remove()
    for number, nonce in found:
        erase(number, nonce)


if __name__ == "__main__":
    report(
        lambda url, folder, before, writes: run(url, folder, before, writes, least=0.9 * writes),
        before=3000,
        writes=100.0,
    )
