"""A closed period changes only by a word, and whatever changed in it is marked everywhere."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.consolidation.report import Line
from pipeline.job import nightly, session
from pipeline.job.nightly import Night, Reopen
from pipeline.operations.setup import make_workspace
from pipeline.outputs import issuing
from pipeline.outputs.issuing import Issued
from pipeline.store import REGISTER, Closing, Outcome, Reopening
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.model import Period, Recipient, Register, ServiceArea
from tests.support import command_line, first_store
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.filled import fill_return
from tests.support.registers import put_register
from tests.support.sampled import sampled
from tests.workspace.test_lock import ENTRIES

NEXT = Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), date(2014, 4, 30))
CLERK = Recipient("Committee clerk", "clerk@council.example")
REGISTER_OPEN = replace(small_register(), periods=(PERIOD, NEXT), recipients=(CLERK,))
REGISTER_CLOSED = replace(REGISTER_OPEN, periods=(replace(PERIOD, open=False), NEXT))
NIGHT = datetime(2013, 4, 29, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the year's returns came, were issued, and the year was closed."""
    made = new_workspace(tmp_path_factory.mktemp("closed") / "workspace", REGISTER_OPEN)
    send(made, SAFETY)
    send(made, CARE)
    night(made)
    put_register(REGISTER_CLOSED, made.register)
    assert night(made, 1).issued == ()
    return made.root


@pytest.fixture
def place(closed: Path, tmp_path: Path) -> Workspace:
    """A workspace of one's own, in which the year is closed."""
    return open_workspace(Path(shutil.copytree(closed, tmp_path / "workspace")))


def new_workspace(folder: Path, register: Register) -> Workspace:
    put_register(register, folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, register)
    settings = folder / "pipeline.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("settle_seconds = 2.0", "settle_seconds = 0.0"), "utf-8")
    return open_workspace(folder)


def send(place: Workspace, area: ServiceArea, period: Period = PERIOD, **figures: object) -> Path:
    """A return in the inbox, with these figures (`P1_1=4605`) in place of the usual ones."""
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    for ref, figure in figures.items():
        entries[ref.replace("_", "-")]["Performance"] = figure
    path = place.inbox / f"{area.name} {period.name}.xlsx"
    return fill_return(REGISTER_OPEN, area, period, path, entries)


def night(place: Workspace, later: int = 0, reopen: Reopen | None = None) -> Night:
    return nightly.run(place, NIGHT + timedelta(days=later), lambda *_: None, reopen)


WORD = Reopen(PERIOD.name, "the police corrected their count")


def restated(done: Night) -> Issued:
    """The one appendix that a night issued, which restates."""
    (issued,) = done.issued
    assert issued.report.period.name == PERIOD.name
    assert issued.report.restates is not None
    return issued


def line(issued: Issued, ref: str) -> Line:
    return next(one for one in issued.report.lines if one.indicator.ref == ref)


def outcomes(done: Night) -> list[Outcome]:
    return [taken.outcome for taken in done.submissions]


def decisions(place: Workspace) -> tuple[tuple[Closing, ...], tuple[Reopening, ...]]:
    with session.store_of(place) as store:
        return store.decisions.all(Closing), store.decisions.all(Reopening)


def quarterday(place: Workspace, *words: str) -> tuple[int, str]:
    result = command_line.quarterday(*words, "--workspace", str(place.root))
    return result.exit_code, result.output


# --- Closing -------------------------------------------------------------------------------------


def test_a_period_that_the_register_closes_is_noted_with_its_last_issue(place: Workspace) -> None:
    (closing,), reopenings = decisions(place)
    assert (closing.period, closing.closed_at, closing.issue_id, reopenings) == (
        *(PERIOD.name, NIGHT + timedelta(days=1)),
        *(1, ()),
    )
    send(place, SAFETY, NEXT)
    night(place, 2)
    assert decisions(place)[0] == (closing,)


def test_closing_a_period_writes_and_sends_nothing_again(place: Workspace) -> None:
    """Neither its own appendix nor that of a period which is still open."""
    send(place, SAFETY, NEXT)
    assert [i.report.period.name for i in night(place, 2).issued] == [NEXT.name]
    put_register(REGISTER_OPEN, place.register)
    assert night(place, 3).issued == ()
    put_register(REGISTER_CLOSED, place.register)
    done = night(place, 4)
    assert (done.issued, done.mails) == ((), ())


def test_the_appendix_of_a_closed_period_is_written_again_to_the_byte(place: Workspace) -> None:
    workbook = issuing.workbook_path(place, REGISTER_OPEN, PERIOD)
    paths = (workbook, workbook.with_suffix(".html"))
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    code, _ = quarterday(place, "appendix", "--period", PERIOD.name)
    assert code == 0
    assert [path.read_bytes() for path in paths] == before


def test_a_return_for_a_closed_period_is_sent_back_with_the_two_ways_to_take_it_in(
    place: Workspace,
) -> None:
    send(place, SAFETY, P1_1=4600)
    done = night(place, 2)
    (taken,) = done.submissions
    (error,) = [f for f in taken.findings if f.code == "C12"]
    assert taken.outcome is Outcome.REJECTED
    assert "open 2012-13 on the register's sheet Periods" in error.fix
    assert "--reopen" in error.fix
    assert done.issued == ()
    with session.store_of(place) as store:
        assert {o.value for o in store.observations(PERIOD.name) if o.indicator == "P1-1"} == {4605}


def test_what_was_accepted_before_the_register_closed_a_period_is_issued_all_the_same(
    place: Workspace,
) -> None:
    """The night was cut off after it had taken the return in, and the officer did not know."""
    put_register(REGISTER_OPEN, place.register)
    night(place, 2)
    send(place, SAFETY, NEXT)
    night(place, 3)
    send(place, SAFETY, NEXT, P1_1=4600)
    quarterday(place, "ingest")
    closed = replace(REGISTER_OPEN, periods=tuple(replace(p, open=False) for p in (PERIOD, NEXT)))
    put_register(closed, place.register)
    (issued,) = night(place, 4).issued
    assert issued.report.period.name == NEXT.name
    assert line(issued, "P1-1").performance_shown == "4600"
    assert issued.report.restates is None
    assert night(place, 5) == Night(was_idle=True)


# --- By a person's word --------------------------------------------------------------------------


def test_a_reopened_period_is_restated_and_marked_everywhere(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    done = night(place, 31, WORD)
    issued = restated(done)
    changed = line(issued, "P1-1")
    assert changed.performance_shown == "4600"
    assert changed.restated_from == "4605"
    mark = "Restated: it stood at 4605 when the period was closed on 30 April 2013."
    assert changed.remarks[0] == mark
    assert [one.indicator.ref for one in issued.report.restated] == ["P1-1"]
    whole = "Restated: the period was closed on 30 April 2013; 1 indicator has changed since."

    sheet = committee_sheet(load_workbook(issued.workbook))
    cells = [str(cell.value) for row in sheet for cell in row]
    assert any(whole in cell for cell in cells)
    assert any(mark in cell for cell in cells)
    assert sum("Restated" in cell for cell in cells) == 2

    page = issued.files["page"].read_text("utf-8")
    assert whole in page
    assert page.count(mark) == 1

    with issued.files["tidy"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Ref"]: row["Indicator restated from"] for row in rows} == {
        one.indicator.ref: "4605" if one.indicator.ref == "P1-1" else ""
        for one in issued.report.lines
    }

    (message,) = [one for one in messages(done) if one["Subject"].startswith("Appendix")]
    assert message["Subject"] == "Appendix 3, 2012-13, issue 2 (restated): overall amber, 1 red"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = " ".join(body.get_content().split())
        assert whole in text
        assert mark in text


def messages(done: Night) -> list[EmailMessage]:
    return [
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        for path in done.mails
    ]


def test_the_record_says_who_reopened_a_period_when_and_why(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    night(place, 31, WORD)
    (closing,), (reopening,) = decisions(place)
    assert (reopening.period, reopening.closing_id, reopening.because) == (
        *(PERIOD.name, closing.id),
        WORD.because,
    )
    assert reopening.reopened_at == NIGHT + timedelta(days=31)
    assert " on " in reopening.by
    with session.store_of(place) as store:
        assert [s.reopening_id for s in store.submissions(PERIOD.name)] == [None, None, 1]


def test_a_reopening_is_for_one_run(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    night(place, 31, WORD)
    send(place, SAFETY, P1_1=4500)
    done = night(place, 32)
    assert (outcomes(done), done.issued) == ([Outcome.REJECTED], ())


def test_the_same_file_that_was_sent_back_is_taken_in_once_its_period_is_reopened(
    place: Workspace,
) -> None:
    sent = send(place, SAFETY, P1_1=4600)
    content = sent.read_bytes()
    assert outcomes(night(place, 2)) == [Outcome.REJECTED]
    sent.write_bytes(content)
    assert outcomes(night(place, 3)) == [Outcome.DUPLICATE]
    sent.write_bytes(content)
    done = night(place, 4, WORD)
    assert outcomes(done) == [Outcome.ACCEPTED]
    assert line(restated(done), "P1-1").restated_from == "4605"
    # What counts already is not counted again.
    sent.write_bytes(content)
    done = night(place, 5, WORD)
    assert (outcomes(done), done.issued) == ([Outcome.DUPLICATE], ())


def test_a_night_with_a_reopening_and_an_empty_inbox_issues_nothing(place: Workspace) -> None:
    done = night(place, 2, WORD)
    assert (outcomes(done), done.issued, done.mails) == ([], (), ())
    assert len(decisions(place)[1]) == 1
    assert night(place, 3) == Night(was_idle=True)


def test_a_return_with_mistakes_restates_nothing(place: Workspace) -> None:
    send(place, SAFETY, P1_1="about 4600")
    done = night(place, 2, WORD)
    assert (outcomes(done), done.issued) == ([Outcome.REJECTED], ())


def test_what_is_restated_twice_is_marked_against_what_it_was_closed_with(
    place: Workspace,
) -> None:
    send(place, SAFETY, P1_1=4600)
    night(place, 31, WORD)
    send(place, SAFETY, P1_1=4600, P1_4=15)
    issued = restated(night(place, 62, WORD))
    assert {one.indicator.ref: one.restated_from for one in issued.report.restated} == {
        "P1-1": "4605",
        "P1-4": "14.00",
    }
    assert {r.remarks[0].rpartition(" on ")[2] for r in issued.report.restated} == {
        "30 April 2013."
    }
    assert len(decisions(place)[0]) == 1


def test_a_figure_that_is_put_back_is_no_longer_marked(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    night(place, 31, WORD)
    send(place, SAFETY, P1_1=4605)
    issued = restated(night(place, 32, WORD))
    assert issued.report.restated == ()
    assert (
        "Restated: the period was closed on 30 April 2013; no indicators have changed since."
        in issued.files["page"].read_text("utf-8")
    )


def test_a_restatement_taken_in_by_a_run_that_got_no_further_is_issued_by_the_next(
    place: Workspace,
) -> None:
    send(place, SAFETY, P1_1=4600)
    code, said = quarterday(place, "ingest", "--reopen", PERIOD.name, "--because", "a slip")
    assert code == 0
    assert "restating a closed period" in said
    issued = restated(night(place, 40))
    assert line(issued, "P1-1").restated_from == "4605"
    assert night(place, 41) == Night(was_idle=True)


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_a_run_killed_once_its_inbox_was_empty_is_completed_by_the_next(
    place: Workspace,
) -> None:
    """What it committed stands in SQLite's log, and not yet in the store's own file."""
    night(place, 2)
    assert night(place, 3) == Night(was_idle=True)
    send(place, SAFETY, P1_1=4600)
    code = (
        "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from pipeline.outputs import issuing; from pipeline.job import nightly\n"
        "from pipeline.workspace.folder import open_workspace\n"
        "issuing.due_periods = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "nightly.run(open_workspace(Path(sys.argv[1])), datetime(2013, 5, 30, tzinfo=UTC),\n"
        "            lambda *_: None, nightly.Reopen('2012-13'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(place.root)], check=False, timeout=60)
    assert killed.returncode == -9
    assert list(place.inbox.iterdir()) == []
    assert line(restated(night(place, 40)), "P1-1").restated_from == "4605"


def test_a_restated_appendix_is_written_again_to_the_byte_and_sent_once(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    done = night(place, 31, WORD)
    issued = restated(done)
    before = issued.workbook.read_bytes()
    issued.workbook.unlink()
    code, said = quarterday(place, "appendix", "--period", PERIOD.name, "--json")
    assert (code, json.loads(said)["written"][0]) == (0, str(issued.workbook))
    assert issued.workbook.read_bytes() == before
    # The appendix, and a receipt.
    assert len(done.mails) == 2


# --- How what changed reads ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "before", "after", "was", "column"),
    sampled(
        [
            ("P1-1", 4605, 4600, "it stood at 4605", "4605"),
            ("P1-2", "24.5%", "24%", "it stood at 24.5%", "24.5%"),
            ("P1-3", 120_000, 1200, "it stood at £120,000", "£120,000"),
            ("P1-1", "<5", 4600, "the figure was suppressed", "Suppressed"),
            # A figure that may not be told is not told by what it was.
            ("P1-1", 4, "<5", "a figure was given", "Suppressed"),
            ("P1-1", None, 4600, "nothing had been reported", "No figure"),
            ("P1-1", 4605, None, "it stood at 4605", "4605"),
            ("P2-1", "On track", "Missed", "it was on track", "On track"),
            ("P1-5", "Better", "Safer", "it was worded otherwise", "Better"),
        ],
        3,
    ),
)
def test_what_a_figure_was_is_said_in_words_that_fit_it(
    ref: str, before: object, after: object, was: str, column: str, place: Workspace
) -> None:
    put_register(REGISTER_OPEN, place.register)
    night(place, 2)
    for later, figure in ((3, before), (5, after)):
        entries = {key: dict(row) for key, row in ENTRIES.items()}
        entries[ref] = {"Status": "Not available"} if figure is None else {"Performance": figure}
        fill_return(REGISTER_OPEN, SAFETY, PERIOD, place.inbox / f"{later}.xlsx", entries)
        done = night(place, later, WORD if later == 5 else None)
        assert outcomes(done) == [Outcome.ACCEPTED]
        put_register(REGISTER_CLOSED, place.register)
        night(place, later + 1)
    issued = restated(done)
    told = line(issued, ref)
    assert told.remarks[0].startswith(f"Restated: {was} when the period was closed on ")
    with issued.files["tidy"].open(encoding="utf-8-sig", newline="") as file:
        columns = {row["Ref"]: row["Indicator restated from"] for row in csv.DictReader(file)}
    assert columns[ref] == column


# --- By the register -----------------------------------------------------------------------------


def test_a_period_that_the_register_opens_again_is_restated_by_its_word(place: Workspace) -> None:
    put_register(REGISTER_OPEN, place.register)
    send(place, SAFETY, P1_1=4600)
    issued = restated(night(place, 31))
    assert line(issued, "P1-1").restated_from == "4605"
    (closing,), (reopening,) = decisions(place)
    assert (reopening.by, reopening.closing_id) == (REGISTER, closing.id)
    # A second one is by the same word.
    send(place, SAFETY, P1_1=4500)
    assert line(restated(night(place, 32)), "P1-1").restated_from == "4605"
    assert len(decisions(place)[1]) == 1


def test_a_person_and_then_the_register_reopen_each_in_their_own_name(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600)
    night(place, 31, WORD)
    put_register(REGISTER_OPEN, place.register)
    send(place, SAFETY, P1_1=4500)
    restated(night(place, 32))
    _, (first, second) = decisions(place)
    assert (first.because, second.by) == (WORD.because, REGISTER)
    with session.store_of(place) as store:
        assert store.submissions(PERIOD.name)[-1].reopening_id == second.id


def test_a_period_closed_again_issues_nothing_and_is_restated_from_its_second_closing(
    place: Workspace,
) -> None:
    put_register(REGISTER_OPEN, place.register)
    send(place, SAFETY, P1_1=4600)
    workbook = restated(night(place, 31)).workbook
    before = workbook.read_bytes()
    put_register(REGISTER_CLOSED, place.register)
    done = night(place, 32)
    assert (done.issued, done.mails) == ((), ())
    quarterday(place, "appendix", "--period", PERIOD.name)
    assert workbook.read_bytes() == before
    closings, _ = decisions(place)
    assert [closing.issue_id for closing in closings] == [1, 2]

    send(place, SAFETY, P1_1=4500)
    mark = line(restated(night(place, 62, WORD)), "P1-1").remarks[0]
    assert mark == "Restated: it stood at 4600 when the period was closed on 31 May 2013."


# --- Without a word, or with a wrong one ---------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "ingest"])
@pytest.mark.parametrize(
    ("words", "line_said"),
    [
        (
            ("--reopen", NEXT.name),
            "2013-14 is open in the register, so that its returns are taken in anyway.",
        ),
        (
            ("--reopen", "2011-12"),
            "2011-12 is not a period of the register. Choose one of: 2012-13, 2013-14.",
        ),
    ],
)
def test_a_period_that_cannot_be_reopened_is_one_clear_line(
    command: str, words: tuple[str, ...], line_said: str, place: Workspace
) -> None:
    sent = send(place, SAFETY, P1_1=4600)
    assert quarterday(place, command, *words) == (2, f"quarterday: {line_said}\n")
    assert sent.exists()
    assert decisions(place)[1] == ()


def test_a_closed_period_without_figures_is_opened_by_the_register_alone(place: Workspace) -> None:
    none = replace(REGISTER_OPEN, periods=(PERIOD, replace(NEXT, open=False)))
    put_register(none, place.register)
    code, said = quarterday(place, "run", "--reopen", NEXT.name)
    assert code == 2
    assert said == (
        "quarterday: 2013-14 has no figures to restate. Open it on the register's sheet Periods.\n"
    )


def test_a_reason_without_a_period_is_refused(place: Workspace) -> None:
    code, said = quarterday(place, "run", "--because", "of a slip")
    assert code == 2
    assert "name one with --reopen" in " ".join(said.replace("│", "").split())


def test_nothing_is_accepted_for_a_closed_period_without_a_reopening(place: Workspace) -> None:
    """Whatever is sent, in whatever order, by whichever command."""
    for later, command in enumerate(("ingest", "run", "run"), 2):
        send(place, SAFETY, P1_1=4000 + later)
        send(place, CARE, P2_3=later)
        send(place, SAFETY, NEXT, P1_1=1)
        assert quarterday(place, command)[0] == 1
    with session.store_of(place) as store:
        sent = [s for s in store.submissions(PERIOD.name) if s.outcome is Outcome.ACCEPTED]
        assert len(sent) == 2
        assert {o.value for o in store.observations(PERIOD.name) if o.indicator == "P1-1"} == {4605}


# --- What an earlier version left ----------------------------------------------------------------


def test_where_the_store_does_not_know_what_was_printed_that_is_said(tmp_path: Path) -> None:
    """An issue of an earlier version kept no figures."""
    place = new_workspace(tmp_path, REGISTER_CLOSED)
    (tmp_path / "var").mkdir(mode=0o700, exist_ok=True)
    engine = sa.create_engine(place.store_url)
    first_store.make_empty(engine)
    first_store.fill(engine)
    engine.dispose()
    assert night(place).issued == ()
    send(place, SAFETY, P1_1=4600)
    issued = restated(night(place, 1, WORD))
    assert issued.report.restated == ()
    assert (
        "Restated: the period was closed on 29 April 2013, and a return was taken in since. What "
        "the appendix said before is not in the store, so what changed is not marked."
    ) in issued.files["page"].read_text("utf-8")
