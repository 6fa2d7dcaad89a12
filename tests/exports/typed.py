"""The columns of a signature that hold what somebody typed, in the file of organisers."""

import sqlalchemy as sa

from tribune.exports.spreadsheet import COLUMNS
from tribune.signatures.models import Signature

OURS = {"capacity", "origin", "locale"}  # a few words, chosen by us
TYPED = [
    column.key
    for column in sa.inspect(Signature).columns
    if isinstance(column.type, sa.String) and column.key in COLUMNS and column.key not in OURS
]
