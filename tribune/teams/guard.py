"""Who may open an organiser's page: each view declares what it needs, and it is checked here."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Blueprint, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError

from tribune.database import db
from tribune.extensions import login_manager
from tribune.organisers.door import keep_pressed, managed
from tribune.organisers.queries import current_log_in, is_administrator
from tribune.teams.models import Role, Team
from tribune.teams.queries import membership_of

View = TypeVar("View", bound=Callable[..., Any])


def needs(role: Role | None, fresh: bool = False, administrator: bool = False) -> Callable[[View], View]:
    """Declare who may open a view: a member of the team with at least that role, or (None) anybody about themselves.

    `fresh`: only within fifteen minutes of proving who they are. `administrator`: a 404 for everybody else. A view that
    declares nothing opens for nobody.
    """

    def declare(view: View) -> View:
        view.needs, view.fresh, view.administrator = role, fresh, administrator  # type: ignore[attr-defined]
        return view

    return declare


def manage_blueprint(name: str, module: str, room: Mapping[str, int] | None = None) -> Blueprint:
    """Return a blueprint below /manage: each view asks for a log-in and declares what it `needs`.

    `room`: the bytes accepted by views whose file or form is larger than others, by name.
    """
    bp = Blueprint(name, module, url_prefix="/manage")
    sizes = {f"{name}.{view}": size for view, size in (room or {}).items()}

    @bp.url_value_preprocessor
    def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if size := sizes.get(endpoint or ""):  # before anything reads the form
            request.max_content_length = request.max_form_memory_size = size

    bp.before_request(login_required(lambda: None))
    bp.before_request(_hide_from_others)
    bp.before_request(_ask_again)
    bp.register_error_handler(IntegrityError, _account_gone)
    return bp


def _account_gone(error: IntegrityError) -> ResponseReturnValue:
    """Ask to log in again if the IntegrityError comes from an account deleted meanwhile in another tab."""
    if current_log_in(session["_user_id"]):
        raise error
    answer: ResponseReturnValue = login_manager.unauthorized()
    return answer


def _view() -> Any:
    return current_app.view_functions[request.endpoint or ""]


def administers() -> bool:
    """Whether whoever is logged in is an administrator of the site; templates ask too."""
    return current_user.is_authenticated and is_administrator(current_user.organiser)


def _hide_from_others() -> None:
    if _view().administrator and not administers():
        abort(404)


def _ask_again() -> None:
    if current_user.is_authenticated and _view().fresh:  # OPTIONS is answered without a log-in
        require_fresh()


def require_fresh() -> None:
    """Redirect to the page that asks for proof of who one is, unless the log-in is fresh; it leads back here."""
    if not current_user.is_fresh:
        keep_pressed(request.method != "GET")
        abort(redirect(url_for("organisers.prove", next=_way_back() or None), 303))


def _way_back() -> str:
    """Return this page; for a POST, the page its button stands on, if the browser tells."""
    if request.method == "GET":
        return request.full_path
    return managed((request.referrer or "").removeprefix(request.url_root.rstrip("/")))


def require_member(team_id: int) -> None:
    """Answer 404 if the team is not one's own, 403 if one's role does not reach what the view needs."""
    membership = membership_of(current_user.organiser, team_id) or abort(404)
    g.role = membership.role
    if not may(_view().needs):
        abort(403, _("Your role in this team does not allow this. An owner of the team can change it."))


def may(role: str) -> bool:
    """Whether one's role in the team of this page reaches this one; templates ask too."""
    return Role(g.role).reaches(Role(role))


def my_team(team_id: int) -> Team:
    """Return the team, if one is a member with the role that the view needs."""
    team = db.session.get(Team, team_id) or abort(404)
    require_member(team.id)
    return team
