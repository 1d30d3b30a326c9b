"""A Postfix of our own from the system's package, on loopback, which delivers to files."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import trustme

from tests.support.programs import need

#: Nothing takes longer than this on one machine, in seconds.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Postfix:
    """A mail server that is running."""

    folder: Path
    port: int

    def mailbox(self, name: str, *, expected: int) -> list[EmailMessage]:
        """What has come for somebody, once as much has come as is expected."""
        folder = self.folder / "mail" / name / "new"
        until = time.monotonic() + _LONGEST
        while len(paths := sorted(folder.glob("*"))) < expected and time.monotonic() < until:
            time.sleep(0.05)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    def queued(self) -> str:
        """What it has still to deliver, as it lists it."""
        command = [need("postqueue"), "-c", str(self.folder / "etc"), "-p"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def postfix(ca: trustme.CA, domain: str, people: tuple[str, ...]) -> Iterator[Postfix]:
    """A server with STARTTLS that takes mail for some people at a domain, gone at the end."""
    program = need("postfix")
    if os.getuid() != 0:
        pytest.skip("only root can start Postfix")
    folder = Path(tempfile.mkdtemp(prefix="quarterday-postfix-"))
    try:
        folder.chmod(0o755)
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        _set_up(folder, port, ca, domain, people)
        command = [program, "-c", str(folder / "etc")]
        _call(*command, "start")
        try:
            _wait_for(port)
            yield Postfix(folder, port)
        finally:
            _call(*command, "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(folder: Path, port: int, ca: trustme.CA, domain: str, people: tuple[str, ...]) -> None:
    for name in ("etc", "spool", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "nobody")
    cert = ca.issue_cert("localhost")
    cert.private_key_and_cert_chain_pem.write_to_path(folder / "etc" / "server.pem")
    (folder / "etc" / "people").write_text(
        "".join(f"{name}@{domain} {name}/\n" for name in people), encoding="utf-8"
    )
    nobody = (folder / "mail").stat().st_uid
    (folder / "etc" / "main.cf").write_text(
        f"""\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/spool/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/etc/server.pem
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/etc/people
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
""",
        encoding="utf-8",
    )
    services = [f"127.0.0.1:{port} inet n - n - - smtpd"]
    services += ["cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr"]
    services += [
        f"{name} unix - - n {wake} {most} {program}"
        for name, wake, most, program in (
            ("tlsmgr", "1000?", "1", "tlsmgr"),
            ("rewrite", "-", "-", "trivial-rewrite"),
            ("bounce", "-", "0", "bounce"),
            ("defer", "-", "0", "bounce"),
            ("trace", "-", "0", "bounce"),
            ("flush", "1000?", "0", "flush"),
            ("proxymap", "-", "-", "proxymap"),
            ("error", "-", "-", "error"),
            ("retry", "-", "-", "error"),
            ("discard", "-", "-", "discard"),
            ("anvil", "-", "1", "anvil"),
            ("scache", "-", "1", "scache"),
            ("showq", "-", "-", "showq"),
        )
    ]
    services += ["virtual unix - n n - - virtual", "postlog unix-dgram n - n - 1 postlogd"]
    (folder / "etc" / "master.cf").write_text("\n".join(services) + "\n", encoding="utf-8")


def _call(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


def _wait_for(port: int) -> None:
    until = time.monotonic() + _LONGEST
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < until, "Postfix does not listen"
            time.sleep(0.05)
        else:
            return
