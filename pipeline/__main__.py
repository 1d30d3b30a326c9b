"""The `quarterday` command."""

from __future__ import annotations

import gc

#: More new things than a night loads: until a command is at work (`pipeline.job.loaded`), looking
#: through them for cycles would find next to nothing, and take a tenth of a second.
_LOADED = 300_000


def main() -> None:
    """Run the command line; reader processes import this module without loading it."""
    gc.set_threshold(_LOADED)
    from pipeline.cli import app

    app()


if __name__ == "__main__":
    main()
