"""A mail server of our own: Dovecot, on this machine alone, in a temporary folder.

It has one user and a certificate that only its own authority vouches for. Started by root it keeps
the mail as the system's `nobody`; started by anyone else, all of it is that user's.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import trustme

from tests.support.programs import need

USER, PASSWORD, TOKEN = "returns@council.example", "pass word\"'\\1", "ya29.token-of-the-day"
_STARTS_WITHIN = 20
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = {name}
log_path = {folder}/log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {internal_group}
mailbox_list_index = no
imap_capability = {capability}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=plain username_format=%u {folder}/users
}}
passdb {{
  driver = passwd-file
  mechanisms = xoauth2
  args = scheme=plain username_format=%u {folder}/tokens
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
# Whoever gave a wrong password would have to wait.
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
mail_plugins = {plugins}
plugin {{
  acl = vfile:{folder}/rights
}}
"""


@dataclass(slots=True)
class Dovecot:
    """A server that runs."""

    folder: Path
    port: int
    starttls_port: int

    @property
    def authority(self) -> Path:
        """The certificate to trust."""
        return self.folder / "authority.pem"

    @property
    def log(self) -> str:
        """The last that it said of itself."""
        path = self.folder / "log"
        return path.read_text("utf-8", "replace")[-2000:] if path.exists() else ""

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        """A connection of a mail program's, to see what lies there."""
        trusted = ssl.create_default_context(cafile=self.authority)
        trusted.check_hostname = False
        with imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusted, timeout=20) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def allow(self, rights: str) -> None:
        """Give the user these rights to every folder, where it was started with some (RFC 4314)."""
        (self.folder / "rights").write_text(f"* owner {rights}\n", encoding="utf-8")

    def deliver(self, message: bytes | Message, *, folder: str = "INBOX", when: str = "") -> None:
        """Put a message into a folder, as a delivery does."""
        content = message if isinstance(message, bytes) else message.as_bytes()
        arrived = when or imaplib.Time2Internaldate(time.time())
        with self.client() as client:
            assert client.append(folder, "", arrived, content)[0] == "OK"

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """The subjects of the messages in a folder; none where there is no such folder."""
        return [subject for subject, _ in self.seen(folder)]

    def seen(self, folder: str = "INBOX") -> list[tuple[str, set[str]]]:
        """The subject and the flags of each message in a folder."""
        with self.client() as client:
            kind, count = client.select(f'"{folder}"', readonly=True)
            if kind != "OK" or count == [b"0"]:
                return []
            found = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        told = []
        for part in found:
            if isinstance(part, tuple):
                flags = {flag.decode() for flag in imaplib.ParseFlags(part[0])}
                subject = part[1].decode("utf-8", "replace").partition(":")[2].strip()
                told.append((subject, flags - {"\\Recent"}))
        return told

    def empty(self) -> None:
        """Take every message and every folder away."""
        with self.client() as client:
            for line in client.list()[1]:
                name = (
                    line.decode().split('" ', 1)[-1].strip('"') if isinstance(line, bytes) else ""
                )
                if name.upper() not in ("", "INBOX"):
                    client.delete(f'"{name}"')
            if client.select()[1] != [b"0"]:
                client.store("1:*", "+FLAGS", r"\Deleted")
                client.expunge()


@contextmanager
def dovecot(
    *, host: str = "127.0.0.1", separator: str = "/", capability: str = "", rights: str = ""
) -> Iterator[Dovecot]:
    """A server that is gone at the end; its certificate is for `host`.

    `capability` is what it says that it can do; empty is all that it can. `rights` are the user's
    to every folder (RFC 4314); empty is all of them.
    """
    program = need("dovecot")
    # The names of its sockets must be short.
    folder = Path(tempfile.mkdtemp(prefix="qd-imap-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        server = Dovecot(folder, *_free_ports(2))
        _write_papers(server, host)
        config = _write_config(server, separator, capability, rights)
        process = subprocess.Popen(
            [program, "-F", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _write_papers(server: Dovecot, host: str) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(server.authority))
    issued = authority.issue_cert(host)
    (server.folder / "certificate.pem").write_bytes(
        b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    )
    issued.private_key_pem.write_to_path(str(server.folder / "key.pem"))
    for name, secret in (("users", PASSWORD), ("tokens", TOKEN)):
        (server.folder / name).write_text(f"{USER}:{{PLAIN}}{secret}\n", encoding="utf-8")


def _write_config(server: Dovecot, separator: str, capability: str, rights: str) -> Path:
    is_root = os.getuid() == 0
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.getuid())
    user, group = owner.pw_name, grp.getgrgid(owner.pw_gid).gr_name
    for name in ("mail", "home"):
        (server.folder / name).mkdir()
        os.chown(server.folder / name, owner.pw_uid, owner.pw_gid)
    server.allow(rights)
    text = _CONFIG.format(
        folder=server.folder,
        name=server.folder.name,
        user=user,
        group=group,
        login="dovenull" if is_root else user,
        internal="dovecot" if is_root else user,
        internal_group="dovecot" if is_root else group,
        separator=separator,
        capability=capability,
        starttls_port=server.starttls_port,
        port=server.port,
        plugins="acl" if rights else "",
    )
    path = server.folder / "dovecot.conf"
    path.write_text(text, encoding="utf-8")
    return path


def _wait_for(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        with suppress(OSError, imaplib.IMAP4.error), server.client():
            return
        assert process.poll() is None, f"Dovecot has ended: {server.log}"
        assert time.monotonic() < until, f"Dovecot does not answer: {server.log}"
        time.sleep(0.1)
