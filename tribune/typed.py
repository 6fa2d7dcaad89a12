"""Words typed into a form that is refused, given back to be copied; nothing keeps them."""

from urllib.parse import urlsplit

from flask import request

from tribune.fields import tidy_text


def comes_from_here() -> bool:
    """Whether this POST came from one of our pages, as far as the browser says; a program says nothing and passes.

    Pages that send no referrer have the origin `null`, ours too: then Sec-Fetch-Site decides. Safari before 16.4 does
    not send it; those of ours are opened by a token, which no other site knows.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin == "null":
        return site == "same-origin" or (site is None and "token" in (request.view_args or {}))
    return (site is None or site == "same-origin") and (origin is None or _host(origin) == request.host)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that no browser sends
        return ""


def words_typed() -> str:
    """Return the fields of several words, in order, one a paragraph; empty for a script or another site's form.

    A value without a space, such as our own keys, is soon typed again. Files are not read.
    """
    to_be_read = "text/html" in request.headers.get("Accept", "")
    if request.mimetype != "application/x-www-form-urlencoded" or not to_be_read or not comes_from_here():
        return ""
    values = [tidy_text(value).strip() for _name, value in request.form.items(multi=True)]
    return "\n\n".join(value for value in values if len(value.split(None, 1)) > 1)
