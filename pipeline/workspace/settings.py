"""Settings: how the job runs, from `pipeline.toml`. Every value has a default; IT owns the file."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_address
from operator import attrgetter
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.workspace.errors import SettingsError

FILE_NAME = "pipeline.toml"


class Paths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where things lie, relative to the workspace unless absolute."""

    register: str = "register.xlsx"
    inbox: str = "inbox"
    outbox: str = "outbox"
    state: str = "var"
    #: The officer's own texts of mail; the package's stand in for what is not there.
    templates: str = "templates"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one return may cost; a workbook that needs more is sent back."""

    #: Size of the file, in MiB.
    file_mb: int = 50
    #: Memory that reading it may take, in MiB.
    memory_mb: int = 512
    #: Time that reading it may take, in seconds.
    seconds: int = 10
    #: Reader processes; 0 is one for each processor.
    workers: int = 0
    #: A file that changed less than this many seconds ago may still be growing.
    settle_seconds: float = 2.0
    #: A file that is incomplete and changed less than this many minutes ago is left, not sent back.
    incomplete_minutes: int = 15


#: Beyond these no return could be read, no run end, no mail be sent, or nothing would be limited.
_BOUNDS = {
    "limits.file_mb": (1, 4096),
    "limits.memory_mb": (128, 1024 * 1024),
    "limits.seconds": (1, 3600),
    "limits.workers": (0, 512),
    "limits.settle_seconds": (0, 3600),
    "limits.incomplete_minutes": (0, 1440),
    "nights.limit_minutes": (0, 1440),
    "nights.poll_seconds": (0, 3600),
    "mailbox.port": (1, 65535),
    "mailbox.largest_mb": (1, 1024),
    "mailbox.timeout_seconds": (1, 600),
    "mail.port": (0, 65535),
    "mail.timeout_seconds": (1, 600),
    "mail.largest_mb": (1, 150),
}
#: The port on which a server speaks TLS from the first byte.
_TLS_PORT = 993


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    #: A SQLAlchemy URL; empty is SQLite in the state folder.
    url: str = ""


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    #: The sender of every message.
    sender: str = "quarterday@localhost.example"
    #: Where service areas can read the page of findings; empty where they cannot.
    findings_page: str = ""
    #: A digest every night, whether or not it needed a person.
    always_digest: bool = False
    #: The mail server's name; empty where messages are written as files alone.
    server: str = ""
    #: Its port; 0 is the usual one: 587 with STARTTLS, 465 with TLS, 25 with neither.
    port: int = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    #: Who logs in; empty where nobody does.
    user: str = ""
    #: A command that prints an OAuth2 access token, in words; empty where a password is used.
    token_command: list[str] = []
    #: How long an answer of the server is waited for, in seconds.
    timeout_seconds: int = 60
    #: The largest message, in MiB; a larger one goes without its attachment.
    largest_mb: int = 20
    #: What stands for the outbox where a message says where its attachment lies; empty is its path.
    outbox_link: str = ""
    #: Certificates that are trusted beside the system's; empty where none are.
    ca_file: str = ""


class NightSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a run may take, and who hears of its end."""

    #: After so many minutes a run ends where nothing is half done; 0 is no limit.
    limit_minutes: float = 120.0
    #: Called when a run has ended well, a person needed or not; empty is nobody.
    success_url: str = ""
    #: Called when a run could not be done.
    failure_url: str = ""
    #: Seconds between two looks into a watched inbox; 0 lets the system tell, where it can.
    poll_seconds: float = 0.0


class MailboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where returns arrive by mail. The password stands elsewhere: `mail.mailbox.secret`."""

    #: The IMAP server; empty where no returns come by mail.
    server: str = ""
    port: int = 993
    #: `tls` from the first byte, or `starttls` before anything is said.
    security: Literal["tls", "starttls"] = "tls"
    user: str = ""
    #: A command that prints an access token, for servers that take no password (XOAUTH2).
    token_command: str = ""
    #: Where messages arrive; `/` stands between the names of folders, whatever the server has.
    folder: str = "INBOX"
    #: Where a message goes once its returns are in the inbox.
    taken_folder: str = "Quarterday/Taken"
    #: Where one goes that needs a person; empty leaves it where it is, flagged.
    left_folder: str = ""
    #: The largest message, in MiB; one beyond is not fetched.
    largest_mb: int = 50
    #: The name by which the council's mail server signs its Authentication-Results; `*` is the
    #: topmost whatever its name; empty checks nothing.
    authserv_id: str = ""
    #: Certificates to trust, in PEM, in place of the system's.
    ca_file: str = ""
    #: How long the server may take to answer.
    timeout_seconds: int = 30


_USUAL_SENDER = MailSettings().sender


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    paths: Paths = Paths()
    limits: Limits = Limits()
    store: StoreSettings = StoreSettings()
    mail: MailSettings = MailSettings()
    nights: NightSettings = NightSettings()
    mailbox: MailboxSettings = MailboxSettings()


def read_settings(path: Path) -> Settings:
    """The settings in a file; the defaults where there is none.

    Raises:
        SettingsError: the file cannot be read, is not TOML, or holds an unknown or wrong setting.
    """
    try:
        # Editors on Windows may put a byte order mark before the first line.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} cannot be read: it is not UTF-8. Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).") from error
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    except msgspec.ValidationError as error:
        where = str(error).replace("`$.", "`").replace(" - at `$`", "")
        raise SettingsError(f"{path}: {where}. docs/settings.md lists every setting.") from error
    for name, (least, most) in _BOUNDS.items():
        value = attrgetter(name)(settings)
        if not least <= value <= most:
            raise SettingsError(f"{path}: {name} is {value}; it must be from {least} to {most}.")
    for name in ("success_url", "failure_url"):
        url = getattr(settings.nights, name)
        if url and not _is_safe(url):
            raise SettingsError(
                f"{path}: nights.{name} must be an address that begins with https://, or with "
                "http:// on this machine."
            )
    if complaint := _of_mail(settings.mail):
        raise SettingsError(f"{path}: {complaint}")
    if problem := _of_mailbox(settings.mailbox):
        raise SettingsError(f"{path}: {problem}")
    return settings


def _is_safe(url: str) -> bool:
    """Whether an address can be called without being overheard."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    is_here = host in ("127.0.0.1", "::1", "localhost")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))


def _of_mailbox(mailbox: MailboxSettings) -> str:
    """What would keep returns from being fetched, and what to do; empty where nothing would."""
    if not mailbox.server:
        return ""
    for name in ("user", "folder", "taken_folder"):
        if not getattr(mailbox, name):
            return f"mailbox.{name} is empty; it must be set where mailbox.server is."
    if mailbox.folder in (mailbox.taken_folder, mailbox.left_folder):
        return (
            f"mailbox.folder is {mailbox.folder}, which is also where messages go from there; "
            "name another folder."
        )
    if mailbox.security == "starttls" and mailbox.port == _TLS_PORT:
        return (
            f"mailbox.port is {_TLS_PORT}, on which TLS begins at once; "
            "set it to 143 for starttls, or mailbox.security to tls."
        )
    return ""


def _of_mail(mail: MailSettings) -> str:
    """What is wrong with the settings of mail, in a sentence; empty where nothing is."""
    page = mail.findings_page
    if page and not page.startswith(("https://", "http://")):
        return f"mail.findings_page is {page}; it must be an address that begins with https://."
    if mail.token_command and not mail.user:
        return "mail.token_command is set and mail.user is not. Say whose token it is."
    if not mail.server:
        return ""
    if not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:]+", mail.server):
        return f"mail.server is {mail.server}; it must be a name alone. mail.port is for the port."
    if mail.sender == _USUAL_SENDER:
        return "mail.server is set and mail.sender is not. Say who the messages are from."
    if mail.security == "none" and not _is_loopback(mail.server):
        return (
            'mail.security is "none", which is for a mail server on this machine alone. '
            'Set it to "starttls" or "tls".'
        )
    return ""


def _is_loopback(server: str) -> bool:
    if server.casefold() == "localhost":
        return True
    try:
        return ip_address(server).is_loopback
    except ValueError:
        return False
