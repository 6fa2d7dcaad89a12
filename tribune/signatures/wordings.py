"""The sentences by which people consent to be shown and mailed, under the names kept in `Signature.wording`."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDING = "2026-11b"  # names the sentences of consent on the form; change it whenever one of them changes
INITIALS = "-initials"  # the end of every wording, of any year or import, that promises initials only
# By `Letter.public_list`.
WORDINGS = {"yes": WORDING, "initials": WORDING + INITIALS, "no": f"{WORDING}-counted"}
# The sentence beside the box "publish"; forms of other wordings have no such box.
PUBLISH = {
    WORDINGS["yes"]: _l("Show my line in the public list. Otherwise I am counted without my name."),
    WORDINGS["initials"]: _l("Show my initials in the public list. Otherwise I am counted without them."),
}
NEWS = _l("The organisers may write to me about this letter.")


def of_initials(wording: Any) -> Any:
    """Whether this wording (a text, or the column in a query) promises initials only."""
    return wording.endswith(INITIALS)


def sentences(wording: str) -> dict[str, Any]:
    """Return the sentences of this wording by the column of the answer; {} if it is not one of WORDINGS."""
    if wording not in WORDINGS.values():
        return {}
    return ({"published": PUBLISH[wording]} if wording in PUBLISH else {}) | {"news": NEWS}
