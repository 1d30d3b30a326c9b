"""Deciding: what people ask for, on the register's sheet Decisions or by command, is done or not.

Each request is decided once. What it claims, how it came and what became of it is kept, and the
digest answers it, also where it cannot be done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from pipeline.consolidation import approvals, closing
from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.content import code_of, said_by
from pipeline.consolidation.editions import edition_of, next_edition, says_the_same
from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.report import Report
from pipeline.outputs.issuing import Issued, issue, recall
from pipeline.register import need_period
from pipeline.store import REGISTER, Issue, Ruling
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from schemas.deciding import ACCEPT, APPROVE, RECALL, REOPEN, Request
from schemas.model import Period, Register
from schemas.names import name_key
from schemas.wording import listed

#: Decided before returns are taken in, which they bear on.
FIRST = (REOPEN, ACCEPT, RECALL)
#: And what is decided once all is taken in: what it names may have changed with that.
LAST = (APPROVE,)


def requests(session: Session) -> Iterator[tuple[str, Request]]:
    """The lines of the sheet Decisions that were not decided yet, each with its key."""
    asked = session.register.decisions
    if not asked:
        return
    answered = set(session.store.decisions.answered_lines())
    for request in asked:
        key = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
        if key not in answered:
            answered.add(key)
            yield key, request


def decide_first(session: Session) -> dict[str, int]:
    """Accept, recall and reopen what the register asks for; by its period's name each reopening."""
    desk = Desk(session)
    for line, request in [*requests(session)]:
        if name_key(request.what) not in LAST:
            desk.decide(request, line=line)
    return desk.reopened


def decide_last(session: Session, drafted: Sequence[Issued]) -> list[Issued]:
    """Approve what the register asks for; what was issued comes back, and what stays drafted."""
    desk = Desk(session)
    with session.pace.during("issuing"):
        for line, request in [*requests(session)]:
            desk.decide(request, line=line)
    approved = {one.report.period.name for one in desk.issued}
    return [*(one for one in drafted if one.report.period.name not in approved), *desk.issued]


def may_not(register: Register, by: str, login: str = "") -> str:
    """Why someone may not decide, in a sentence; empty where he may.

    By the register an approver's name decides, by command his login.
    """
    if not register.approvers:
        return "" if by or login else 'Say who decided, in the column "Decided by".'
    if login:
        if any(name_key(each.login) == name_key(login) for each in register.approvers):
            return ""
        return f"{login} is no login of an approver on the register's sheet Approvers."
    if not by:
        return 'Say who decided, in the column "Decided by".'
    if any(name_key(each.name) == name_key(by) for each in register.approvers):
        return ""
    return f"{by} is not on the register's sheet Approvers."


def need_right(register: Register, login: str) -> None:
    """Raises: WorkspaceError: whoever gives the command may not decide."""
    if why := may_not(register, "", login):
        raise WorkspaceError(f"{why} Add it there, or ask an approver.")


class Desk(Struct):
    """Where requests are decided, one after the other."""

    session: Session
    #: What was issued and which periods were reopened, with their numbers.
    issued: list[Issued] = []
    reopened: dict[str, int] = {}

    def decide(self, request: Request, *, line: str = "", login: str = "") -> Ruling:
        """Do what is asked for or refuse it, and keep what became of it.

        It came as that `line` of the register, or by a command that `login` gave.
        """
        register, number, is_done = self.session.register, None, False
        answer = may_not(register, request.by, login)
        if not answer and not request.because.strip():
            answer = "Say why; it is kept with the decision."
        if not answer:
            try:
                answer, number = self._done(request, login)
                is_done = True
            except WorkspaceError as error:
                answer = str(error)
        asked = asdict(request) | {"on": request.on.isoformat() if request.on else ""}
        ruling = Ruling(
            **asked | {"what": name_key(request.what) or request.what},
            came=login or REGISTER,
            line=line,
            decided_at=self.session.now,
            is_done=is_done,
            answer=answer,
            issue_id=number,
        )
        self.session.store.decisions.record(ruling)
        return ruling

    def _done(self, request: Request, login: str) -> tuple[str, int | None]:
        """What was done, in a sentence, and the number in the store of the issue that it concerns.

        Raises:
            WorkspaceError: it cannot be done.
        """
        verb, by = name_key(request.what), request.by or login
        if verb not in (APPROVE, *FIRST):
            asked = request.what or "An empty cell"
            raise WorkspaceError(
                f"{asked} is nothing that can be decided. Choose {listed((APPROVE, *FIRST), 'or')}."
            )
        period = need_period(self.session.register, request.period)
        if verb == APPROVE:
            return self._approve(period, request.code)
        if verb == RECALL:
            return self._recall(period, request)
        if verb == ACCEPT:
            return self._accept(period, request, by), None
        self.reopened[period.name] = closing.reopen(self.session, period, by, request.because)
        return f"{period.name} is open for the run of this night.", None

    def _accept(self, period: Period, request: Request, by: str) -> str:
        register, store, now = self.session.register, self.session.store, self.session.now
        warnings = approvals.waiting(store, [period], Redaction(register, store))
        choice = approvals.Choice(request.finding, request.indicator, request.area)
        made = approvals.approve(
            choice, warnings, every=False, by=by, at=now, because=request.because
        )
        store.decisions.approve(made)
        return f"{made[0].code} at {made[0].place} is accepted."

    def _recall(self, period: Period, request: Request) -> tuple[str, int]:
        store = self.session.store
        last = store.last_issue(period.name)
        if last is None:
            raise WorkspaceError(f"Nothing was issued for {period.name}.")
        edition = edition_of(store, last)
        if name_key(request.code) != name_key(edition.code):
            raise WorkspaceError(
                f"The last issue for {period.name} is {edition.shown.lower()}, of code "
                f"{edition.code}; {request.code or 'no code'} is not that."
            )
        if last.id in recalls(store):
            raise WorkspaceError(f"{edition.shown} for {period.name} was recalled before.")
        recall(self.session, last, request.because)
        return f"{edition.shown} for {period.name} is recalled.", last.id

    def _approve(self, period: Period, code: str) -> tuple[str, int]:
        session, store = self.session, self.session.store
        if period.name not in store.periods():
            raise WorkspaceError(f"Nothing was accepted for {period.name} that could be issued.")
        report, last = report_of(session, period), store.last_issue(period.name)
        now = code_of(period.name, said_by(report))
        if name_key(code) != name_key(now):
            raise WorkspaceError(_lapsed(session, code, report, now))
        if last is not None and says_the_same(report, last) and last.id not in recalls(store):
            shown = edition_of(store, last).shown
            raise WorkspaceError(f"{shown} for {period.name} says the same as draft {now}.")
        shown = next_edition(store, report).shown.lower()
        made, number = issue(session, report)
        self.issued.append(made)
        return f"Draft {now} for {period.name} is issued as {shown}.", number


def _lapsed(session: Session, code: str, report: Report, now: str) -> str:
    """Why a draft cannot be approved: there is none of that code, or what has changed since."""
    period = report.period
    drafts = [
        each
        for each in session.store.editions.all(period.name)
        if each.said and name_key(code_of(period.name, each.said)) == name_key(code)
    ]
    if not drafts:
        return f"No draft for {period.name} has the code {code or '(none)'}; it is {now} now."
    return (
        f"Draft {code.upper()} for {period.name} has lapsed, since it would say something else "
        f"now: {_changed(report, drafts[-1])}. Look at draft {now} and approve that."
    )


def _changed(report: Report, draft: Issue) -> str:
    groups = changes_since(report, draft).groups
    words = (
        f"{heading.lower()}: {listed(change.indicator for change in changes)}"
        for heading, changes in groups
    )
    return "; ".join(words) or "texts, or whose figures are in it"
