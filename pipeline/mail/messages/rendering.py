"""Rendering: the words of a message from its templates, the package's or the officer's own.

Templates of the officer's come from outside the code and may do anything that Jinja lets them, such
as a loop without an end: a worker of the sandbox renders them. The package's are rendered by the
job itself.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from pipeline.outputs.templating import environment_of, environment_of_package
from pipeline.workbooks.safe_text import one_line

_PACKAGE = "pipeline.mail"
#: What is said behind a mistake.
TAKEN_INSTEAD = "The text that Quarterday brings was taken instead."
#: How the first line of a message's plain text begins.
_SUBJECT = "Subject:"
#: No message has more words, in characters; a text with more has a mistake.
_LONGEST = 1_000_000

#: Set once in each worker: the officer's own, with the package's for what is not there.
_own: jinja2.Environment | None = None


class Text(Struct, frozen=True):
    """The words of one message."""

    subject: str
    plain: str
    html: str


@cache
def environment() -> jinja2.Environment:
    """The environment of the package's own texts."""
    return environment_of_package(_PACKAGE)


def package_templates() -> dict[str, str]:
    """The package's templates of mail, by their file names."""
    env, loader = environment(), jinja2.PackageLoader(_PACKAGE)
    return {name: loader.get_source(env, name)[0] for name in loader.list_templates()}


def prepare(sources: Mapping[str, bytes]) -> None:
    """Make a worker ready to render templates of the officer's, given by their file names."""
    global _own  # noqa: PLW0603 - a worker process has one set of texts for its whole life
    loader = jinja2.ChoiceLoader([_SourceLoader(sources), jinja2.PackageLoader(_PACKAGE)])
    _own = environment_of(ImmutableSandboxedEnvironment, loader)


def filled_in(template: str, words: Mapping[str, object]) -> tuple[Text | None, str]:
    """The words of a message by the officer's own templates, or the mistake in them, in a line.

    For a worker.
    """
    assert _own is not None  # noqa: S101 - set when the worker started
    try:
        return rendered(_own, template, words), ""
    except MemoryError:
        raise
    # A template may raise whatever its expressions do, such as a division by zero.
    except Exception as error:
        return None, _said(error, template)


def faults(names: list[str]) -> list[str]:
    """What can be seen to be wrong with these templates before any is used. For a worker."""
    assert _own is not None  # noqa: S101 - set when the worker started
    found = []
    for name in names:
        try:
            _own.get_template(name)
        except jinja2.TemplateError as error:
            found.append(_said(error, name))
    return found


def rendered(env: jinja2.Environment, template: str, words: Mapping[str, object]) -> Text:
    """The words of a message, such as `mail_receipt`, from its two templates.

    Raises whatever the templates do, and TemplateSyntaxError where they make no message.
    """
    whole = env.get_template(f"{template}.txt.j2").render(words)
    first, _, plain = whole.lstrip().partition("\n")
    subject = one_line(first.removeprefix(_SUBJECT))
    if not first.startswith(_SUBJECT) or not subject:
        raise jinja2.TemplateSyntaxError(
            f"the first line must be the subject, as in {_SUBJECT} Your return",
            lineno=1,
            filename=f"{template}.txt.j2",
        )
    html = env.get_template(f"{template}.html.j2").render(words, subject=subject)
    for ending, text in (("txt", whole), ("html", html)):
        if env is not environment() and len(text) > _LONGEST:
            said = f"it makes a message of {len(text):,} characters"
            raise jinja2.TemplateSyntaxError(said, lineno=1, filename=f"{template}.{ending}.j2")
    return Text(subject, plain.strip("\n") + "\n", html)


class _SourceLoader(jinja2.BaseLoader):
    """Templates from their bytes, by their file names."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self._sources = sources

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, None]:
        if template not in self._sources:
            raise jinja2.TemplateNotFound(template)
        try:
            # Editors on Windows may put a byte order mark before the first line.
            return self._sources[template].decode("utf-8-sig"), template, None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise jinja2.TemplateSyntaxError("it is not UTF-8", line, filename=template) from error


def _said(error: Exception, template: str) -> str:
    """A template's mistake in one line: file, line, what, and what was done about it."""
    name, line, what = template, 0, one_line(str(error)) or "it cannot be filled in"
    if isinstance(error, jinja2.TemplateSyntaxError):
        name, line = Path(error.filename or error.name or template).name, error.lineno
        what = one_line(error.message or what)
    elif isinstance(error, jinja2.TemplateNotFound):
        what = f"there is no template {one_line(str(error.name))}"
    for frame in traceback.extract_tb(error.__traceback__):
        # Jinja2 puts the template's own lines into the traceback.
        if frame.filename.endswith(".j2") and not isinstance(error, jinja2.TemplateSyntaxError):
            name, line = Path(frame.filename).name, frame.lineno or 0
    at = f"{name}, line {line}" if line else name
    return f"{at}: {what.rstrip('.')}. {TAKEN_INSTEAD}"
