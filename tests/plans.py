"""How the database answers: by which index, reading everybody or not."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tribune.database import db, is_postgresql

A_WHOLE_LETTER = re.compile(  # on SQLite, where no condition but the letter is answered by an index
    r"SCAN signatures\b|SEARCH signatures\w* USING (?:COVERING )?INDEX \w+ \(letter_id=\?\)$", re.MULTILINE
)


class Plan(str):
    """The steps, as the database tells them; `statement`: of what."""

    statement: str


@contextmanager
def plans(generic: bool = False) -> Iterator[list[Plan]]:
    """How the database does each statement about signatures that is executed meanwhile.

    `generic`: on PostgreSQL, as it does a prepared one whatever its values are.
    """
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if re.search(r"(?:FROM|JOIN|UPDATE) signatures\b", statement):
            asked.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    found: list[Plan] = []
    try:
        yield found
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
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
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql(f"PREPARE asked AS {numbered}")
    rows = list(connection.exec_driver_sql(f"EXPLAIN EXECUTE asked{nothing}"))
    connection.exec_driver_sql("DEALLOCATE asked")
    return rows


def scans(plan: str) -> bool:
    """Whether everybody is read; the index of trigrams is a table of its own on SQLite."""
    return re.search(r"(?:Seq Scan on|SCAN) signatures\b", plan) is not None


def sorts(plan: str) -> bool:
    return "Sort Key" in plan or "USE TEMP B-TREE" in plan


def walks(found: list[Plan]) -> list[str]:
    """Which of these read all who signed, under a letter or at all, and not the first few by an index. On SQLite."""
    return [f"{plan.statement}\n{plan}" for plan in found if A_WHOLE_LETTER.search(plan) and not _is_short(plan)]


def _is_short(plan: Plan) -> bool:
    """Whether the first few that are met will do; of one mailbox there may be none."""
    return "LIMIT" in plan.statement and not sorts(plan) and "mailbox_key =" not in plan.statement
