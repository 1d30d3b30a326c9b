"""SMTP: a verified, logged-in connection to the mail server, and one message handed over on it.

The end of a message, the final dot, is sent apart from all that stands before it. Until then the
server has nothing; from then on, until it has answered, nobody can know.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from email.utils import parseaddr
from pathlib import Path

from msgspec import Struct

from pipeline.mail import replies
from pipeline.mail.connecting import LONGEST, UnusableError, reason, verified
from pipeline.mail.secrets import secret_of
from pipeline.workspace.settings import MailSettings
from schemas.findings import printable

#: A server that has all of a message may take its time to answer, so many times as long as for
#: anything else (RFC 5321, 4.5.3.2.6): who hangs up too soon sends twice.
_PATIENCE = 10
#: Sent at a time, in bytes: the limit of time is for each of these.
_PART = 65536
#: Answers to MAIL that are about this message: it is too large, or the server is short of room.
_OF_THE_MESSAGE = (523, 552)
_CLOSING = 421


class Answer(Struct, frozen=True):
    """A server's answer: its number, None where there is none, and its text as one line."""

    code: int | None
    text: str

    @property
    def is_yes(self) -> bool:
        return self.code is not None and self.code < 400

    @property
    def is_for_good(self) -> bool:
        return self.code is not None and self.code >= 500


class _ConnectionError(Exception):
    """Trouble with the connection, with the server's number where it gave one."""

    def __init__(self, said: str, code: int | None = None, *, is_for_a_person: bool = False):
        super().__init__(said)
        self.said = said
        self.code = code
        #: Whether it will not pass by itself.
        self.is_for_a_person = is_for_a_person


class LostError(_ConnectionError):
    """The connection was lost before the end of a message: the server does not have it."""


class NoConnectionError(_ConnectionError):
    """The server cannot be used at all just now, whichever the message."""


class UnansweredError(Exception):
    """All of a message was sent, and the server's answer was never seen."""


class Connection:
    """A connection to the mail server of the settings, logged in.

    Raises:
        NoConnectionError: there is none to be had; so does `hand_over` where no message would do.
    """

    def __init__(self, mail: MailSettings, root: Path) -> None:
        self._server = mail.send
        self._sender = parseaddr(mail.sender)[1]
        self._secrets: list[str] = []
        try:
            context = verified(mail.send, root, with_systems=True)
            self._smtp = self._reached(context)
            with ExitStack() as unless_ready:
                unless_ready.callback(self.close)
                self._make_ready(context)
                unless_ready.pop_all()
        except (NoConnectionError, UnusableError, OSError) as error:
            raise self._hindered(error) from error

    def _hindered(self, error: Exception) -> NoConnectionError:
        """What hindered a connection, and where."""
        where = f"The mail server {self._server.server}, port {self._server.port_used}"
        match error:
            case NoConnectionError(code=code, is_for_a_person=is_for_a_person):
                said = f"{where}, cannot be used: {error}"
                return NoConnectionError(said, code, is_for_a_person=is_for_a_person)
            case UnusableError():
                said = f"{where}, cannot be used: {str(error)[0].lower()}{str(error)[1:]}"
                return NoConnectionError(said, is_for_a_person=True)
            case smtplib.SMTPResponseException(smtp_code=number, smtp_error=text):
                answer = self._answer(number, text)
                said = f"{where}, does not take mail now: {answer.text}"
                return NoConnectionError(said, answer.code)
            case ssl.SSLCertVerificationError():
                return NoConnectionError(
                    f"{where}, has a certificate that cannot be trusted: {reason(error)}. Set "
                    "mail.send.server to the name in the certificate, or mail.send.ca_file to who "
                    "issued it.",
                    is_for_a_person=True,
                )
        return NoConnectionError(f"{where}, cannot be reached: {reason(error)}.")

    @property
    def is_open(self) -> bool:
        return self._smtp.sock is not None

    @property
    def largest(self) -> int | None:
        """The largest message that the server takes, in bytes, where it says."""
        size = self._smtp.esmtp_features.get("size", "")
        return int(size) if size.isdecimal() and int(size) else None

    def hand_over(self, recipient: str, content: bytes, sending: Callable[[], None]) -> Answer:
        """Send one message to one recipient; the answer that decided comes back.

        `sending` is called when nothing but the end is left to be sent.

        Raises:
            LostError: the connection was lost, and the server does not have the message.
            UnansweredError: the connection was lost, and the server may have it.
        """
        try:
            refusal = self._offer(recipient, content)
        except OSError as error:
            self.close()
            raise LostError(f"The connection was lost: {reason(error)}.") from error
        if refusal is not None:
            return refusal
        try:
            sending()
        except BaseException:
            # Whatever else were sent would be part of the message.
            self.close()
            raise
        smtp = self._smtp
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(_PATIENCE * self._server.timeout_seconds)
            smtp.send(b".\r\n")
            answer = self._answer(*smtp.getreply())
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.timeout_seconds)
        except OSError as error:
            self.close()
            raise UnansweredError(reason(error)) from error
        if answer.code == _CLOSING:
            self.close()
        return answer

    def quit(self) -> None:
        """Say goodbye; whether the server hears it changes nothing."""
        with suppress(OSError):
            self._smtp.quit()
        self.close()

    def close(self) -> None:
        with suppress(OSError):
            self._smtp.close()

    # --- Opening ---------------------------------------------------------------------------------

    def _reached(self, context: ssl.SSLContext) -> smtplib.SMTP:
        server = self._server
        place, patience = (server.server, server.port_used), server.timeout_seconds
        if server.security == "tls":
            return replies.SMTPOverTLS(*place, timeout=patience, context=context)
        return replies.SMTP(*place, timeout=patience)

    def _make_ready(self, context: ssl.SSLContext) -> None:
        server = self._server
        self._smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            try:
                self._smtp.starttls(context=context)
            except smtplib.SMTPNotSupportedError as error:
                raise UnusableError(
                    "it does not offer STARTTLS. Set mail.send.security or mail.send.port."
                ) from error
            self._smtp.ehlo_or_helo_if_needed()
        if server.user:
            self._log_in()

    def _log_in(self) -> None:
        """Log in; written out because smtplib takes passwords of ASCII alone."""
        user, is_token = self._server.user, bool(self._server.token_command)
        secret = secret_of(self._server)
        self._secrets.append(secret)
        ways = self._smtp.esmtp_features.get("auth", "").upper().split()
        if is_token:
            reply = self._say("AUTH XOAUTH2", f"user={user}\1auth=Bearer {secret}\1\1")
            if reply[0] == 334:
                # Why it was refused; it says so in its answer to nothing.
                reply = self._smtp.docmd("")
        elif "PLAIN" in ways:
            reply = self._say("AUTH PLAIN", f"\0{user}\0{secret}")
        elif "LOGIN" in ways:
            reply = self._say("AUTH LOGIN", user)
            if reply[0] == 334:
                reply = self._say("", secret)
        else:
            raise NoConnectionError(
                f"{user} cannot log in: it offers neither PLAIN nor LOGIN. Empty mail.send.user if "
                "it wants no password.",
                is_for_a_person=True,
            )
        answer = self._answer(*reply)
        if not answer.is_yes:
            what = "The token" if is_token else "The password"
            raise NoConnectionError(
                f"{user} cannot log in: {answer.code} {answer.text}"
                + (f" {what} or mail.send.user is wrong." if answer.is_for_good else ""),
                answer.code,
                is_for_a_person=answer.is_for_good,
            )

    def _say(self, command: str, secret: str) -> tuple[int, bytes]:
        coded = base64.b64encode(secret.encode()).decode("ascii")
        self._secrets.append(coded)
        return self._smtp.docmd(f"{command} {coded}".strip())

    # --- A message -------------------------------------------------------------------------------

    def _offer(self, recipient: str, content: bytes) -> Answer | None:
        """Send a message but for its end; an answer that says no comes back."""
        smtp = self._smtp
        body = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", content))
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
        options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        if not body.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        answer = self._answer(*smtp.mail(self._sender, options))
        if answer.is_for_good and answer.code not in _OF_THE_MESSAGE:
            self.close()
            raise NoConnectionError(
                f"The mail server {self._server.server} takes nothing from {self._sender}: "
                f"{answer.code} {answer.text} Check mail.sender and mail.send.user.",
                answer.code,
                is_for_a_person=True,
            )
        if answer.is_yes:
            answer = self._answer(*smtp.rcpt(recipient))
        if answer.is_yes:
            answer = self._answer(*smtp.docmd("DATA"))
        if not answer.is_yes:
            if answer.code == _CLOSING:
                self.close()
                raise LostError(answer.text, answer.code)
            with suppress(OSError):
                smtp.rset()
            return answer
        for start in range(0, len(body), _PART):
            smtp.send(body[start : start + _PART])
        return None

    def _answer(self, code: int, text: bytes | str) -> Answer:
        """An answer as one printable line, in which nothing stands that logs in."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for secret in self._secrets:
            said = said.replace(secret, "…")
        # A server that closes the line too soon is given the number -1 by the library.
        return Answer(code if code > 0 else None, printable(said)[:LONGEST])
