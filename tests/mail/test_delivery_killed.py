"""Killed while it delivers: the next run sends what is safe to send, and reports the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.mail import delivery
from pipeline.register.writer import write_register
from pipeline.store import Became, Store
from pipeline.workspace.folder import open_workspace
from schemas.model import Gets, Recipient
from tests.support.builders import small_register
from tests.support.killed import NOW
from tests.support.mailserver import DOT, Fault, Mailbox, mail_server
from tests.support.mixed import copied, many, set_up
from tests.support.runs import Runner

pytestmark = pytest.mark.faults

NAMES = ("ada", "ben")
PEOPLE = tuple(Recipient(name, f"{name}@council.example", (Gets.APPENDIX,)) for name in NAMES)


@dataclass
class Office:
    """A workspace with a full inbox and a mail server, made anew as often as needed."""

    start: Path
    folder: Path
    box: Mailbox

    def anew(self) -> Path:
        self.box.messages.clear()
        self.box.heard.clear()
        workspace = copied(self.start, self.folder)
        write_register(replace(small_register(), recipients=PEOPLE), workspace / "register.xlsx")
        set_up(
            workspace,
            section="mail",
            server="localhost",
            port=self.box.port,
            security="none",
            sender="Team <team@council.example>",
            timeout_seconds=10,
        )
        return workspace

    def assert_each_once_or_reported(self) -> None:
        """Each message came once, or a person is told that it may not have."""
        came = Counter(self.box.ids())
        assert max(came.values(), default=0) <= 1, came
        with Store(open_workspace(self.folder).store_url) as store:
            messages = store.messages.all()
            stuck = {one.header_id for one in delivery.mail_status(store, NOW).stuck}
        assert len(messages) > len(PEOPLE)
        for one in messages:
            assert one.last is not None
            if one.header_id in stuck:
                assert one.last.outcome is Became.UNCERTAIN
            else:
                assert (one.last.outcome, came[one.header_id]) == (Became.DELIVERED, 1)
        assert len(stuck) <= 1
        assert set(came) <= {one.header_id for one in messages}


@pytest.fixture
def office(start: Path, tmp_path: Path) -> Iterator[Office]:
    with mail_server() as box:
        yield Office(start, tmp_path / "workspace", box)


def test_a_run_killed_at_any_step_of_the_delivery_sends_nothing_twice(
    runs: Runner, office: Office
) -> None:
    undisturbed = runs.run(office.anew())
    assert undisturbed.code == 1
    sent = len(office.box.messages)
    office.assert_each_once_or_reported()
    # A message takes two steps; before the first of them stands its being put into the queue.
    first = undisturbed.steps - 2 * sent - 12
    for step in range(
        first, undisturbed.steps + 1, max(1, (undisturbed.steps - first) // many(6, 40))
    ):
        workspace = office.anew()
        assert runs.run(workspace, step=step).code == -9, f"step {step}"
        assert runs.run(workspace).code in (0, 1)
        office.assert_each_once_or_reported()
        assert len(office.box.messages) == sent


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_run_killed_before_the_end_of_a_message_is_completed_by_the_next(
    runs: Runner, office: Office, command: str
) -> None:
    workspace = office.anew()
    run = runs.begin(workspace)
    office.box.heard[command] = run.kill
    assert run.code == -9
    office.box.heard.clear()
    assert not office.box.messages
    assert runs.run(workspace).code in (0, 1)
    office.assert_each_once_or_reported()
    with Store(open_workspace(workspace).store_url) as store:
        assert not delivery.mail_status(store, NOW).stuck


@pytest.mark.parametrize("keeps", [True, False])
def test_a_run_killed_after_the_end_of_a_message_leaves_that_one_to_a_person(
    runs: Runner, office: Office, keeps: bool
) -> None:
    workspace = office.anew()
    run = runs.begin(workspace)
    office.box.faults[DOT] = [Fault("250 Unheard", keeps=keeps)]
    office.box.heard[DOT] = run.kill
    assert run.code == -9
    office.box.heard.clear()
    assert len(office.box.messages) == keeps
    again = runs.run(workspace)
    assert again.code == 1
    assert "may have arrived: The run ended before the server's answer was noted." in again.told
    office.assert_each_once_or_reported()
    with Store(open_workspace(workspace).store_url) as store:
        assert len(delivery.mail_status(store, NOW).stuck) == 1
