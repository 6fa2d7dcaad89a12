"""What was typed into a form that is refused, given back to be copied, or to be sent again; nothing keeps it."""

from collections.abc import Iterator

from flask import request
from flask_babel import lazy_gettext as _l

from tribune.fields import tidy_text
from tribune.hosts import comes_from_here

# A person of a list is a row of fields, in the order of their columns; beside these, a list has fields of our own, and
# what was left out of a page, which would part the list from its letter.
OF_A_PERSON = {
    "given_name": _l("Given name"),
    "family_name": _l("Family name"),
    "role": _l("Role"),
    "organisation": _l("Organisation"),
    "email": _l("Email address"),
    "section": _l("Section"),
    "note": _l("Note"),
}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
OF_A_LIST = {*OF_A_PERSON, "doubts", "left_out", "printed", "reasons"}


def words_typed() -> str:
    """Return the fields of several words, in order, one a paragraph; empty for a script or another site's form.

    A value without a space, such as our own keys, is soon typed again. Not so a list of people, which is given back
    whole, with tabs between its columns, under headings: so it can be pasted again, even below its letter. A file is
    not given back.
    """
    to_be_read = "text/html" in request.headers.get("Accept", "")
    if request.mimetype not in FORMS or not to_be_read or not comes_from_here():
        return ""
    of_list = OF_A_LIST if "line" in request.form else set()  # the number of a printed line, which each row has
    values = [tidy_text(value).strip() for name, value in request.form.items(multi=True) if name not in of_list]
    words = [value for value in values if len(value.split(None, 1)) > 1]
    if of_list:
        words.append("\n".join(_people()))
    return "\n\n".join(words)


def fields_sent() -> list[tuple[str, str]]:
    """Return name and value of every field of the form, its token too, to be sent again after logging in."""
    return [(tidy_text(name), tidy_text(value)) for name, value in request.form.items(multi=True)]


def _people() -> Iterator[str]:
    form = request.form
    columns = [form.getlist(name) for name in OF_A_PERSON if name in form]
    yield "\t".join(str(heading) for name, heading in OF_A_PERSON.items() if name in form)
    left_out = form.getlist("leave_out")
    for number, row in enumerate(zip(*columns, strict=False)):
        if str(number) not in left_out:
            yield "\t".join(tidy_text(value).strip() for value in row).rstrip()
