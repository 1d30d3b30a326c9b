"""The `quarterday` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; reader processes import this module without loading it."""
    from pipeline.cli import app

    app()


if __name__ == "__main__":
    main()
