"""Who signs, confirms or looks after their signature costs the same whatever has signed before them.

On SQLite, which knows nothing of how many rows there are: it never counts them by itself, and its way is always this.
"""

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_signature, mine_path
from tests.page import Reader
from tests.plans import plans, walks
from tribune.database import db
from tribune.mine import answering
from tribune.signatures import reminding

pytestmark = ON_SQLITE


def test_nobody_who_signs_confirms_changes_or_leaves_has_a_whole_letter_read(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, email="lea@example.org")
    assert "sqlite_stat1" not in sa.inspect(db.engine).get_table_names()
    with plans() as found:
        client.sign("rues", organisation="École")
        signature = latest_signature()
        confirm, mine = confirm_path(signature), mine_path(signature)
        for path in (confirm, mine):
            assert client.get(path).status_code == 200
        assert client.post(confirm).status_code == 303
        client.sign("rues")
        for act in ("hide", "show", "withdraw", "sign-again"):
            assert client.post(mine, data={"act": act}).status_code == 303
        for form in ("new-link", "find"):
            path = f"/signatures/{form}"
            client.post(path, data={**client.fields(path), "email": "zoe@example.org"})
        answering.answer_due()
        reminding.remind_due()
        assert client.post(f"{mine}/erase").status_code == 303
    assert len(found) > 30
    assert walks(found) == []
