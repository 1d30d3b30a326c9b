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
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from pipeline.mail.delivery.secrets import NoSecretError, password_of, token_of
from pipeline.workspace.settings import MailSettings

#: The usual ports.
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
#: A server that has all of a message may take its time to answer, so many times as long as for
#: anything else (RFC 5321, 4.5.3.2.6): who hangs up too soon sends twice.
_PATIENCE = 10
#: Sent at a time, in bytes: the limit of time is for each of these.
_PART = 65536
#: How much of an answer is kept, in characters.
_LONGEST = 300
#: Answers to MAIL that are about this message: it is too large, or the server is short of room.
_OF_THE_MESSAGE = (523, 552)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: its number, None where there is none, and its text as one line."""

    code: int | None
    text: str

    @property
    def is_yes(self) -> bool:
        return self.code is not None and self.code < 400

    @property
    def is_for_good(self) -> bool:
        return self.code is not None and self.code >= 500


class NoConnectionError(Exception):
    """The server cannot be used at all just now, whichever the message."""

    def __init__(self, said: str, code: int | None = None, *, is_for_a_person: bool = False):
        super().__init__(said)
        self.said = said
        self.code = code
        #: Whether it will not pass by itself.
        self.is_for_a_person = is_for_a_person


class LostError(Exception):
    """The connection was lost before the end of a message: the server does not have it."""

    def __init__(self, said: str, code: int | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.code = code


class UnansweredError(Exception):
    """All of a message was sent, and the server's answer was never seen."""


class Connection:
    """A connection to the mail server of the settings, logged in.

    Raises:
        NoConnectionError: there is none to be had; so does `hand_over` where no message would do.
    """

    def __init__(self, mail: MailSettings, root: Path) -> None:
        self._mail = mail
        self._sender = parseaddr(mail.sender)[1]
        self._secrets: list[str] = []
        self._smtp: smtplib.SMTP | None = None
        port = mail.port or _PORTS[mail.security]
        where = f"The mail server {mail.server}, port {port}"
        try:
            self._open(port, _trusting(mail, root))
        except NoConnectionError as error:
            self.close()
            said = f"{where}, cannot be used: {error.said}"
            raise NoConnectionError(
                said, error.code, is_for_a_person=error.is_for_a_person
            ) from error
        except smtplib.SMTPResponseException as error:
            self.close()
            answer = self._answer(error.smtp_code, error.smtp_error)
            raise NoConnectionError(
                f"{where}, does not take mail now: {answer.text}", answer.code
            ) from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise NoConnectionError(
                f"{where}, has a certificate that cannot be trusted: "
                f"{error.verify_message.rstrip('.')}. Set mail.server to the name in the "
                "certificate, or mail.ca_file to who issued it.",
                is_for_a_person=True,
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            said = f"{where}, cannot be reached: {_reason(error)}."
            raise NoConnectionError(said) from error

    @property
    def is_open(self) -> bool:
        return self._smtp is not None and self._smtp.sock is not None

    @property
    def largest(self) -> int | None:
        """The largest message that the server takes, in bytes, where it says."""
        size = self._need().esmtp_features.get("size", "")
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
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise LostError(f"The connection was lost: {_reason(error)}.") from error
        if refusal is not None:
            return refusal
        try:
            sending()
        except BaseException:
            # Whatever else were sent would be part of the message.
            self.close()
            raise
        smtp = self._need()
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(_PATIENCE * self._mail.timeout_seconds)
            smtp.send(b".\r\n")
            answer = self._answer(*smtp.getreply())
            if smtp.sock is not None:
                smtp.sock.settimeout(self._mail.timeout_seconds)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise UnansweredError(_reason(error)) from error
        if answer.code == _CLOSING:
            self.close()
        return answer

    def quit(self) -> None:
        """Say goodbye; whether the server hears it changes nothing."""
        if self.is_open:
            with suppress(OSError, smtplib.SMTPException):
                self._need().quit()
        self.close()

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()

    # --- Opening ---------------------------------------------------------------------------------

    def _open(self, port: int, trusting: ssl.SSLContext) -> None:
        mail = self._mail
        if mail.security == "tls":
            self._smtp = smtplib.SMTP_SSL(
                mail.server, port, timeout=mail.timeout_seconds, context=trusting
            )
        else:
            self._smtp = smtplib.SMTP(mail.server, port, timeout=mail.timeout_seconds)
        self._smtp.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            try:
                self._smtp.starttls(context=trusting)
            except smtplib.SMTPNotSupportedError as error:
                raise NoConnectionError(
                    "it does not offer STARTTLS. Set mail.security or mail.port.",
                    is_for_a_person=True,
                ) from error
            self._smtp.ehlo_or_helo_if_needed()
        if mail.user:
            self._log_in(self._smtp)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Log in; written out because smtplib takes passwords of ASCII alone."""
        user = self._mail.user
        try:
            is_token = bool(self._mail.token_command)
            secret = token_of(self._mail) if is_token else password_of(self._mail)
        except NoSecretError as error:
            raise NoConnectionError(str(error), is_for_a_person=True) from error
        self._secrets.append(secret)
        ways = smtp.esmtp_features.get("auth", "").upper().split()
        if is_token:
            reply = self._say("AUTH XOAUTH2", f"user={user}\1auth=Bearer {secret}\1\1")
            if reply[0] == 334:
                # Why it was refused; it says so in its answer to nothing.
                reply = smtp.docmd("")
        elif "PLAIN" in ways:
            reply = self._say("AUTH PLAIN", f"\0{user}\0{secret}")
        elif "LOGIN" in ways:
            reply = self._say("AUTH LOGIN", user)
            if reply[0] == 334:
                reply = self._say("", secret)
        else:
            raise NoConnectionError(
                f"{user} cannot log in: it offers neither PLAIN nor LOGIN. Empty mail.user if it "
                "wants no password.",
                is_for_a_person=True,
            )
        answer = self._answer(*reply)
        if not answer.is_yes:
            what = "The token" if is_token else "The password"
            raise NoConnectionError(
                f"{user} cannot log in: {answer.code} {answer.text}"
                + (f" {what} or mail.user is wrong." if answer.is_for_good else ""),
                answer.code,
                is_for_a_person=answer.is_for_good,
            )

    def _say(self, command: str, secret: str) -> tuple[int, bytes]:
        coded = base64.b64encode(secret.encode()).decode("ascii")
        self._secrets.append(coded)
        return self._need().docmd(f"{command} {coded}".strip())

    # --- A message -------------------------------------------------------------------------------

    def _offer(self, recipient: str, content: bytes) -> Answer | None:
        """Send a message but for its end; an answer that says no comes back."""
        smtp = self._need()
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
                f"The mail server {self._mail.server} takes nothing from {self._sender}: "
                f"{answer.code} {answer.text} Check mail.sender and mail.user.",
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
            with suppress(OSError, smtplib.SMTPException):
                smtp.rset()
            return answer
        for start in range(0, len(body), _PART):
            smtp.send(body[start : start + _PART])
        return None

    def _need(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        return self._smtp

    def _answer(self, code: int, text: bytes | str) -> Answer:
        """An answer as one printable line, in which nothing stands that logs in."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for secret in self._secrets:
            said = said.replace(secret, "…")
        said = "".join(c if c.isprintable() else " " for c in said)
        said = " ".join(said.split())[:_LONGEST]
        # A server that closes the line too soon is given the number -1 by the library.
        return Answer(code if code > 0 else None, said)


def _trusting(mail: MailSettings, root: Path) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if mail.ca_file:
        try:
            context.load_verify_locations(root / mail.ca_file)
        except OSError as error:
            raise NoConnectionError(
                f"mail.ca_file, {root / mail.ca_file}, cannot be used ({_reason(error)}).",
                is_for_a_person=True,
            ) from error
    return context


def _reason(error: Exception) -> str:
    """What an error of the network is, in a few words."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    cause = error.__cause__ or error.__context__
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(cause, TimeoutError):
        return "it did not answer in time"
    said = "".join(c if c.isprintable() else " " for c in str(error))
    return said[:_LONGEST].rstrip(". ") or type(error).__name__
