"""An address that nobody proved leaves in no file but one with a reason: a stranger may have typed it."""

import csv
import io

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader


@pytest.mark.parametrize("status", ["pending", "all"])
def test_only_who_confirmed_has_agreed_to_be_written_to(client: Reader, status: str) -> None:
    letter = make_letter()
    make_signature(letter, news=True, email="proved@example.org")
    make_signature(letter, news=True, email="victim@example.org", confirmed=False)
    client.log_in(owner_of(letter))
    file = client.get(f"/manage/letters/{letter.id}/signatures.csv?status={status}&delimiter=comma").text
    addresses = {row["email"] for row in csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))}
    assert "victim@example.org" not in addresses
    assert ("proved@example.org" in addresses) is (status == "all")


@ON_SQLITE
def test_a_link_on_another_site_does_not_speak_for_who_follows_it(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/signatures.csv"
    for site in "cross-site", "same-site", "none":  # "none": opened from a mail
        client.get(f"{path}?purpose=theirs", headers={"Sec-Fetch-Site": site})
    client.get(f"{path}?purpose=mine", headers={"Sec-Fetch-Site": "same-origin"})
    page = client.get(f"/manage/letters/{letter.id}/log").text
    assert "mine" in page and "theirs" not in page
    theirs, mine = (
        client.get(f"{path}?addresses=all&purpose={site}", headers={"Sec-Fetch-Site": site}).location
        for site in ("cross-site", "same-origin")
    )
    # what one has typed above the button is not asked again
    assert "cross-site" not in theirs and 'value="same-origin"' in client.get(mine).text
