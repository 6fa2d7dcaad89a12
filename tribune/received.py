"""A request as the site takes it: with so many fields and no more."""

from io import BytesIO
from typing import IO, Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_FIELDS = 50_000  # twice as many as the largest form of ours, a list of two thousand people under review


class Parser(FormDataParser):
    """Counts the fields of a form before it makes them: five million, from 10 MB of `a&`, would take 450 MB.

    Of the parts of a form with files, the library limits the number itself.
    """

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Parse a form. Raises RequestEntityTooLarge."""
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if body.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class Request(flask.Request):
    """A request whose forms `Parser` reads."""

    form_data_parser_class = Parser
