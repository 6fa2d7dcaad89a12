"""The form on the administrator's page."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from tribune.abuse.switches import LONGEST_BANNER
from tribune.fields import OrganiserForm, printable, tidy


class BannerForm(OrganiserForm):
    """The banner on every page; empty for none."""

    words = StringField(
        _l("A sentence at the top of every page"),
        filters=[tidy],
        validators=[Length(max=LONGEST_BANNER, message=_l("Shorten the sentence to %(max)d characters.")), printable],
        render_kw={"autocomplete": "off"},
    )
