"""Settings: how the job runs, from `pipeline.toml`. Every value has a default; IT owns the file.

What a setting may be stands with it; what several of them may not be together stands below them.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_type_hints

import msgspec
from msgspec import Meta

from pipeline.workspace.errors import SettingsError
from pipeline.workspace.trusting import need_trusted

FILE_NAME = "pipeline.toml"

#: Beyond these no return could be read, no run end, no mail be sent, or nothing would be limited.
_Port = Annotated[int, Meta(ge=0, le=65535)]
_Patience = Annotated[int, Meta(ge=1, le=600)]
_UpToAnHour = Annotated[float, Meta(ge=0, le=3600)]
_UpToADay = Meta(ge=0, le=1440)
_USUAL_SENDER = "quarterday@localhost.example"


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands under one heading."""


class Paths(_Section, frozen=True):
    """Where things lie, relative to the workspace unless absolute."""

    register: str = "register.xlsx"
    inbox: str = "inbox"
    outbox: str = "outbox"
    state: str = "var"
    #: The officer's own texts of mail; the package's stand in for what is not there.
    templates: str = "templates"


class Limits(_Section, frozen=True):
    """What one return may cost; a workbook that needs more is sent back."""

    #: Size of the file, in MiB.
    file_mb: Annotated[int, Meta(ge=1, le=4096)] = 50
    #: Memory that reading it may take, in MiB.
    memory_mb: Annotated[int, Meta(ge=128, le=1024 * 1024)] = 512
    #: Time that reading it may take, in seconds.
    seconds: Annotated[int, Meta(ge=1, le=3600)] = 10
    #: Reader processes; 0 is one for each processor.
    workers: Annotated[int, Meta(ge=0, le=512)] = 0
    #: A file that changed less than this many seconds ago may still be growing.
    settle_seconds: _UpToAnHour = 2.0
    #: A file that is incomplete and changed less than this many minutes ago is left, not sent back.
    incomplete_minutes: Annotated[int, _UpToADay] = 15


class StoreSettings(_Section, frozen=True):
    #: A SQLAlchemy URL; empty is SQLite in the state folder.
    url: str = ""


class DataSettings(_Section, frozen=True):
    """What is written beside the appendix."""

    #: The data as Parquet too, where the extra `parquet` is installed.
    parquet: bool = False


class ServerSettings(_Section, frozen=True):
    """A mail server and who logs in there. The password stands elsewhere: `mail.secrets`."""

    #: Under which heading they stand, and the environment variable that may hold the password.
    HEADING: ClassVar[str]
    PASSWORD: ClassVar[str]
    #: The usual ports.
    PORTS: ClassVar[dict[str, int]]

    #: The server's name; empty where there is none.
    server: str = ""
    #: Its port; 0 is the usual one.
    port: _Port = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    #: Who logs in; empty where nobody does.
    user: str = ""
    #: A command that prints an OAuth2 access token, in words; empty where a password is used.
    token_command: list[str] = []
    #: How long the server may take to answer, in seconds.
    timeout_seconds: _Patience = 60
    #: The largest message, in MiB.
    largest_mb: int = 20
    #: Certificates to trust, in PEM.
    ca_file: str = ""

    @property
    def needs_password(self) -> bool:
        """Whether somebody logs in there, and by a password."""
        return bool(self.server and self.user and not self.token_command)

    @property
    def port_used(self) -> int:
        return self.port or self.PORTS[self.security]

    def __post_init__(self) -> None:
        heading = self.HEADING
        if self.token_command and not self.user:
            raise ValueError(
                f"{heading}.token_command is set and {heading}.user is not. Say whose token it is."
            )
        if self.server and not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:]+", self.server):
            raise ValueError(
                f"{heading}.server is {self.server}; it must be a name alone. "
                f"{heading}.port is for the port."
            )


class SendSettings(ServerSettings, frozen=True):
    """Where messages are sent; without a server they are written as files alone."""

    HEADING = "mail.send"
    PASSWORD = "QUARTERDAY_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
    PORTS = {"starttls": 587, "tls": 465, "none": 25}

    #: A larger message goes without its attachment.
    largest_mb: Annotated[int, Meta(ge=1, le=150)] = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.server and self.security == "none" and not _is_loopback(self.server):
            raise ValueError(
                'mail.send.security is "none", which is for a mail server on this machine alone. '
                'Set it to "starttls" or "tls".'
            )


class ReceiveSettings(ServerSettings, frozen=True):
    """The mailbox in which returns arrive; without a server none do."""

    HEADING = "mail.receive"
    PASSWORD = "QUARTERDAY_MAILBOX_PASSWORD"  # noqa: S105 - the name of a variable
    PORTS = {"tls": 993, "starttls": 143}

    security: Literal["tls", "starttls"] = "tls"
    timeout_seconds: _Patience = 30
    #: One beyond is not fetched.
    largest_mb: Annotated[int, Meta(ge=1, le=1024)] = 50
    #: Where messages arrive; `/` stands between the names of folders, whatever the server has.
    folder: str = "INBOX"
    #: Where a message goes once its returns are in the inbox.
    taken_folder: str = "Quarterday/Taken"
    #: Where one goes that needs a person; empty leaves it where it is, flagged.
    left_folder: str = ""
    #: The name by which the council's mail server signs its Authentication-Results; `*` is the
    #: topmost whatever its name; empty checks nothing.
    authserv_id: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.server:
            return
        for name in ("user", "folder", "taken_folder"):
            if not getattr(self, name):
                raise ValueError(
                    f"mail.receive.{name} is empty; it must be set where mail.receive.server is."
                )
        if self.folder in (self.taken_folder, self.left_folder):
            raise ValueError(
                f"mail.receive.folder is {self.folder}, which is also where messages go from "
                "there; name another folder."
            )
        if self.security == "starttls" and self.port == self.PORTS["tls"]:
            raise ValueError(
                f"mail.receive.port is {self.port}, on which TLS begins at once; "
                "set it to 143 for starttls, or mail.receive.security to tls."
            )


class MailSettings(_Section, frozen=True):
    #: The sender of every message.
    sender: str = _USUAL_SENDER
    #: Where service areas can read the page of findings; empty where they cannot.
    findings_page: str = ""
    #: A digest every night, whether or not it needed a person.
    always_digest: bool = False
    #: What stands for the outbox where a message says where its attachment lies; empty is its path.
    outbox_link: str = ""
    send: SendSettings = SendSettings()
    receive: ReceiveSettings = ReceiveSettings()

    def __post_init__(self) -> None:
        page = self.findings_page
        if page and not page.startswith(("https://", "http://")):
            raise ValueError(
                f"mail.findings_page is {page}; it must be an address that begins with https://."
            )
        if self.send.server and self.sender == _USUAL_SENDER:
            raise ValueError(
                "mail.send.server is set and mail.sender is not. Say who the messages are from."
            )


class NightSettings(_Section, frozen=True):
    """How long a run may take, and who hears of its end."""

    #: After so many minutes a run ends where nothing is half done; 0 is no limit.
    limit_minutes: Annotated[float, _UpToADay] = 120.0
    #: Called when a run has ended well, a person needed or not; empty is nobody.
    success_url: str = ""
    #: Called when a run could not be done.
    failure_url: str = ""
    #: Seconds between two looks into a watched inbox; 0 lets the system tell, where it can.
    poll_seconds: _UpToAnHour = 0.0

    def __post_init__(self) -> None:
        for name in ("success_url", "failure_url"):
            if (url := getattr(self, name)) and not _is_safe(url):
                raise ValueError(
                    f"nights.{name} must be an address that begins with https://, or with "
                    "http:// on this machine."
                )


class MetricsSettings(_Section, frozen=True):
    #: Where each run writes its numbers for Prometheus, from the workspace; empty is nowhere.
    file: str = ""

    def __post_init__(self) -> None:
        if self.file and not self.file.endswith(".prom"):
            raise ValueError(f"metrics.file is {self.file}; its name must end with .prom.")


class Settings(_Section, frozen=True):
    paths: Paths = Paths()
    limits: Limits = Limits()
    store: StoreSettings = StoreSettings()
    data: DataSettings = DataSettings()
    mail: MailSettings = MailSettings()
    nights: NightSettings = NightSettings()
    metrics: MetricsSettings = MetricsSettings()


def read_settings(path: Path) -> Settings:
    """The settings in a file; the defaults where there is none.

    Raises:
        SettingsError: the file cannot be read or trusted, is not TOML, or holds an unknown or wrong
            setting.
    """
    document, advice = _read(path)
    try:
        return msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        wrong = " ".join(filter(None, (_sentence(error, document), advice)))
        raise SettingsError(f"{path}: {wrong}") from error


def outdated(path: Path) -> str:
    """What to write in place of settings that are in an older form, in a line; else empty.

    Raises:
        SettingsError: the file cannot be read, or is not TOML.
    """
    advice = _read(path)[1]
    return f"{path}: {advice}" if advice else ""


def sections(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every setting, by its heading and its name."""
    content: dict[str, dict[str, Any]] = msgspec.to_builtins(settings)
    content |= {f"mail.{name}": content["mail"].pop(name) for name in ("send", "receive")}
    return content


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """What stands in a file, in today's form, and what to write where that is another."""
    try:
        # Editors on Windows may put a byte order mark before the first line.
        with path.open(encoding="utf-8-sig") as file:
            need_trusted(path, os.fstat(file.fileno()))
            document = tomllib.loads(file.read())
    except FileNotFoundError:
        return {}, ""
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} cannot be read: it is not UTF-8. Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    return document, _brought_forward(document, path)


def _brought_forward(document: dict[str, Any], path: Path) -> str:
    """Put settings of versions before 0.3 where they stand now; what to write, in a sentence.

    `[mail]` held how to send, and `[mailbox]` how to receive.
    """
    mail = document.get("mail", {})
    if not isinstance(mail, dict) or not isinstance(document.get("mailbox", {}), dict):
        return ""
    advice = []
    moved = {name: mail.pop(name) for name in ServerSettings.__struct_fields__ if name in mail}
    if moved:
        advice.append(f"{', '.join(moved)} under [mail.send]")
    mailbox = document.pop("mailbox", None)
    if mailbox is not None:
        advice.append("[mail.receive] in place of [mailbox]")
        if isinstance(command := mailbox.get("token_command"), str):
            mailbox["token_command"] = _words(command)
            advice[-1] += ", with its token_command as a list of words"
    said = f"Settings of mail have the form of an earlier version. Write {', and '.join(advice)}."
    for heading, old in (("send", moved), ("receive", mailbox)):
        if old and mail.setdefault(heading, old) is not old:
            raise SettingsError(
                f"{path}: [mail.{heading}] stands there, and settings of an earlier form beside "
                f"it. {said}"
            )
    if mail:
        document["mail"] = mail
    return said if advice else ""


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, posix=os.name == "posix")
    except ValueError:
        return [command]


def _sentence(error: msgspec.ValidationError, document: dict[str, Any]) -> str:
    """What is wrong with a setting, and what it may be."""
    if error.__cause__ is not None:
        return str(error.__cause__)
    if found := re.fullmatch(r"Expected `\w+` [<>]=? \S+ - at `\$\.(\S+)`", str(error)):
        kind: Any = Settings
        value: Any = document
        for name in found[1].split("."):
            kind, value = get_type_hints(kind, include_extras=True)[name], value[name]
        (limit,) = kind.__metadata__
        return f"{found[1]} is {value}; it must be from {limit.ge} to {limit.le}."
    where = str(error).replace("`$.", "`").replace(" - at `$`", "")
    return f"{where}. docs/settings.md lists every setting."


def _is_safe(url: str) -> bool:
    """Whether an address can be called without being overheard."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "http":
        return _is_loopback(host)
    return parts.scheme == "https" and host != ""


def _is_loopback(server: str) -> bool:
    with suppress(ValueError):
        return ip_address(server).is_loopback
    return server.casefold() == "localhost"
