"""What lets the job into the mailbox: a password, or a token for servers that take none.

A password comes from the environment, else from the keyring of the user who runs the job, where it
stands under the server's name and the user's. Neither is ever part of a message.
"""

from __future__ import annotations

import os
import shlex
import subprocess

from pipeline.workspace.errors import MailboxError
from pipeline.workspace.settings import MailboxSettings

VARIABLE = "QUARTERDAY_MAILBOX_PASSWORD"


def password_of(settings: MailboxSettings) -> str:
    """The password.

    Raises:
        MailboxError: there is none.
    """
    if given := os.environ.get(VARIABLE):
        return given
    if kept := _in_keyring(settings):
        return kept
    raise MailboxError(
        f"There is no password for {settings.user} on {settings.server}. Set the environment "
        f"variable {VARIABLE}, or run: keyring set {settings.server} {settings.user}"
    )


def _in_keyring(settings: MailboxSettings) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        return None
    try:
        return keyring.get_password(settings.server, settings.user)
    except KeyringError as error:
        raise MailboxError(
            f"The keyring cannot be read ({error}). Unlock it, or set the environment variable "
            f"{VARIABLE}."
        ) from error


def token_of(settings: MailboxSettings) -> str:
    """What the command of the settings prints: an access token.

    Raises:
        MailboxError: it cannot be run, fails, takes too long or prints nothing.
    """
    said = "mailbox.token_command"
    try:
        words = shlex.split(settings.token_command, posix=os.name == "posix")
        done = subprocess.run(
            words,
            capture_output=True,
            timeout=settings.timeout_seconds,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise MailboxError(
            f"{said} did not end within {settings.timeout_seconds} seconds. "
            "Run it by hand as the user who runs the job; it may ask something."
        ) from error
    except (OSError, ValueError) as error:
        raise MailboxError(
            f"{said} cannot be run ({getattr(error, 'strerror', None) or error}). Correct it."
        ) from error
    token = done.stdout.strip()
    if done.returncode or not token or len(token.split()) > 1:
        how = f"ended with exit code {done.returncode}" if done.returncode else "printed no token"
        raise MailboxError(f"{said} {how}. Run it by hand as the user who runs the job.")
    return token
