"""A relay between a run and its database, which cuts the connection where it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import sqlalchemy as sa


class Way(StrEnum):
    """Where bytes go."""

    THERE = "to the database"
    BACK = "to the run"


#: Given the way, what is passed on, and how many bytes went that way before: how many of them still
#: go through before the connection is cut; None for all of them.
Cut = Callable[[Way, bytes, int], int | None]


def never(_way: Way, _passed: bytes, _before: int) -> int | None:
    return None


def after(way: Way, number: int) -> Cut:
    """Cut after so many bytes."""

    def cut(now: Way, passed: bytes, before: int) -> int | None:
        return max(0, number - before) if now is way and before + len(passed) > number else None

    return cut


def at_commit(number: int, *, arrives: bool) -> Cut:
    """Cut at the nth COMMIT: before it arrives, or when it has been carried out, unheard of."""
    seen = 0

    def cut(way: Way, passed: bytes, _before: int) -> int | None:
        nonlocal seen
        if way is Way.THERE:
            seen += passed.count(b"COMMIT")
            return 0 if seen >= number and not arrives else None
        return 0 if seen >= number else None

    return cut


class Relay:
    """Listens on a port of loopback, and passes on what comes to another and back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._life = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._cut: Cut = never
        self.passed = dict.fromkeys(Way, 0)
        self.commits = 0
        self.is_cut = False
        self._begin(self._accept)

    def cut(self, cut: Cut) -> None:
        """Let connections through, and cut them there; then none gets through any more."""
        with self._life:
            self._cut, self.is_cut = cut, False
            self.passed, self.commits = dict.fromkeys(Way, 0), 0

    def close(self) -> None:
        self._sever()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _begin(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.is_cut:
                    _reset(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                with self._life:
                    self._open += [near, far]
                self._begin(self._pass_on, near, far, Way.THERE)
                self._begin(self._pass_on, far, near, Way.BACK)

    def _pass_on(self, source: socket.socket, target: socket.socket, way: Way) -> None:
        with suppress(OSError):
            while received := source.recv(65536):
                with self._life:
                    if self.is_cut:
                        return
                    rest = self._cut(way, received, self.passed[way])
                    self.passed[way] += len(received)
                    self.commits += received.count(b"COMMIT") if way is Way.THERE else 0
                    self.is_cut = rest is not None
                target.sendall(received[:rest])
                if rest is not None:
                    self._sever()
                    return
            target.shutdown(socket.SHUT_WR)

    def _sever(self) -> None:
        with self._life:
            severed, self._open = self._open, []
        for each in severed:
            _reset(each)


def _reset(connection: socket.socket) -> None:
    """Close a connection as a failing network does, and wake who reads from it."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def relayed(url: str) -> Iterator[tuple[Relay, str]]:
    """A relay to a database, and the URL by which that is reached through it."""
    place = sa.make_url(url)
    relay = Relay(place.port or 5432)
    through = place.set(host="127.0.0.1", port=relay.port)
    # Nothing is hidden from the relay.
    through = through.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
    try:
        yield relay, through.render_as_string(hide_password=False)
    finally:
        relay.close()
