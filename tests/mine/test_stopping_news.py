"""Who agreed to news keeps their address longer, and is told when it goes with the agreement."""

import time_machine

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, mine_path
from tests.page import Reader
from tests.retention.forgetful import closed, ran
from tribune.retention.periods import ADDRESSES


@ON_SQLITE
def test_who_stops_news_once_other_addresses_are_deleted_reads_that_theirs_goes_too(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, news=True)
    path, said = mine_path(signature), "votre adresse est alors supprimée aussi"
    end = closed(letter)
    assert said not in client.get(path).text
    with time_machine.travel(end + ADDRESSES, tick=False):
        assert ran(end + ADDRESSES)["addresses"] == 0 and said in client.get(path).text
        client.post(path, data={"act": "stop-news"})
        assert ran(end + ADDRESSES)["addresses"] == 1 and "allow-news" not in client.get(path).text
