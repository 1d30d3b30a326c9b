"""The texts of mail: the officer's own where the workspace has one, else the package's.

Where one of the officer's own has a mistake the package's goes out instead, since what a message
brings must not wait for a bracket; the mistake is told to whoever runs the job.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Self

from msgspec.structs import replace

from pipeline.mail.messages import rendering
from pipeline.mail.messages.rendering import TAKEN_INSTEAD, Text, environment, rendered
from pipeline.workbooks.sandbox import Guard, GuardError, StoppedError
from pipeline.workbooks.workbook import why_stopped
from pipeline.workspace.moving import opened
from pipeline.workspace.settings import Limits

#: The largest file of a text, in bytes.
_LARGEST = 256 * 1024


class Texts:
    """What renders the messages of one run, and remembers what was wrong with templates.

    Leaving the context ends the worker that renders the officer's own.
    """

    def __init__(self, folder: Path | None = None, limits: Limits | None = None) -> None:
        """With the templates in `folder`, where there are any, before the package's own."""
        sources, mistakes = sources_in(folder) if folder else ({}, [])
        self._mistakes = dict.fromkeys(mistakes)
        known = rendering.package_templates()
        self._guard = _guard_of(sources, limits) if sources.keys() & known.keys() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def mistakes(self) -> tuple[str, ...]:
        """One line for each mistake that was come upon: the file, the line and what is wrong."""
        return tuple(self._mistakes)

    def render(self, template: str, words: Mapping[str, object]) -> Text:
        """The words of a message, such as `mail_receipt`, from its two templates."""
        if self._guard is not None:
            try:
                text, mistake = self._guard.submit(rendering.filled_in, template, words).result()
            except StoppedError as stopped:
                # The next message would wait as long.
                why = why_stopped(stopped, self._guard.limits, "a message")
                text, mistake = None, f"{template}: {why}. {TAKEN_INSTEAD}"
                self._end()
            except GuardError as error:
                # Mail goes out although nothing of the officer's can be rendered.
                text, mistake = None, f"{template}: {error} {TAKEN_INSTEAD}"
                self._end()
            if text is not None:
                return text
            self._mistakes[mistake] = None
        return rendered(environment(), template, words)

    def _end(self) -> None:
        if self._guard is not None:
            self._guard.shutdown(wait=False)
            self._guard = None


def sources_in(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The templates in a folder by their file names, and what is wrong with some, a line each.

    Only regular files count: a link could have anything mailed that the job may read.
    """
    sources, mistakes = {}, []
    for path in sorted(folder.glob("*.j2")):
        try:
            with opened(path) as file:
                content = file.read(_LARGEST + 1)
        except OSError:
            mistakes.append(f"{path.name}: it is no file of its own. {TAKEN_INSTEAD}")
            continue
        if len(content) > _LARGEST:
            mistakes.append(f"{path.name}: it is too large to be a text. {TAKEN_INSTEAD}")
        else:
            sources[path.name] = content
    return sources, mistakes


def own_templates(folder: Path) -> list[Path]:
    """The files of a folder that are templates of mail."""
    known = rendering.package_templates()
    return [folder / name for name in sources_in(folder)[0] if name in known]


def faults(folder: Path) -> list[str]:
    """What can be seen to be wrong with a workspace's templates before any is used."""
    sources, found = sources_in(folder)
    known = rendering.package_templates()
    found += [
        f"{name}: no text of mail has this name, so it is not used."
        for name in sources
        if name not in known
    ]
    names = [name for name in sources if name in known]
    if names:
        with _guard_of(sources, None) as guard:
            try:
                found += guard.submit(rendering.faults, names).result()
            except StoppedError as stopped:
                found.append(f"A text cannot be used: {why_stopped(stopped, guard.limits, 'one')}.")
    return sorted(found)


def _guard_of(sources: Mapping[str, bytes], limits: Limits | None) -> Guard:
    return Guard(replace(limits or Limits(), workers=1), partial(rendering.prepare, sources))
