"""The sentences under which people agree to be shown, by the name that their signature keeps of them."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDING = "2026-11b"  # names the sentences of consent on the form; change it whenever one of them changes
# What is said of the list, as the letter shows it.
INITIALS = "-initials"  # ends each wording, of whatever year or import, that speaks of initials alone
WORDINGS = {"yes": WORDING, "initials": WORDING + INITIALS, "no": f"{WORDING}-counted"}
# The sentence of the box, where the form has one.
PUBLISH = {
    WORDINGS["yes"]: _l("Show my line in the public list. Otherwise I am counted without my name."),
    WORDINGS["initials"]: _l("Show my initials in the public list. Otherwise I am counted without them."),
}
NEWS = _l("The organisers may write to me about this letter.")


def of_initials(wording: Any) -> Any:
    """Whether somebody who signed under this wording, or its column in a query, agreed to no more than initials."""
    return wording.endswith(INITIALS)


def sentences(wording: str) -> dict[str, Any]:
    """What the form of this wording asks, by the name of the column that has the answer; of no other form anything."""
    if wording not in WORDINGS.values():
        return {}
    return ({"published": PUBLISH[wording]} if wording in PUBLISH else {}) | {"news": NEWS}
