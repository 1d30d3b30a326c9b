"""A server on loopback that talks on and on, or slower than anybody waits for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

#: What is sent, and the seconds that pass before it.
Said = tuple[bytes, float]


@contextmanager
def endless(greeting: bytes, first: Sequence[bytes], again: Said) -> Iterator[int]:
    """The port of a server that greets, gives each of `first` for a line, then `again` for ever."""
    over = threading.Event()

    def talk(line: socket.socket) -> None:
        with line, suppress(OSError), line.makefile("rb") as heard:
            line.sendall(greeting)
            for answer in first:
                command = heard.readline()
                line.sendall(answer.replace(b"TAG", command.partition(b" ")[0]))
            if first:
                heard.readline()
            while not over.is_set():
                time.sleep(again[1])
                line.sendall(again[0])

    def serve() -> None:
        with suppress(OSError):
            while not over.is_set():
                line, _ = server.accept()
                threading.Thread(target=talk, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
