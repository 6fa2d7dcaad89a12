"""The story, by HTTP and mail only: sign, open the mail, confirm, be listed, log in, export. Read this first."""

import csv
import io
import re
from collections.abc import Callable

from flask import Flask

from tests.factories import make_letter, make_organiser
from tests.servers.smtp import Mail, MailServer
from tribune.mine.answering import answer_due
from tribune.outbox.delivery import deliver_due


def link_in(mail: Mail, path: str) -> str:
    """The address below `path` in the words of a mail, without the host."""
    text = mail.message.get_body(("plain",)).get_content()
    return re.search(rf"http://localhost({path}/\S+)", text)[1]


def test_a_reader_signs_confirms_is_listed_and_the_organiser_exports(
    make_app: Callable[..., Flask], mail_server: MailServer
) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        letter = make_letter(make_organiser(email="alice@example.org"), first="Léa Martin, maire (Nantes)", slug="rues")
        reader, organiser = app.test_client(), app.test_client()

        # She signs, and is told to open her mail. Nobody sees her name yet.
        answer = reader.sign(
            "rues", given_name="Zoé", family_name="d’Été", role="éditrice", organisation="Le Port", news="y"
        )
        assert (answer.status_code, answer.location) == (303, "/letters/rues/check-inbox")
        assert "Il reste une étape" in reader.get(answer.location).text
        assert "d’Été" not in reader.get("/letters/rues/signatories").text

        # The mail holds her line and a link; opening it counts nothing, the button does.
        assert deliver_due() == 1
        [mail] = mail_server.wait_for(1)
        assert mail.recipients == ["zoe@example.org"]
        assert "Zoé d’Été, éditrice (Le Port)" in mail.message.get_body(("plain",)).get_content()
        link = link_in(mail, "/signatures/confirm")
        assert "Votre signature n’est pas encore comptée" in reader.get(link).text
        assert ">1\u00a0signature attestée par les organisateurs</strong>" in reader.get("/letters/rues").text
        answer = reader.post(link)
        assert "C’est signé" in reader.get(answer.location).text

        # She is counted and listed, after the first signatories.
        assert ">1 signature confirmée</strong>" in reader.get("/letters/rues").text
        names = re.findall(
            r'class="line"><b class="name">([^<]+)</b>([^<]*)', reader.get("/letters/rues/signatories").text
        )
        assert names == [("Léa Martin", ", maire (Nantes)"), ("Zoé d’Été", ", éditrice (Le Port)")]

        # The organiser logs in by mail and takes the list away.
        form = organiser.fields("/organisers/log-in")
        assert organiser.post("/organisers/log-in", data={**form, "email": "alice@example.org"}).status_code == 303
        answer_due()
        deliver_due()
        link = link_in(mail_server.wait_for(2)[1], "/organisers/log-in")
        assert organiser.post(link, data=organiser.fields(link)).status_code == 303
        file = organiser.get(f"/manage/letters/{letter.id}/signatures.csv")
        rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")), delimiter=";"))
        assert [row["printed_line"] for row in rows] == ["Léa Martin, maire (Nantes)", "Zoé d’Été, éditrice (Le Port)"]
        assert [row["email"] for row in rows] == ["", "zoe@example.org"]
