"""Templating: how the page is rendered.

No text from a return or the register reaches it, or mail, without being cleaned and escaped.
"""

from __future__ import annotations

import pickle
import sys
import textwrap
from contextlib import suppress
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from types import SimpleNamespace

import jinja2
from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from markupsafe import Markup

from pipeline.outputs import palette, wording
from pipeline.workbooks.safe_text import clean, one_line
from schemas.wording import counted, day_shown, listed

#: What a template may say of colours: the words of `palette` alone, and none of its imports.
_COLOURS = {name: colour for name, colour in vars(palette).items() if name.isupper()}


class _Compiled(FileSystemBytecodeCache):
    """The templates of a package, compiled once, as Python does with its modules.

    They lie where those lie: whoever may write there could change the modules as well.
    """

    def __init__(self, package: str) -> None:
        kept_in = Path(cache_from_source(str(import_module(package).__file__))).parent
        super().__init__(str(kept_in), f"jinja2-{jinja2.__version__}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            # It was cut short, and is made again.
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        # Where nothing may be written they are compiled again by the next run.
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


def environment_of_package(package: str) -> Environment:
    """The environment of a package's own templates, which are in its folder `templates`."""
    environment = environment_of(Environment, PackageLoader(package))
    environment.bytecode_cache = _Compiled(package)
    return environment


def environment_of(kind: type[Environment], loader: BaseLoader) -> Environment:
    """An environment in which everything printed is cleaned, and all but `.txt.j2` escaped."""
    env = kind(
        loader=loader,
        autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update(
        brief=brief,
        change_shown=wording.change_shown,
        changes_shown=wording.changes_shown,
        counted=counted,
        counts=wording.counts_shown,
        day=day_shown,
        edition_shown=wording.edition_shown,
        fill=fill,
        moment=wording.moment_shown,
        place=wording.place_shown,
        people=listed,
        achievements_restated=wording.achievements_restated,
        restatement=wording.restatement_shown,
        sum_restated=wording.sum_restated,
        sums_restated=wording.sums_restated,
        score=wording.score_shown,
        span=wording.span_shown,
        standing=wording.return_state_shown,
        travels=wording.travels_shown,
        beside=wording.beside_shown,
    )
    colours = SimpleNamespace(shade=palette.shade, **_COLOURS)
    env.globals.update(palette=colours)
    return env


def _finalize(value: object) -> object:
    """What an expression in a template prints; what a macro made has been through here before."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def fill(text: str, bullet: str = "") -> str:
    """Text as one paragraph of plain text, 72 characters wide, hanging from its bullet."""
    return textwrap.fill(
        one_line(text),
        width=72,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )


def brief(text: str, longest: int) -> str:
    """Text on one line; where that has more than `longest` characters, its first words and `…`."""
    line = one_line(text)
    if len(line) <= longest:
        return line
    kept = line[: longest - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,;:.") + "…"
