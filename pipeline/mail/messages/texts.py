"""The texts of mail: the officer's own where the workspace has one, else the package's.

A template of the workspace comes from outside the code: it is rendered in a sandbox, and is given
nothing that it could change. Where it has a mistake the package's own text goes out instead, since
what a message brings must not wait for a bracket; the mistake is told to whoever runs the job.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from pipeline.outputs.templating import environment_of
from pipeline.workbooks.safe_text import one_line

#: The package's templates of mail.
PACKAGE = jinja2.PackageLoader("pipeline.mail")
#: How the first line of a message's plain text begins.
_SUBJECT = "Subject:"


class Text(Struct, frozen=True):
    """The words of one message."""

    subject: str
    plain: str
    html: str


class Texts:
    """What renders the messages of one run, and remembers what was wrong with templates."""

    def __init__(self, folder: Path | None = None) -> None:
        """With the templates in `folder`, where there are any, before the package's own."""
        self._own = _environment_with(folder) if folder and any(own_templates(folder)) else None
        self._mistakes: dict[str, None] = {}

    @property
    def mistakes(self) -> tuple[str, ...]:
        """One line for each mistake that was come upon: the file, the line and what is wrong."""
        return tuple(self._mistakes)

    def render(self, template: str, words: Mapping[str, object]) -> Text:
        """The words of a message, such as `mail_receipt`, from its two templates."""
        if self._own is not None:
            try:
                return _rendered(self._own, template, words)
            # A template may raise whatever its expressions do, such as a division by zero.
            except Exception as error:
                self._mistakes[_said(error, template)] = None
        return _rendered(environment(), template, words)


@cache
def environment() -> jinja2.Environment:
    """The environment of the package's own texts."""
    return environment_of(jinja2.Environment, PACKAGE)


def package_templates() -> dict[str, str]:
    """The package's templates of mail, by their file names."""
    env = environment()
    return {name: PACKAGE.get_source(env, name)[0] for name in PACKAGE.list_templates()}


def own_templates(folder: Path) -> Iterator[Path]:
    """The files of a folder that are templates of mail by their names."""
    names = package_templates()
    return (path for path in sorted(folder.glob("*.j2")) if path.name in names)


def faults(folder: Path) -> list[str]:
    """What can be seen to be wrong with a workspace's templates before any is used."""
    env = _environment_with(folder)
    known = package_templates()
    found = []
    for path in sorted(folder.glob("*.j2")):
        if path.name not in known:
            found.append(f"{path.name}: no text of mail has this name, so it is not used.")
            continue
        try:
            env.get_template(path.name)
        except jinja2.TemplateError as error:
            found.append(_said(error, path.name))
    return found


class _Loader(jinja2.FileSystemLoader):
    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise jinja2.TemplateSyntaxError("it is not UTF-8", line, filename=template) from error


def _environment_with(folder: Path) -> jinja2.Environment:
    # Editors on Windows may put a byte order mark before the first line.
    own = _Loader(folder, encoding="utf-8-sig")
    return environment_of(ImmutableSandboxedEnvironment, jinja2.ChoiceLoader([own, PACKAGE]))


def _rendered(env: jinja2.Environment, template: str, words: Mapping[str, object]) -> Text:
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
    return Text(subject, plain.strip("\n") + "\n", html)


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
    return f"{at}: {what.rstrip('.')}. The text that Quarterday brings was taken instead."
