"""Metrics: what the last run came to, as a text file for Prometheus.

The textfile collector of its node exporter reads one; see
https://prometheus.io/docs/instrumenting/exposition_formats/ for the form. Nothing in it is of a
return but counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from pipeline.workspace.folder import UNFINISHED, Workspace
from pipeline.workspace.runs.record import Run, RunOutcome, last_runs

#: How many runs are looked through for the last one that ended well.
_FAR_BACK = 1_000


class Metric(Struct, frozen=True):
    """A number of the run, or several by the value of a label."""

    name: str
    meaning: str
    #: The label by which there are several.
    label: str
    values: Mapping[str, float]


def write(workspace: Workspace) -> None:
    """Write the metrics of the last run that is recorded, whole, where the settings say.

    Raises:
        OSError: they cannot be written.
    """
    path = workspace.metrics
    # Of a run that found another at work, that other tells.
    ended = [
        run
        for run in last_runs(workspace, _FAR_BACK)
        if run.ended is not None and run.outcome is not RunOutcome.LOCKED
    ]
    if path is None or not ended:
        return
    # A collector reads whatever ends with `.prom`, hidden or not.
    temporary = path.with_name(f"{UNFINISHED}{path.name}.new")
    temporary.write_text(exposition(_metrics(ended)), "utf-8")
    temporary.replace(path)


def exposition(metrics: Iterable[Metric]) -> str:
    """Metrics in Prometheus' text format; all are gauges."""
    lines: list[str] = []
    for metric in metrics:
        name = f"quarterday_run_{metric.name}"
        lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} gauge"]
        for value, number in metric.values.items():
            label = f'{{{metric.label}="{value}"}}' if metric.label else ""
            lines.append(f"{name}{label} {number!r}")
    return "\n".join((*lines, ""))


def _metrics(ended: Sequence[Run]) -> Iterator[Metric]:
    """Of the last run that ended, and of when one last ended well; the latest comes first."""
    last, *_ = ended
    well = (RunOutcome.DONE, RunOutcome.NEEDS_A_PERSON)
    succeeded = next((run.ended for run in ended if run.outcome in well), None)
    counts = last.tally
    yield _one("start_timestamp_seconds", "When the last run began.", last.began.timestamp())
    if last.ended is not None:
        at = last.ended.timestamp()
        yield _one("end_timestamp_seconds", "When the last run ended.", at)
        took = at - last.began.timestamp()
        yield _one("duration_seconds", "How long the last run took.", took)
    if succeeded is not None:
        at = succeeded.timestamp()
        yield _one("success_timestamp_seconds", "When a run last ended with code 0 or 1.", at)
    outcomes = {each.value: float(each is last.outcome) for each in RunOutcome}
    yield Metric("outcome", "1 for how the last run ended, 0 for all else.", "outcome", outcomes)
    stages = "How long each stage of the last run took."
    yield Metric("stage_duration_seconds", stages, "stage", last.stages)
    returns = {
        "accepted": counts.accepted,
        "sent back": counts.sent_back,
        "duplicate": counts.duplicates,
    }
    yield Metric("returns", "Returns that the last run took in, by outcome.", "outcome", returns)
    yield _one("files_left", "Files it left in the inbox or put in quarantine.", counts.left)
    unmarked = "Correction copies that it could not mark, by a mistake in the program."
    yield _one("corrections_unmarked", unmarked, counts.unmarked)
    yield _one("appendices_issued", "Appendices that it issued.", len(counts.issued))
    yield Metric("info", "The version of the last run.", "version", {last.version: 1})


def _one(name: str, meaning: str, number: float) -> Metric:
    return Metric(name, meaning, "", {"": number})
