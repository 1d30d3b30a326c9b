"""A real mail server on loopback that does as it is told, wrong things among them."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import wraps
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD, TOKEN = "quarterday", "corréct horse", "ya29.token"
COMMANDS = ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT")
#: What a server hears last of a message.
DOT = "the final dot"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a server does once in place of what it should."""

    #: Its answer; empty is to drop the connection.
    answer: str = ""
    #: Seconds to wait before that.
    wait: float = 0
    #: Whether a message is kept all the same.
    keeps: bool = False


DROP = Fault()


@dataclass
class Mailbox:
    """What a server received, and what it does wrong next."""

    messages: list[EmailMessage] = field(default_factory=list)
    #: The addresses of their envelopes.
    recipients: list[str] = field(default_factory=list)
    #: By command, what to do at its next calls.
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    #: By recipient, what is always answered.
    refused: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    #: By command, what is called when it is heard, before it is answered.
    heard: dict[str, Callable[[], None]] = field(default_factory=dict)
    port: int = 0

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    def hear(self, command: str) -> None:
        if command in self.heard:
            self.heard[command]()

    def next_fault(self, command: str) -> Fault | None:
        waiting = self.faults[command]
        return waiting.pop(0) if waiting else None

    # --- What aiosmtpd calls ---------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        fault = self.next_fault(DOT)
        content = envelope.original_content
        assert content is not None
        if fault is None or fault.keeps:
            received = message_from_bytes(content, policy=default)
            self.messages.append(received)
            self.recipients += envelope.rcpt_tos
        self.hear(DOT)
        if fault is None:
            return "250 Taken"
        await asyncio.sleep(fault.wait)
        if not fault.answer:
            _drop(server)
        return fault.answer or "250 Unheard"

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(words[1]).decode()
        if said == f"user={USER}\1auth=Bearer {TOKEN}\1\1":
            return AuthResult(success=True, auth_data=USER)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


def _drop(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.abort()


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any
) -> AuthResult:
    right = isinstance(given, LoginPassword) and (
        (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    )
    return AuthResult(success=right, handled=False)


Method = Callable[["_Server", str], Coroutine[Any, Any, None]]


def _faulty(command: str, method: Method) -> Method:
    """The method of a command, which does something else where a fault is set."""

    @wraps(method)
    async def called(self: _Server, argument: str) -> None:
        self.box.hear(command)
        fault = self.box.next_fault(command)
        if fault is None:
            return await method(self, argument)
        await asyncio.sleep(fault.wait)
        if fault.answer:
            await self.push(fault.answer)
        else:
            _drop(self)
        return None

    return called


class _Server(SMTP):
    def __init__(self, box: Mailbox, **settings: Any) -> None:
        self.box = box
        box.connections += 1
        super().__init__(box, hostname="localhost", **settings)


for _name in COMMANDS:
    setattr(_Server, f"smtp_{_name}", _faulty(_name, getattr(SMTP, f"smtp_{_name}")))


@contextmanager
def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    wants_login: bool = False,
    largest: int = 32 * 1024 * 1024,
    port: int = 0,
) -> Iterator[Mailbox]:
    """A server that takes mail for anyone, and is gone at the end."""
    box = Mailbox()
    loop = asyncio.new_event_loop()
    login: dict[str, Any] = {"authenticator": _authenticate} if wants_login else {}

    def made() -> _Server:
        return _Server(
            box,
            tls_context=starttls,
            require_starttls=starttls is not None,
            data_size_limit=largest,
            auth_required=wants_login,
            auth_require_tls=tls is None,
            loop=loop,
            **login,
        )

    listening = loop.run_until_complete(loop.create_server(made, "127.0.0.1", port, ssl=tls))
    box.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:

        async def end() -> None:
            listening.close()
            ours = asyncio.current_task()
            left = [task for task in asyncio.all_tasks() if task is not ours]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
