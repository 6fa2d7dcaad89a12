"""What is asked of the letter for each piece of a file goes by an index: the last piece costs what the first does."""

from flask import Flask

from tests.factories import make_letter, make_signature
from tests.importing import files
from tests.importing.conftest import Import
from tests.plans import plans, walks
from tribune.database import is_postgresql


def test_names_are_looked_for_one_by_one_and_not_by_reading_the_letter(app: Flask, import_: Import) -> None:
    letter = make_letter()
    make_signature(letter)
    with plans() as asked:
        import_(letter, files.GOOGLE)
    of_names = [plan for plan in asked if "json_" in plan or "VIRTUAL TABLE" in plan]
    # PostgreSQL would join, and trust an estimate from before the import; of few rows it may take any index.
    each = "SubPlan" if is_postgresql() else "SEARCH signatures USING INDEX ix_signatures_counted"
    assert of_names and all(each in plan and "Join" not in plan for plan in of_names)
    assert is_postgresql() or walks(asked) == []
