"""The least Flask application, to hold the site against: an empty view, and one that renders a page of 4 kB.

Served by the same command as the site: `flask --app bench.least serve`.
"""

from flask import Flask

from tribune.serving import serve_command

WORDS = "Des rues où l’on joue, où l’on s’arrête et où l’on parle. " * 5
PAGE = """<!doctype html>
<html lang="fr">
  <head><meta charset="utf-8"><title>{{ title }}</title></head>
  <body>
    <h1>{{ title }}</h1>
    {% for words in paragraphs %}
      <p>{{ words }}</p>
    {% endfor %}
    {% if paragraphs %}<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>{% endif %}
  </body>
</html>
"""

app = Flask(__name__)
app.config.update(MAIL_WORKER=False, THREADS=8)  # as many as the site has by default
app.cli.add_command(serve_command)
template = app.jinja_env.from_string(PAGE)


@app.get("/healthz")
@app.get("/empty")
def empty() -> str:
    """Nothing."""
    return ""


@app.get("/page")
def page() -> str:
    """About 4 kB."""
    return template.render(title="Pour des rues", paragraphs=[WORDS] * 10, names=[f"Zoé Évrard {n}" for n in range(20)])
