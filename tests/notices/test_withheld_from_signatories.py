"""What those who signed a version read of it once it is withheld: nothing, on pages and in mails."""

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, mine_path, posted
from tests.page import Reader
from tribune.database import write
from tribune.mine.data import everything_held
from tribune.notices import withholding
from tribune.signatures.links import agree_link
from tribune.signatures.mails import post_ask_to_agree, post_remind_to_confirm

PATH = "/letters/rues/versions"
UNLAWFUL = ("Le maire vole", "Le maire est un voleur", "Une phrase accusait")
WHY = "Un juge l’a dit."


def words_at(client: Reader, path: str) -> set[str]:
    page = client.get(path).text
    return {words for words in UNLAWFUL if words in page}


def test_who_signed_is_written_nothing_of_it_and_downloads_what_they_signed(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Le maire vole", text="Le maire est un voleur.")
    signed, waiting = make_signature(letter), make_signature(letter, confirmed=False)
    make_correction(letter, title="Nos rues", text="Un texte.", reason="Une phrase accusait.", substance=True)
    agree = agree_link(signed).url().removeprefix("http://localhost")

    def mailed() -> str:
        """The question to the one and the reminder to the other, as they leave now."""
        with write():
            assert post_ask_to_agree(signed) and post_remind_to_confirm(waiting)
        question, reminder = ((mail.text or "").replace("\n", " ") for mail in posted()[-2:])
        return question + reminder

    ask(letter)
    mails = mailed()
    assert words_at(client, agree) == {"Une phrase accusait"} and "Le nouveau texte s’appelle" in client.get(agree).text
    assert mails.count("Le maire vole") == 2 and "Une phrase accusait" in mails and "s’intitule" in mails
    withholding.withhold(letter, 1, "text", WHY)
    withholding.withhold(letter, 2, "reason", WHY)
    mails = mailed()
    assert not any(words in mails + client.get(agree).text for words in (*UNLAWFUL, "s’intitule", "s’appelle"))
    assert mails.count("Nos rues") >= 2
    assert f'href="{PATH}/1"' in client.get(mine_path(signed)).text
    assert everything_held(signed)["letter"]["title"] == "Le maire vole"


@ON_SQLITE
def test_who_signs_again_is_not_reminded_of_its_title(client: Reader) -> None:
    letter = make_letter(slug="rues", title="Le maire vole", text="Le maire est un voleur.")
    make_signature(letter, email="zoe@example.org")
    make_correction(letter, title="Nos rues", text="Un texte.", substance=True)
    ask(letter)

    def mailed() -> str:
        client.sign("rues")
        mail = posted()[-1]
        assert (mail.budget, mail.kind, mail.recipient) == ("confirmation", "ask_to_agree", "zoe@example.org")
        return (mail.text or "").replace("\n", " ")

    assert "Le maire vole" in mailed()
    withholding.withhold(letter, 1, "text", WHY)
    again = mailed()
    assert "Nos rues" in again and "Le maire vole" not in again and "s’intitule" not in again
