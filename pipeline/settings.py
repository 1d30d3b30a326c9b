"""Settings: how the job runs, from `pipeline.toml`. Every value has a default; IT owns the file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from pipeline.errors import SettingsError

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


#: Beyond these no return could be read, or nothing would be limited.
_BOUNDS = {
    "file_mb": (1, 4096),
    "memory_mb": (128, 1024 * 1024),
    "seconds": (1, 3600),
    "workers": (0, 512),
    "settle_seconds": (0, 3600),
    "incomplete_minutes": (0, 1440),
}


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


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    paths: Paths = Paths()
    limits: Limits = Limits()
    store: StoreSettings = StoreSettings()
    mail: MailSettings = MailSettings()


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
        value = getattr(settings.limits, name)
        if not least <= value <= most:
            raise SettingsError(
                f"{path}: limits.{name} is {value}; it must be from {least} to {most}."
            )
    page = settings.mail.findings_page
    if page and not page.startswith(("https://", "http://")):
        raise SettingsError(
            f"{path}: mail.findings_page is {page}; it must be an address that begins with https://."
        )
    return settings
