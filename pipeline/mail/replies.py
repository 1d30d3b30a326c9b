"""Replies of a mail server: bounded in bytes and in time, whatever the server does.

`smtplib` and `imaplib` put a limit on each wait and on each line. A server that sends a byte at a
time, or lines without an end, takes as long and as much memory as it likes.
"""

from __future__ import annotations

import imaplib
import smtplib
import socket
import time
from collections.abc import Callable
from io import BufferedReader
from typing import Any

from imap_tools import BaseMailBox

#: How long a whole conversation may take, in seconds: what is left is for the next run.
CONVERSATION = 1800.0
#: The longest reply to a command of SMTP, in bytes.
_LONGEST = 65_536
#: How many times as long as any other reply one with a message from a mailbox may take.
_PATIENCE = 10
#: What a mailbox may say beside a message, in bytes.
_BESIDE = 4 * 1024 * 1024


class TooMuchError(ConnectionError):
    """A server says more, or takes longer, than any that means well."""


class _Bounds:
    """What one reply, and the conversation, may still take."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + CONVERSATION
        self._begun, self._until = 0.0, self._ends
        self._left = 0

    def begin(self, seconds: float, most: int) -> None:
        """A new reply is awaited: so long, and of so many bytes, at the most."""
        self._begun = time.monotonic()
        self.allow(seconds)
        self._left = most

    def allow(self, seconds: float) -> None:
        """The reply that is awaited may take so long in all."""
        self._until = min(self._begun + seconds, self._ends)

    def seconds(self) -> float:
        """How long the next bytes may take.

        Raises:
            TooMuchError: the conversation takes too long.
            TimeoutError: the reply does.
        """
        now = time.monotonic()
        if now >= self._ends:
            raise TooMuchError(f"takes longer than {CONVERSATION / 60:g} minutes in all")
        if now >= self._until:
            raise TimeoutError("timed out")
        return self._until - now

    def take(self, many: int) -> None:
        """So many bytes have come.

        Raises:
            TooMuchError: the reply has no end.
        """
        self._left -= many
        if self._left < 0:
            raise TooMuchError("gives an answer that has no end")


class _Raw(socket.SocketIO):
    """The bytes that come over a connection, within its bounds."""

    def __init__(self, connection: socket.socket, bounds: _Bounds) -> None:
        super().__init__(connection, "r")
        self._connection, self._bounds = connection, bounds

    def readinto(self, buffer: Any) -> int | None:
        patience = self._connection.gettimeout()
        left = self._bounds.seconds()
        self._connection.settimeout(left if patience is None else min(patience, left))
        try:
            many = super().readinto(buffer)
        finally:
            self._connection.settimeout(patience)
        self._bounds.take(many or 0)
        return many


class SMTP(smtplib.SMTP):
    """`smtplib.SMTP` whose replies end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._bounds = _Bounds()
        super().__init__(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            if self.file is None:
                self.file = BufferedReader(_Raw(self.sock, self._bounds))
            self._bounds.begin(self.sock.gettimeout() or CONVERSATION, _LONGEST)
        return super().getreply()


class SMTPOverTLS(SMTP, smtplib.SMTP_SSL):
    """`smtplib.SMTP_SSL` whose replies end."""


class IMAP(imaplib.IMAP4):
    """`imaplib.IMAP4` whose replies end; `largest` is that of a message, in bytes."""

    def __init__(self, *args: Any, largest: int, **kwargs: Any) -> None:
        self._bounds, self._most = _Bounds(), largest + _BESIDE
        self._reader: tuple[socket.socket, BufferedReader] | None = None
        super().__init__(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self._begin()

    def send(self, data: Any) -> None:
        self._begin()
        super().send(data)

    def read(self, size: int) -> bytes:
        if size > self._most:
            raise TooMuchError("gives an answer that has no end")
        self._bounds.allow(_PATIENCE * self._timeout)
        return self._bounded().read(size)

    def readline(self) -> bytes:
        # The library's own limit, which it compares the line with.
        longest: int = imaplib._MAXLINE  # type: ignore[attr-defined]  # its types leave it out
        return self._bounded().readline(longest + 1)

    @property
    def _timeout(self) -> float:
        return self.sock.gettimeout() or CONVERSATION

    def _begin(self) -> None:
        self._bounds.begin(self._timeout, self._most)

    def _bounded(self) -> BufferedReader:
        # Another connection stands in place of the first once TLS has begun.
        if self._reader is None or self._reader[0] is not self.sock:
            self._reader = self.sock, BufferedReader(_Raw(self.sock, self._bounds))
        return self._reader[1]


class IMAPOverTLS(IMAP, imaplib.IMAP4_SSL):
    """`imaplib.IMAP4_SSL` whose replies end."""


class BoundedMailBox(BaseMailBox):
    """A mailbox on a connection that is made by `connect`."""

    def __init__(self, connect: Callable[[], imaplib.IMAP4]) -> None:
        self._connect = connect
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._connect()
