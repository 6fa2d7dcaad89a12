"""Who may open an organiser's page: each view declares what it needs, and here it is asked for."""

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
    """Declare who may open a view: a member of the team with that role, or (None) anybody about themselves.

    `fresh`: only within fifteen minutes of showing who they are. `administrator`: it exists for nobody else. A view
    that declares nothing opens for nobody.
    """

    def declare(view: View) -> View:
        view.needs, view.fresh, view.administrator = role, fresh, administrator  # type: ignore[attr-defined]
        return view

    return declare


def manage_blueprint(name: str, module: str, room: Mapping[str, int] | None = None) -> Blueprint:
    """A group of pages below /manage, each of which asks for a log-in and declares what it needs.

    `room`: how many bytes may be sent to a view whose file, or form of many rows, is larger than other forms.
    """
    bp = Blueprint(name, module, url_prefix="/manage")
    sizes = {f"{name}.{view}": size for view, size in (room or {}).items()}

    @bp.url_value_preprocessor
    def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if size := sizes.get(endpoint or ""):  # said before anything reads the form
            request.max_content_length = request.max_form_memory_size = size

    bp.before_request(login_required(lambda: None))
    bp.before_request(_hide_from_others)
    bp.before_request(_ask_again)
    bp.register_error_handler(IntegrityError, _account_gone)
    return bp


def _account_gone(error: IntegrityError) -> ResponseReturnValue:
    """What was to be written names an account that was deleted meanwhile, in another tab: whoever it was is out."""
    if current_log_in(session["_user_id"]):
        raise error
    answer: ResponseReturnValue = login_manager.unauthorized()
    return answer


def _view() -> Any:
    return current_app.view_functions[request.endpoint or ""]


def administers() -> bool:
    """Whether who is logged in is an administrator of the site: for templates too."""
    return current_user.is_authenticated and is_administrator(current_user.organiser)


def _hide_from_others() -> None:
    if _view().administrator and not administers():
        abort(404)


def _ask_again() -> None:
    if current_user.is_authenticated and _view().fresh:  # a question of OPTIONS is answered to anybody
        require_fresh()


def require_fresh() -> None:
    """Lead to the page where one shows again who one is, and from there back here."""
    if not current_user.is_fresh:
        keep_pressed(request.method != "GET")
        abort(redirect(url_for("organisers.prove", next=_way_back() or None), 303))


def _way_back() -> str:
    """This page; after a button, the page on which it stands, as far as the browser tells."""
    if request.method == "GET":
        return request.full_path
    return managed((request.referrer or "").removeprefix(request.url_root.rstrip("/")))


def require_member(team_id: int) -> None:
    """What belongs to another team does not exist; in one's own team, the view's role is needed."""
    membership = membership_of(current_user.organiser, team_id) or abort(404)
    g.role = membership.role
    if not may(_view().needs):
        abort(403, _("Your role in this team does not allow this. An owner of the team can change it."))


def may(role: str) -> bool:
    """Whether the role one has in the team of this page reaches this one: for templates too."""
    return Role(g.role).reaches(Role(role))


def my_team(team_id: int) -> Team:
    """The team of an address, if one is in it with the role that the view needs."""
    team = db.session.get(Team, team_id) or abort(404)
    require_member(team.id)
    return team
