"""A minimal application on the same server, to compare with: an empty view, one that takes a form, a page of 4 kB.

.venv/bin/python -m bench.bare PORT
"""

import sys

from flask import Flask
from flask.typing import ResponseReturnValue

from tests.servers.site import HOST
from tribune.serving import listen

PARAGRAPHS = ["Lorem ipsum dolor sit amet & consectetur " * 8] * 6
PEOPLE = [(f"Name {number}", f"Organisation <{number}>") for number in range(20)]
PAGE = """<!doctype html><html lang="en"><title>{{ title }}</title><main><h1>{{ title }}</h1>
<p>{{ count }} signatures</p>{% for paragraph in paragraphs %}<p>{{ paragraph }}</p>{% endfor %}
<form method="post">{% for name in fields %}<label>{{ name }} <input name="{{ name }}"></label>{% endfor %}</form>
<ul>{% for name, organisation in people %}<li>{{ name }}, {{ organisation }}</li>{% endfor %}</ul></main></html>"""

app = Flask(__name__)
app.config.update(MAIL_WORKER=False, THREADS=8)  # as many as the site has by default
template = app.jinja_env.from_string(PAGE)


@app.get("/healthz")
@app.get("/empty")
def empty() -> ResponseReturnValue:
    """The smallest answer of a view."""
    return "ok"


@app.post("/empty")
def take() -> ResponseReturnValue:
    """The smallest answer to a form."""
    return "", 303, {"Location": "/empty"}


@app.get("/page")
def page() -> ResponseReturnValue:
    """About 4 kB of Jinja."""
    names = ("name", "email", "role", "organisation")
    return template.render(title="An open letter", count=12345, paragraphs=PARAGRAPHS, fields=names, people=PEOPLE)


if __name__ == "__main__":
    listen(app, HOST, int(sys.argv[1])).run()
