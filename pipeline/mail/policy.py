"""By which rules messages are written and read."""

from __future__ import annotations

from email.headerregistry import HeaderRegistry
from email.policy import SMTP
from functools import cache


class _Headers(HeaderRegistry):
    """The library's own headers; it makes a class for each one that it meets, anew every time."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


POLICY = SMTP.clone(header_factory=_Headers())
