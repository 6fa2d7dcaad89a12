"""The server says in a sentence why it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests import canary
from tests.conftest import SETTINGS
from tribune import ROOT


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "TRIBUNE_INSTANCE_PATH": str(tmp_path), "TRIBUNE_SECRET_KEY": str(SETTINGS["SECRET_KEY"])}
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", port]
        env["TRIBUNE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    canary.check(done.stdout + done.stderr)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr
