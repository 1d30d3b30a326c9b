"""Loaded: what a command has loaded stays, and is not looked through for cycles."""

from __future__ import annotations

import gc

#: How many new things there are before the youngest are looked through for cycles. By default
#: nearly all of a short command's looking would find nothing.
NEW_THINGS = 50_000


def keep_loaded() -> None:
    """Look no more through what there is by now, and from here on at new things now and then.

    Only the first call in a process does so: what an earlier run made may be garbage.
    """
    if not gc.get_freeze_count():
        gc.freeze()
        gc.set_threshold(NEW_THINGS)
