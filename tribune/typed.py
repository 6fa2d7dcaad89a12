"""What somebody typed into a form that cannot be taken, given back to be copied: nothing keeps it."""

from urllib.parse import urlsplit

from flask import request

from tribune.fields import tidy_text


def comes_from_here() -> bool:
    """Whether this POST was sent by one of our own pages, as far as the browser tells; a program tells nothing.

    A page that tells its address to nobody has the origin `null`, also for us: then the other header decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin == "null":
        return site == "same-origin"
    return (site is None or site == "same-origin") and (origin is None or _host(origin) == request.host)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that no browser sends
        return ""


def words_typed() -> str:
    """What of this form is words, in its order, a field a paragraph; nothing for a script, nor of another site.

    No file is read for it. What no space is in, be it a key of ours, is typed again in a moment.
    """
    to_be_read = "text/html" in request.headers.get("Accept", "")
    if request.mimetype != "application/x-www-form-urlencoded" or not to_be_read or not comes_from_here():
        return ""
    values = [tidy_text(value).strip() for _name, value in request.form.items(multi=True)]
    return "\n\n".join(value for value in values if len(value.split()) > 1)
