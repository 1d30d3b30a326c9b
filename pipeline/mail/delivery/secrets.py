"""Secrets: what logs in to a mail server, from where it is kept; it is never shown."""

from __future__ import annotations

import os
import subprocess

from pipeline.workspace.settings import MailSettings

VARIABLE = "QUARTERDAY_MAIL_PASSWORD"
#: Under which service the keyring keeps passwords, by user.
SERVICE = "quarterday"


class NoSecretError(Exception):
    """There is no password or token; the message says what to do."""


def password_of(mail: MailSettings) -> str:
    """The password of `mail.user`: from the environment, else from the keyring.

    Raises:
        NoSecretError: neither has one.
    """
    found = os.environ.get(VARIABLE) or _of_keyring(mail.user)
    if not found:
        raise NoSecretError(
            f"there is no password for {mail.user}. Set the environment variable {VARIABLE}, or "
            f"put it into the keyring with: keyring set {SERVICE} {mail.user}"
        )
    return found


def _of_keyring(user: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        return None
    try:
        return keyring.get_password(SERVICE, user)
    except KeyringError:
        return None


def token_of(mail: MailSettings) -> str:
    """The access token that `mail.token_command` prints.

    Raises:
        NoSecretError: it cannot be started, fails, takes too long or prints none.
    """
    # What it is called, not its words: one of them may be a secret.
    name = mail.token_command[0]
    try:
        done = subprocess.run(
            mail.token_command,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=mail.timeout_seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise NoSecretError(
            f"mail.token_command, {name}, printed nothing for {mail.timeout_seconds} seconds."
        ) from error
    except subprocess.CalledProcessError as error:
        raise NoSecretError(
            f"mail.token_command, {name}, failed with exit code {error.returncode}. "
            "Run it by hand to see why."
        ) from error
    except OSError as error:
        raise NoSecretError(
            f"mail.token_command, {name}, cannot be started ({error.strerror})."
        ) from error
    token = done.stdout.decode("ascii", "replace").strip()
    if not token.isascii() or len(token.split()) != 1:
        raise NoSecretError(
            f"mail.token_command, {name}, did not print one token. Run it by hand to see what it "
            "prints."
        )
    return token
