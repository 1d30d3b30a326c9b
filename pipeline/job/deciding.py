"""Deciding: what people ask for, on the register's sheet Decisions or by command, is done or not.

Each request is decided once. What it claims, how it came and what became of it is kept, and the
digest answers it, also where it cannot be done. What is done is kept with the word by which it was,
or neither is, so that a run that is cut off loses and repeats nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from pipeline.consolidation import approvals, closing
from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.content import code_key, code_of, said_by
from pipeline.consolidation.editions import edition_of, next_edition, says_the_same
from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.report import Edition, Report
from pipeline.outputs.issuing import Issued, issue, pending, recall
from pipeline.register import need_period
from pipeline.store import REGISTER, Issue, Outcome, Ruling
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from schemas.deciding import ACCEPT, APPROVE, RECALL, REOPEN, Request
from schemas.findings import printable
from schemas.likeness import nearest
from schemas.model import Period, Register
from schemas.names import name_key
from schemas.wording import counted, day_shown, listed

#: Decided before returns are taken in, which they bear on.
FIRST = (REOPEN, ACCEPT, RECALL)
#: And what is decided once all is taken in: what it names may have changed with that.
LAST = (APPROVE,)


def requests(session: Session) -> Iterator[tuple[str, Request]]:
    """The lines of the sheet Decisions that were not decided yet, each with its key.

    Of lines that read the same each is one of its own: a person typed it once more.
    """
    asked = session.register.decisions
    if not asked:
        return
    answered = session.store.decisions.answered_lines()
    times = Counter[Request]()
    for request in asked:
        times[request] += 1
        line = msgspec.json.encode(request) + f" {times[request]}".encode()
        if (key := hashlib.sha256(line).hexdigest()) not in answered:
            yield key, request


def decide_first(desk: Desk) -> dict[str, int]:
    """Accept, recall and reopen what the register asks for; by its period's name each reopening."""
    asked = [*requests(desk.session)]
    desk.approvals = [one for _, one in asked if name_key(one.what) == APPROVE]
    for line, request in asked:
        if name_key(request.what) not in LAST:
            desk.decide(request, line=line)
    return {ruling.period: number for ruling, number in desk.reopened}


def decide_last(desk: Desk, drafted: Sequence[Issued]) -> list[Issued]:
    """Approve what the register asks for; what was issued comes back, and what stays drafted.

    All that was to be taken in has been, so that what was reopened for it is answered too.
    """
    session = desk.session
    desk.answer_reopened()
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
    names = [each.name for each in register.approvers]
    if name_key(by) in map(name_key, names):
        return ""
    near = nearest(by, names)
    meant = f" Did you mean {near}?" if near else ""
    return (
        f"{printable(by)} is not on the register's sheet Approvers.{meant} Type the name as it "
        "stands there, or ask an approver."
    )


def need_right(register: Register, login: str) -> None:
    """Raises: WorkspaceError: whoever gives the command may not decide."""
    if why := may_not(register, "", login):
        raise WorkspaceError(f"{why} Add it there, or ask an approver.")


class _Agreed(Struct, frozen=True):
    """What can be done: in a sentence, as it is answered, and how."""

    answer: str
    #: Does it, and keeps by which ruling it was done.
    do: Callable[[Ruling], object]


class Desk(Struct):
    """Where requests are decided, one after the other."""

    session: Session
    #: What was issued.
    issued: list[Issued] = []
    #: Which periods were reopened, with the numbers of the reopenings; to be answered once the
    #: returns for them are in.
    reopened: list[tuple[Ruling, int]] = []
    #: What is asked to be approved in the same night.
    approvals: list[Request] = []
    #: The keys of the codes of which a recall was asked for.
    recalled: set[str] = set()

    def decide(self, request: Request, *, line: str = "", login: str = "") -> Ruling:
        """Do what is asked for or refuse it, and keep what became of it.

        It came as that `line` of the register, or by a command that `login` gave.
        """
        register = self.session.register
        asked = asdict(request) | {"on": request.on.isoformat() if request.on else ""}
        verb = name_key(request.what)
        names = {name_key(each.name): each.name for each in register.periods}
        ruling = Ruling(
            **asked
            | {
                "what": verb if verb in (APPROVE, *FIRST) else request.what,
                "period": names.get(name_key(request.period), request.period),
            },
            came=login or REGISTER,
            line=line,
            decided_at=self.session.now,
        )
        answer = may_not(register, request.by, login) or self._lacks(request)
        if not answer:
            try:
                agreed = self._agreed(ruling)
            except WorkspaceError as error:
                answer = str(error)
            else:
                # What ends the run in here is trouble, and no answer.
                ruling = replace(ruling, is_done=True, answer=agreed.answer)
                agreed.do(ruling)
                return ruling
        ruling = replace(ruling, answer=answer)
        self.session.store.decisions.record(ruling)
        return ruling

    def answer_reopened(self) -> None:
        """Answer what was reopened, once what came for it has been taken in."""
        store = self.session.store
        for ruling, number in self.reopened:
            many = sum(
                sent.reopening_id == number and sent.outcome is Outcome.ACCEPTED
                for sent in store.submissions(ruling.period)
            )
            came = f"{counted(many, 'return')} for it {'was' if many == 1 else 'were'} taken in"
            answer = f"{ruling.period} was open for the run of this night; {came}."
            if not many:
                answer += (
                    " Once a return lies in the inbox, or is about to come, type a new line that "
                    "reopens it."
                )
            store.decisions.record(replace(ruling, answer=answer))
        self.reopened.clear()

    def _lacks(self, request: Request) -> str:
        """What a request lacks that any must have, in a sentence; empty where nothing."""
        if not request.because.strip():
            return 'Say why, in the column "Because" or with --because; it is kept.'
        if request.on is not None and request.on > self.session.now.astimezone().date():
            return (
                f'The day in the column "On", {day_shown(request.on)}, is yet to come. Type the '
                "day on which it was decided."
            )
        return ""

    def _agreed(self, asked: Ruling) -> _Agreed:
        """What is to be done.

        Raises:
            WorkspaceError: it cannot be done.
        """
        if asked.what not in (APPROVE, *FIRST):
            said = f"{printable(asked.what)} is" if asked.what else "An empty cell is"
            choices = listed((APPROVE, *FIRST), "or")
            raise WorkspaceError(f"{said} nothing that can be decided. Choose {choices}.")
        if not asked.period.strip():
            raise WorkspaceError('Say for which period, in the column "Period".')
        period = need_period(self.session.register, asked.period)
        if asked.what == APPROVE:
            return self._approve(period, asked.code)
        if asked.what == RECALL:
            return self._recall(period, asked.code)
        if asked.what == ACCEPT:
            return self._accept(period, asked)
        return self._reopen(period, asked)

    def _reopen(self, period: Period, asked: Ruling) -> _Agreed:
        answered = [
            one.decided_at
            for one in self.session.store.decisions.all(Ruling)
            if (one.what, one.period, one.is_done) == (REOPEN, period.name, True)
        ]
        since = max(answered, default=datetime.min.replace(tzinfo=UTC))
        by, because = asked.by or asked.came, asked.because
        number = closing.reopen(self.session, period, by, because, since)
        return _Agreed("", lambda ruling: self.reopened.append((ruling, number)))

    def _accept(self, period: Period, asked: Ruling) -> _Agreed:
        register, store, now = self.session.register, self.session.store, self.session.now
        warnings = approvals.waiting(store, [period], Redaction(register, store))
        choice = approvals.Choice(asked.finding, asked.indicator, asked.area)
        # A line that names all that the digest's names means whatever that is said of.
        named = [
            one
            for one in warnings
            if asked.area and choice.is_met_by(one)
            if name_key(one.indicator) == name_key(asked.indicator)
        ]
        made = approvals.approve(
            choice,
            named or warnings,
            every=bool(named),
            by=asked.by or asked.came,
            at=now,
            because=asked.because,
        )
        places = listed(dict.fromkeys(one.place for one in made))
        are = "is" if len(made) == 1 else "are"
        return _Agreed(
            f"{made[0].code} at {places} {are} accepted.",
            lambda ruling: store.decisions.approve(made, ruling),
        )

    def _recall(self, period: Period, code: str) -> _Agreed:
        store, wanted = self.session.store, code_key(code)
        last = store.last_issue(period.name)
        edition = edition_of(store, last) if last is not None else None
        self.recalled.add(wanted)
        is_last = edition is not None and code_key(edition.code) == wanted
        if not is_last and any(code_key(one.code) == wanted for one in self.approvals):
            return _Agreed(
                f"Draft {printable(code)} for {period.name}, which is to be approved in the same "
                "night, is not issued.",
                store.decisions.record,
            )
        if last is None or edition is None:
            raise WorkspaceError(f"Nothing was issued for {period.name}.")
        if not is_last:
            raise WorkspaceError(
                f"The last issue for {period.name} is {edition.named}, of code "
                f"{edition.code}; {printable(code) or 'no code'} is not that."
            )
        if last.id in recalls(store):
            raise WorkspaceError(f"{edition.shown} for {period.name} was recalled before.")
        return _Agreed(
            f"{edition.shown} for {period.name} is recalled.",
            lambda ruling: recall(self.session, last, ruling),
        )

    def _approve(self, period: Period, code: str) -> _Agreed:
        session, store = self.session, self.session.store
        if code_key(code) in self.recalled:
            raise WorkspaceError(
                f"A recall of {printable(code)} was asked for in the same night, so nothing is "
                "issued. If it is to go out, type a new line that approves it."
            )
        if period.name not in store.periods():
            raise WorkspaceError(f"Nothing was accepted for {period.name} that could be issued.")
        report, last = report_of(session, period), store.last_issue(period.name)
        now, stands = code_of(period.name, said_by(report)), None
        if last is not None and says_the_same(report, last) and last.id not in recalls(store):
            stands = edition_of(store, last)
        if code_key(code) != code_key(now):
            raise WorkspaceError(_lapsed(session, code, report, stands or Edition(now)))
        if stands is not None:
            raise WorkspaceError(
                f"{stands.shown} for {period.name} says the same as draft {now}; it was issued "
                "before."
            )
        return _Agreed(
            f"Draft {now} for {period.name} is issued as {next_edition(store, report).named}.",
            lambda ruling: self.issued.append(issue(session, report, ruling)),
        )


def _lapsed(session: Session, code: str, report: Report, now: Edition) -> str:
    """Why a draft cannot be approved: there is none of that code, or what has changed since.

    `now` is the draft or issue that says what the appendix would say now.
    """
    period, wanted = report.period, code_key(code)
    is_so = f"{now.named} says how things stand now"
    if not now.is_draft:
        is_so += ", so that there is nothing to approve"
    drafts = [
        each
        for each in session.store.editions.all(period.name)
        if each.said and code_key(code_of(period.name, each.said)) == wanted
    ]
    if not drafts:
        others = [
            other.name
            for other, draft in pending(session)
            if code_key(code_of(other.name, draft.said)) == wanted
        ]
        of = f" That is the draft for {others[0]}." if others else ""
        typed = printable(code) or "(none)"
        return f"No draft for {period.name} has the code {typed}; {is_so}.{of}"
    then = code_of(period.name, drafts[-1].said)
    look = f"Look at {now.named} and approve that" if now.is_draft else is_so.capitalize()
    return (
        f"Draft {then} for {period.name} has lapsed, since it would say something else "
        f"now: {_changed(report, drafts[-1])}. {look}."
    )


def _changed(report: Report, draft: Issue) -> str:
    groups = changes_since(report, draft).groups
    words = (
        f"{heading.lower()}: {listed(change.indicator for change in changes)}"
        for heading, changes in groups
    )
    return "; ".join(words) or "texts, or whose figures are in it"
