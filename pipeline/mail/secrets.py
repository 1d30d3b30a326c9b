"""Secrets: what logs in to a mail server, to send or to receive; never shown.

A password comes from the environment, else from the keyring of the user who runs the job; a token
comes from a command, for servers that take no password.
"""

from __future__ import annotations

import os
import subprocess

from pipeline.mail.connecting import UnusableError
from pipeline.workspace.settings import ServerSettings

#: Under which service the keyring may keep passwords, beside the server's name.
_SERVICE = "quarterday"


class NoSecretError(UnusableError):
    """There is no password or token; the message says what to do."""


def secret_of(settings: ServerSettings) -> str:
    """The token of the user who logs in where a command prints one, else the password.

    Raises:
        NoSecretError: there is none.
    """
    return _token(settings) if settings.token_command else _password(settings)


def _password(settings: ServerSettings) -> str:
    if found := os.environ.get(settings.PASSWORD) or _in_keyring(settings):
        return found
    raise NoSecretError(
        f"There is no password for {settings.user} on {settings.server}. Set the environment "
        f"variable {settings.PASSWORD}, or run: keyring set {settings.server} {settings.user}"
    )


def _in_keyring(settings: ServerSettings) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        return None
    try:
        found = (keyring.get_password(name, settings.user) for name in (settings.server, _SERVICE))
        return next(filter(None, found), None)
    except KeyringError as error:
        raise NoSecretError(
            f"The keyring cannot be read ({error}). Unlock it, or set the environment variable "
            f"{settings.PASSWORD}."
        ) from error


def _token(settings: ServerSettings) -> str:
    # What it is called, not its words: one of them may be a secret.
    said = f"{settings.HEADING}.token_command, {settings.token_command[0]},"
    by_hand = "Run it by hand as the user who runs the job"
    try:
        done = subprocess.run(
            settings.token_command,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=settings.timeout_seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise NoSecretError(
            f"{said} did not end within {settings.timeout_seconds} seconds. {by_hand}; it may ask "
            "something."
        ) from error
    except subprocess.CalledProcessError as error:
        raise NoSecretError(
            f"{said} failed with exit code {error.returncode}. {by_hand}."
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise NoSecretError(f"{said} cannot be run ({why}). Correct it.") from error
    token = done.stdout.decode("ascii", "replace").strip()
    if not token.isascii() or len(token.split()) != 1:
        raise NoSecretError(f"{said} did not print one token. {by_hand}.")
    return token
