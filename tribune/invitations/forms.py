"""The forms on the page of an invited person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from tribune.fields import at_most, not_required, own_address_field, tidy_text
from tribune.invitations.answering import line_shown_as
from tribune.invitations.lines import WORDS, words_of
from tribune.invitations.models import Invitation
from tribune.people.actions import read_anew
from tribune.signatures.forms import (
    LIST_CHANGED,
    ConsentField,
    SigningForm,
    StampedForm,
    affiliation_field,
    capacity_field,
    organisation_field,
    role_field,
)

WORDING = "2026-11b-invited"  # names the sentences of consent on this form; change it whenever one of them changes
WORD, QUESTION = 2000, 2000  # characters


class LineForm(SigningForm):
    """The line, filled in as it is signed or, before, proposed."""

    affiliation = affiliation_field()
    role = role_field()
    organisation = organisation_field()
    capacity = capacity_field()
    version = HiddenField()
    of_another = False  # True: not the invited person fills it in

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        signature = invitation.signature
        self.proposed = signature or invitation  # the line as it stands, or as the organisers propose it
        data = words_of(self.proposed) | {"seen": line_shown_as(invitation)}
        if signature and invitation.accepted_at:  # what they said then
            data |= {"news": signature.news, "tell": invitation.tell}
        super().__init__(*args, subject=f"invitation {invitation.id}", data=data, **kwargs)
        self.digest = invitation.letter.version.digest
        not_required(self.role)
        if not self.proposed.given_name:  # a name of one word
            not_required(self.given_name)
        # An affiliation copied as printed is one text: role and organisation are not asked beside it.
        if self.proposed.affiliation is not None and not self.of_another:
            del self["role"], self["organisation"]
            if self.proposed.as_organisation or not self.proposed.organisation:  # nothing is named to sign for
                del self["capacity"]
            return
        del self["affiliation"]
        if self.proposed.as_organisation and not self.of_another:
            del self["capacity"]
        else:
            not_required(self.organisation)

    @property
    def words(self) -> dict[str, Any]:
        """The line as typed, by the names of its columns; what the form does not ask stays as it is.

        Except role and organisation, which are read again from the affiliation if that changed.
        """
        before = words_of(self.proposed)
        words = {**before, **{name: self[name].data or "" for name in WORDS if name in self}}
        return words if self.proposed.as_organisation else read_anew(words, before)


class AcceptForm(LineForm):
    """The line, and what else they agree to."""

    wording_now = WORDING
    wording = HiddenField()
    seen = HiddenField()
    news = ConsentField(_l("The organisers may write to me about this letter."))
    tell = ConsentField(_l("Tell me by email when it is published."))

    def validate_wording(self, field: HiddenField) -> None:
        """Refuse if the sentences of consent changed since they were shown."""
        if field.data != self.wording_now:
            self.news.data = self.tell.data = False  # the boxes that were ticked said something else
            raise ValidationError(LIST_CHANGED)


class SomebodyElseForm(LineForm):
    """The line and address of somebody who was given the link of another."""

    email = own_address_field(_l("Your own email address"))
    of_another = True

    def forget_the_invited(self) -> None:
        """Empty role and organisation where they are still those of the invited person."""
        for name in ("role", "organisation"):
            if self[name].data == (getattr(self.proposed, name) or ""):
                self[name].data = ""

    @property
    def words(self) -> dict[str, Any]:
        """The line as typed; nothing of the invited person."""
        return {name: self[name].data or "" for name in WORDS if name in self}


class DeclineForm(StampedForm):
    """A word to the organisers, or none."""

    word = TextAreaField(_l("A word to the organisers"), filters=[tidy_text], validators=[at_most(WORD)])


class QuestionForm(StampedForm):
    """A question to the organisers."""

    question = TextAreaField(
        _l("Your question"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Write your question.")), at_most(QUESTION)],
    )
