"""Connecting: what sending and receiving have in common on the way to a mail server."""

from __future__ import annotations

import ssl
from pathlib import Path

from pipeline.workspace.settings import ServerSettings
from schemas.findings import printable

#: How much is shown of what a server or a library says, in characters.
LONGEST = 300


class UnusableError(Exception):
    """What the settings of a mail server name cannot be used; the message says what to do."""


def verified(settings: ServerSettings, root: Path, *, with_systems: bool) -> ssl.SSLContext:
    """What verifies a server's certificate: by the file of the settings, the system's or both.

    Raises:
        UnusableError: the file cannot be used.
    """
    own = root / settings.ca_file if settings.ca_file else None
    try:
        context = ssl.create_default_context(cafile=None if with_systems else own)
        if own and with_systems:
            context.load_verify_locations(own)
    except OSError as error:
        raise UnusableError(
            f"{settings.HEADING}.ca_file, {settings.ca_file}, cannot be used "
            f"({error.strerror or 'it holds no certificate'}). Name a file of certificates in PEM."
        ) from error
    return context


def reason(error: Exception) -> str:
    """What an error of the network is, in a few words."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, TimeoutError) or isinstance(cause, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return printable(str(error))[:LONGEST].rstrip(". ") or "no reason was given"
