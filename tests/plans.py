"""Query plans: which index a statement uses, and whether it reads all signatures."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.statements import listening
from tribune.database import db, is_postgresql

A_WHOLE_LETTER = re.compile(  # on SQLite: a scan, or an index used only for the letter
    r"SCAN signatures\b|SEARCH signatures\w* USING (?:COVERING )?INDEX \w+ \(letter_id=\?\)$", re.MULTILINE
)


class Plan(str):
    """The steps of a plan as text; `statement`: the SQL it is of."""

    statement: str


@contextmanager
def plans(generic: bool = False) -> Iterator[list[Plan]]:
    """Collect the plans of all statements about signatures executed in the block, filled in at its end.

    `generic`: on PostgreSQL, the plan of a prepared statement, independent of its values.
    """
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if re.search(r"(?:FROM|JOIN|UPDATE) signatures\b", statement):
            asked.append((statement, parameters))

    found: list[Plan] = []
    with listening("before_cursor_execute", note):
        yield found
    for statement, parameters in asked:
        rows = _generic(statement, parameters) if generic else _explained(statement, parameters)
        found.append(Plan("\n".join(str(row[-1]) for row in rows)))
        found[-1].statement = statement


def _explained(statement: str, parameters: Any) -> list[Any]:
    explain = "EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN "
    return list(db.session.connection().exec_driver_sql(explain + statement, parameters))


def _generic(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    numbers = {name: number for number, name in enumerate(parameters, 1)}
    numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${numbers[found[1]]}", statement)
    nothing = f"({', '.join(['NULL'] * len(numbers))})" if numbers else ""
    connection = db.session.connection()
    connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql(f"PREPARE asked AS {numbered}")
    rows = list(connection.exec_driver_sql(f"EXPLAIN EXECUTE asked{nothing}"))
    connection.exec_driver_sql("DEALLOCATE asked")
    return rows


def scans(plan: str) -> bool:
    """Whether the plan scans the table of signatures (not that of trigrams, a table of its own on SQLite)."""
    return re.search(r"(?:Seq Scan on|SCAN) signatures\b", plan) is not None


def sorts(plan: str) -> bool:
    return "Sort Key" in plan or "USE TEMP B-TREE" in plan


def walks(found: list[Plan]) -> list[str]:
    """Return the plans that read all signatures, of a letter or of the site, rather than the first few. SQLite only."""
    return [f"{plan.statement}\n{plan}" for plan in found if A_WHOLE_LETTER.search(plan) and not _is_short(plan)]


def _is_short(plan: Plan) -> bool:
    """Whether a LIMIT ends the statement after a few rows; not if it looks for one mailbox, which may have none."""
    return "LIMIT" in plan.statement and not sorts(plan) and "mailbox_key =" not in plan.statement
