"""A site where nothing is wrong, and what the doctor finds in another."""

import json
from collections.abc import Callable

from flask import Flask

MakeApp = Callable[..., Flask]
GOOD = {
    "SECRET_KEY": "k" * 64, "PUBLIC_URL": "https://tribune.example.org", "TRUSTED_PROXIES": 1,
    "MAIL_DEFAULT_SENDER": "t@example.org", "OPERATOR": "Les Amis", "OPERATOR_ADDRESS": "1 rue du Port, Lille",
    "OPERATOR_CONTACT": "contact@example.org", "HOSTING": "Hébergeur, Lille", "RATELIMITS": True,
}  # fmt: skip
SERVER_OF_TESTS = {"PostgreSQL fsync", "PostgreSQL full_page_writes", "PostgreSQL synchronous_commit"}  # made weak


def doctor(app: Flask) -> dict[str, str]:
    """What the doctor does not find fine: level by what; the exit code agrees."""
    done = app.test_cli_runner().invoke(args=["doctor", "--json"])
    findings = json.loads(done.stdout)
    assert done.exit_code == any(finding["level"] == "wrong" for finding in findings)
    assert all(bool(finding["mend"]) == (finding["level"] != "ok") for finding in findings)
    return {f["what"]: f["level"] for f in findings if f["level"] != "ok" and f["what"] not in SERVER_OF_TESTS}
