"""The columns of the file of organisers that hold what somebody typed, so that no spreadsheet may run one."""

import sqlalchemy as sa

from tribune.exports.spreadsheet import COLUMNS
from tribune.signatures.models import Signature

OURS = {"capacity", "origin", "locale"}  # a few words, chosen by us
TYPED = [
    column.key
    for column in sa.inspect(Signature).columns
    if isinstance(column.type, sa.String) and column.key in COLUMNS and column.key not in OURS
]
