"""Whether a message is from whom it says, by what the council's own mail server found out.

The server writes it into a header Authentication-Results (RFC 8601). Anyone can write such headers
into a message, so only those count that bear the server's name, and of these only the topmost: what
a server adds stands above what came with the message.
"""

from __future__ import annotations

import re
from email.message import Message

from msgspec import Struct

#: Stands for any name, for servers that write none.
ANY = "*"
_NAME = "authentication-results"
#: What says that a message is not from whom it says, or that its domain's rules cannot be read; and
#: that they could not be read when it came, which its header says for good.
_BAD = ("fail", "softfail", "hardfail", "permerror", "temperror")
#: Whom a method vouches for, by the property that names them.
_NAMED = {"dmarc": ("header.from",), "spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r'\s([a-z0-9-]+\.[a-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^\s"]+))', re.IGNORECASE)


class _Result(Struct, frozen=True):
    method: str
    result: str
    #: Domains that a method names.
    domains: tuple[str, ...]


def why_distrusted(message: Message, sender: str, authserv_id: str) -> str:
    """Why a message is not taken to be from its sender; empty where there is nothing against it.

    DMARC decides, by what it says of the sender's domain. Where it says nothing of it, SPF or DKIM
    must vouch for that domain, or none of them must have anything to say.
    """
    if not authserv_id:
        return ""
    header = _topmost(message, authserv_id)
    if header is None:
        whose = "your mail server" if authserv_id == ANY else authserv_id
        return (
            f"it has no Authentication-Results of {whose}, so its sender is not known for certain"
        )
    results = _results(header)
    domain = sender.rpartition("@")[2].lower()
    for found in results:
        if found.method == "dmarc":
            if found.result == "pass" and domain in found.domains:
                return ""
            if found.result in _BAD:
                return _found(found)
    asked = [found for found in results if found.method in _NAMED]
    passed = [found for found in asked if found.result == "pass"]
    if any(_is_same(domain, other) for found in passed for other in found.domains):
        return ""
    for found in asked:
        if found.result in _BAD:
            return _found(found)
    others = sorted({other for found in passed for other in found.domains})
    if others:
        return f"it was sent by {', '.join(others)}, which does not vouch for {domain}"
    return f"what the mail server found is not said to be of {domain}" if passed else ""


def _found(found: _Result) -> str:
    return f"it may not be from its sender: the mail server found {found.method}={found.result}"


def _topmost(message: Message, authserv_id: str) -> str | None:
    """What stands after the server's name in the first header that bears it."""
    for key, value in message.raw_items():
        if key.lower() != _NAME:
            continue
        text = _without_comments(str(value))
        first, _, rest = text.partition(";")
        if authserv_id == ANY:
            # A first part that is a result is one from a server that writes no name.
            return text if _RESULT.match(first) else rest
        words = first.replace('"', " ").split()
        if words and words[0].lower() == authserv_id.lower():
            return rest
    return None


def _results(header: str) -> list[_Result]:
    results = []
    for part in header.split(";"):
        if (match := _RESULT.match(part)) is None:
            continue
        method, result = match[1].lower(), match[2].lower()
        named = _PROPERTY.findall(part)
        domains = tuple(
            (quoted or bare).rpartition("@")[2].lower().rstrip(".")
            for name, quoted, bare in named
            if name.lower() in _NAMED.get(method, ())
        )
        results.append(_Result(method, result, domains))
    return results


def _is_same(domain: str, other: str) -> bool:
    """Whether two domains are one, or one lies within the other."""
    return bool(other) and (
        domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
    )


def _without_comments(value: str) -> str:
    """A header without what stands in brackets, which may be anything; brackets may nest.

    What is quoted stays one word: a semicolon in it would begin a result.
    """
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for sign in value.replace("\r", "").replace("\n", " "):
        if is_escaped:
            is_escaped = False
        elif sign == "\\" and (depth or is_quoted):
            is_escaped = True
            continue
        elif sign == '"' and not depth:
            is_quoted = not is_quoted
        elif not is_quoted and sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
            kept.append(" ")
            continue
        if not depth:
            kept.append(" " if is_quoted and sign in ";=" else sign)
    return "".join(kept)
