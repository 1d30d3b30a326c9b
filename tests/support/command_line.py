"""The real command line, called in this process."""

from __future__ import annotations

import sys

from typer.main import get_command
from typer.testing import CliRunner, Result

from pipeline.cli import app

#: typer makes two dozen commands of as many functions each time that it is handed them.
_COMMAND = get_command(app)


def quarterday(*words: object) -> Result:
    """What a command of a terminal prints, and its exit code."""
    runner, code = CliRunner(), 0
    with runner.isolation() as streams:
        try:
            _COMMAND.main([str(word) for word in words], prog_name="quarterday")
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        stdout, stderr, output = (stream.getvalue() for stream in streams)
    return Result(runner, stdout, stderr, output, None, code, None)
