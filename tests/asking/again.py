"""Asking, answering and counting, in a word each."""

from tests.factories import owner_of
from tests.threads import LONG
from tribune.asking import actions as asking
from tribune.letters.models import Letter
from tribune.moderation.actions import advance
from tribune.moderation.models import Batch
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature


def ask(letter: Letter) -> Batch:
    batch = asking.ask(letter, by=owner_of(letter))
    advance(batch, LONG)
    return batch


def agree(signature: Signature) -> Signature:
    return asking.agree(signature.id, signature.link_nonce, signature.letter.version.digest)


def disagree(signature: Signature) -> None:
    asking.disagree(signature.id, signature.link_nonce, signature.letter.version.digest)


def counts(letter: Letter) -> tuple[int, int]:
    assert recount(letter) == (0, 0)
    return letter.confirmed_count, letter.attested_count
