"""The form that corrects one's own signature."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, ValidationError

from tribune.fields import not_required
from tribune.people.actions import WORDS, read_anew, shown_as, words_of
from tribune.signatures.forms import NamesForm, affiliation_field, capacity_field, organisation_field, role_field
from tribune.signatures.models import Signature


class OwnWordsForm(NamesForm):
    """The words of one's own signature, checked as the form of the letter checks them.

    A first signatory, who may never have seen that form, keeps both fields, role and organisation, whatever it asks.
    Neither is required of first signatories, where an `affiliation` is printed instead, or of somebody whose line has
    none: it came in a file, or by the form before that asked.
    """

    role = role_field()
    organisation = organisation_field()
    affiliation = affiliation_field()
    capacity = capacity_field()
    seen = HiddenField()

    def __init__(self, signature: Signature, formdata: Any) -> None:
        super().__init__(formdata, data={**words_of(signature), "seen": shown_as(signature)})
        letter, self.before = signature.letter, words_of(signature)
        came_otherwise = signature.position is not None or signature.affiliation is not None
        for name, asked in (("role", letter.asks_role), ("organisation", letter.asks_organisation)):
            if asked == "absent" and signature.position is None and not getattr(signature, name):
                del self[name]
            elif asked != "required" or came_otherwise or not getattr(signature, name):
                not_required(self[name])
        if not signature.given_name:  # a name of one word
            not_required(self["given_name"])
        if signature.affiliation is None:
            del self["affiliation"]
        if "organisation" not in self:
            del self["capacity"]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Also fill in role and organisation as read from a changed `affiliation`."""
        is_valid = super().validate(*args, **kwargs)
        if is_valid and not self.before["as_organisation"]:
            for name, part in read_anew(self.words, self.before).items():
                if name in self:
                    self[name].data = part
        return is_valid

    def follow_anew(self) -> None:
        """Undo what `validate` filled in, when the form is shown again: the affiliation may still change."""
        parts = {"role": self.before["role"], "organisation": self.before["organisation"]}
        for name, part in read_anew({**self.words, **parts}, self.before).items():
            if name in parts and name in self and self[name].data == part:
                self[name].data = parts[name]

    def validate_organisation(self, field: StringField) -> None:
        if self.before["as_organisation"] and not field.data:
            raise ValidationError(_l("Enter the organisation that signs."))
        super().validate_organisation(field)

    @property
    def words(self) -> dict[str, Any]:
        """The words as typed, by the names of `actions.correct`; what the form does not ask stays as it is."""
        return {name: (self[name].data or "") if name in self else self.before[name] for name in WORDS}
