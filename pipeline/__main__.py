"""The `quarterday` command."""

from __future__ import annotations

import gc

#: How many new things there are before the youngest are looked through for cycles. What a command
#: loads stays, and by default nearly all of a short one's looking would find nothing.
NEW_THINGS = 50_000


def main() -> None:
    """Run the command line; reader processes import this module without loading it."""
    gc.set_threshold(NEW_THINGS)
    from pipeline.cli import app

    app()


if __name__ == "__main__":
    main()
