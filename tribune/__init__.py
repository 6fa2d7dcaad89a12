"""Tribune publishes open letters and collects signatures confirmed by email."""

import os
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tribune import (
    config,
    connections,
    database,
    development,
    errors,
    headers,
    hosts,
    i18n,
    logs,
    metrics,
    pages,
    serving,
    templating,
    timing,
)
from tribune.abuse import commands as abuse_commands
from tribune.abuse import guard as abuse_guard
from tribune.abuse import shedding
from tribune.abuse import views as abuse_views
from tribune.abuse.counters import forget_counters
from tribune.accounts import manage as accounts_manage
from tribune.accounts import views as accounts_views
from tribune.asking import manage as asking_manage
from tribune.asking import views as asking_views
from tribune.asking.actions import count_due
from tribune.audit import manage as audit_manage
from tribune.backup import commands as backup_commands
from tribune.demo import commands as demo_commands
from tribune.desk import manage as desk_manage
from tribune.doctor import commands as doctor_commands
from tribune.doctor import manage as doctor_manage
from tribune.doctor import views as doctor_views
from tribune.exports import manage as exports_manage
from tribune.exports import views as exports_views
from tribune.exports.workbook import clear_aside
from tribune.extensions import Sessions, csrf, login_manager, migrate
from tribune.history import manage as history_manage
from tribune.history import views as history_views
from tribune.importing import manage as importing_manage
from tribune.invitations import add_pages as invitations_add_pages
from tribune.invitations import manage as invitations_manage
from tribune.invitations import views as invitations_views
from tribune.invitations.announcing import announce_due
from tribune.letters import commands as letters_commands
from tribune.letters import manage as letters_manage
from tribune.letters import views as letters_views
from tribune.letters.recording import tell_closed
from tribune.mine import answering
from tribune.mine import manage as mine_manage
from tribune.mine import views as mine_views
from tribune.moderation import manage as moderation_manage
from tribune.notices import manage as notices_manage
from tribune.notices import views as notices_views
from tribune.notices.actions import stop_what_nobody_can
from tribune.organisations import manage as organisations_manage
from tribune.organisations import views as organisations_views
from tribune.organisers import commands as organisers_commands
from tribune.organisers import views as organisers_views
from tribune.outbox import commands as outbox_commands
from tribune.outbox import smtp, worker
from tribune.outbox import views as outbox_views
from tribune.outbox.chores import Chore
from tribune.pasting import manage as pasting_manage
from tribune.people import manage as people_manage
from tribune.received import Request
from tribune.retention import commands as retention_commands
from tribune.retention.actions import forget_due
from tribune.review import manage as review_manage
from tribune.routing import RowId, Rule
from tribune.signatures import commands as signatures_commands
from tribune.signatures import reminding
from tribune.signatures import views as signatures_views
from tribune.teams import manage as teams_manage
from tribune.teams import views as teams_views
from tribune.writing import manage as writing_manage
from tribune.writing import views as writing_views

ROOT = Path(__file__).parents[1]
# Readers have no session and no cookie: stamps and tokens instead.
PUBLIC = (
    pages,
    letters_views,
    signatures_views,
    exports_views,
    history_views,
    writing_views,
    organisations_views,
    asking_views,
    notices_views,
    mine_views,
    invitations_views,
    abuse_views,
    doctor_views,
)
ORGANISERS = (
    organisers_views,
    teams_views,
    teams_manage,
    accounts_views,
    accounts_manage,
    audit_manage,
    letters_manage,
    writing_manage,
    pasting_manage,
    history_manage,
    desk_manage,
    moderation_manage,
    asking_manage,
    people_manage,
    mine_manage,
    invitations_manage,
    invitations_add_pages,
    organisations_manage,
    review_manage,
    importing_manage,
    exports_manage,
    notices_manage,
    doctor_manage,
)
CHORES = (  # run by the mail worker
    Chore(answering.EVERY, answering.answer_due),
    Chore(15, announce_due),
    Chore(60, tell_closed),
    Chore(600, forget_counters),
    Chore(reminding.EVERY, reminding.remind_due),
    Chore(600, clear_aside),
    Chore(600, count_due),
    Chore(60, stop_what_nobody_can),
    Chore(3600, forget_due),
    Chore(3600, connections.scrub_journal),
)
SHELL = (
    organisers_commands,
    letters_commands,
    signatures_commands,
    outbox_commands,
    abuse_commands,
    retention_commands,
    backup_commands,
    doctor_commands,
    demo_commands,
)


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the site. `overrides` win over config.py and the environment. Raises SettingsMissing."""
    instance = Path(os.environ.get("TRIBUNE_INSTANCE_PATH") or ROOT / "instance").absolute()
    app = Flask(
        __name__, template_folder=ROOT / "templates", instance_path=str(instance), instance_relative_config=True
    )
    app.request_class, app.url_rule_class, app.session_interface = Request, Rule, Sessions()
    app.url_map.converters["int"] = RowId
    config.load(app, overrides)
    database.db.init_app(app)
    with app.app_context():
        app.extensions[database.READING] = connections.prepare(database.db.engine)
        timing.watch(app, database.db.engine)
    migrations = str(ROOT / "migrations").replace("%", "%%")  # in alembic's settings a single % begins a placeholder
    migrate.init_app(app, database.db, directory=migrations)
    for part in (logs, metrics, shedding, abuse_guard, csrf, login_manager, smtp.mail):  # hooks run in this order
        part.init_app(app)
    for part in (i18n, templating, headers, hosts, errors):
        part.init_app(app)
    for area in (*PUBLIC, *ORGANISERS, *SHELL):
        app.register_blueprint(area.bp)
    for area in PUBLIC:
        csrf.exempt(area.bp)
    if app.config["DEVELOPMENT"]:
        app.register_blueprint(development.bp)
    if app.config["BOUNCES_SECRET"]:
        app.register_blueprint(outbox_views.bp)
        csrf.exempt(outbox_views.bp)
    app.cli.add_command(serving.serve_command)
    app.extensions["chores"] = CHORES
    app.before_request(lambda: worker.start(app))
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app
