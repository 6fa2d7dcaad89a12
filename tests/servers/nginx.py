"""A real nginx in front of the site, configured by deploy/nginx.conf."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.servers import cannot_run
from tests.servers.site import HOST, PATIENCE, ROOT

DOCUMENTED = ROOT / "deploy" / "nginx.conf"
AROUND = """
daemon off;
user {user};
pid {folder}/pid;
error_log {folder}/start.log;
worker_processes 4;  # as Debian has it on a machine of four processors
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;  # as Debian has it
    include {folder}/tribune.conf;
}}
"""


@contextmanager
def in_front(*upstreams: int, port: int, cdn: bool = False) -> Iterator[Path]:
    """Listen on `port` in front of the site on `upstreams` while the block lasts; yield the folder of cache and logs.

    Of deploy/nginx.conf only ports, folders and the server name are changed, and several `upstreams` have a line each;
    `cdn`: its lines for a CDN are switched on, its cache is off, and every client counts as the CDN. Skips with a
    reason if there is no nginx.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        cannot_run("nginx: it is not installed (on Debian: apt install nginx-light).")
    with tempfile.TemporaryDirectory(prefix="nginx-") as made:
        folder = Path(made)
        documented = DOCUMENTED.read_text()
        for there, here in (
            ("server 127.0.0.1:5000;", " ".join(f"server {HOST}:{upstream};" for upstream in upstreams)),
            ("listen 80;", f"listen {HOST}:{port};"),
            ("listen [::]:80;", ""),
            ("server_name letters.example.org;", f"server_name {HOST};"),
            ("/var/cache/", f"{folder}/"),
            ("/var/log/nginx", str(folder)),
        ):
            assert there in documented, f"deploy/nginx.conf has no {there} any more"
            documented = documented.replace(there, here)
        if cdn:
            documented = documented.replace("# set_real_ip_from 203.0.113.0/24", f"set_real_ip_from {HOST}")
            documented = documented.replace("# real_ip_", "real_ip_").replace("proxy_cache tribune", "proxy_cache off")
        (folder / "tribune.conf").write_text(documented)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=Path.home().owner()))
        process = subprocess.Popen(
            [program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE, text=True
        )
        try:
            _wait(process, port)
            yield folder
        finally:
            process.terminate()
            process.communicate()


def _wait(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection = HTTPConnection(HOST, port, timeout=5)
            connection.connect()
            connection.close()
            return
        except OSError:
            assert process.poll() is None, f"nginx stopped by itself:\n{process.stderr and process.stderr.read()}"
            assert time.monotonic() < deadline, "nginx does not listen"
            time.sleep(0.02)
