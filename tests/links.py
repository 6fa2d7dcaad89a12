"""A link for every page that is opened by a token."""

from tests.factories import make_invitation, make_invited, make_signature, owner_of
from tribune.database import now
from tribune.invitations.links import answer_link
from tribune.letters.life import make_preview_link
from tribune.letters.links import preview_link
from tribune.letters.models import Letter
from tribune.organisers.links import log_in_link, new_account_link
from tribune.signatures.links import agree_link, confirm_link, mine_link, not_me_link
from tribune.teams.links import invitation_link
from tribune.tokens import Link


def links_of(letter: Letter) -> dict[str, Link]:
    """Make a link, and the object it is for, for each endpoint whose path holds a token. Needs an app context."""
    signature = make_signature(letter, confirmed=False)
    mine, agree = (make_signature(letter, confirmed=False, confirmed_at=now()) for _ in range(2))
    make_preview_link(letter, owner_of(letter))
    by_view = {
        ("signatures.show_confirm", "signatures.confirm"): confirm_link(signature),
        ("asking.show_agree", "asking.agree"): agree_link(agree),
        ("signatures.not_me",): not_me_link(signature.mailbox_key or ""),
        ("mine.show_mine", "mine.mine", "mine.correct", "mine.erase"): mine_link(mine),
        ("organisers.enter",): log_in_link(owner_of(letter)),
        ("organisers.new_account",): new_account_link(f"newcomer{letter.id}@example.org"),
        ("letters.preview",): preview_link(letter),
        ("invitations.show", "invitations.answer"): answer_link(make_invited(letter)),
        ("teams.join",): invitation_link(make_invitation(letter.team), owner_of(letter)),
    }
    return {endpoint: link for endpoints, link in by_view.items() for endpoint in endpoints}
