"""Compose: the one list of messages that are due, each as one composed after the other.

Since every Message-ID comes from what the message is about, a run that was cut off anywhere is made
good by the next: it is given the same submissions, and only what is missing is made. What
`Office.known` holds is not composed again.

On a night when nothing came, `reminders.comes_up` says whether the calendar alone owes something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from msgspec.structs import replace

from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.report import figure_shown
from pipeline.consolidation.returned import came_in_time
from pipeline.mail.due import MailDue, area_of
from pipeline.mail.messages import (
    Message,
    Office,
    appendix_messages,
    areas,
    digest_messages,
    recall_messages,
)
from pipeline.mail.messages.digest import (
    Affairs,
    Disagreement,
    Overdue,
    PendingDraft,
    SentBack,
    Unreachable,
    Unreplaced,
)
from pipeline.mail.messages.listing import listing_message, to_be_listed
from pipeline.mail.messages.together import together
from pipeline.mail.reminders import AWAITED, Reminder, reminders
from pipeline.outputs.issuing import Issued
from pipeline.outputs.wording import return_state_shown
from pipeline.store import Contents, Entered, Outcome, Submission
from pipeline.workspace.folder import BY_HAND, safe_name
from schemas.areas_over_time import answering, contacts
from schemas.model import Register, ServiceArea
from schemas.wording import listed


def compose(
    due: MailDue, register: Register, office: Office, *, always: bool = False
) -> Iterator[Message]:
    """Every message that is due, one after the other, so that no two are held in memory.

    `always` sends the digest also when nothing needs a person. What `office.known` holds is left
    out.

    Raises:
        RegisterError: an address of the register is not an e-mail address.
        SettingsError: the sender's is not.
    """

    def was_reminded(area: ServiceArea, day: date) -> bool:
        return areas.reminder_id(area, day, office) in office.known

    owed = reminders(register, due.returned, due.now.date(), was_reminded, due.last_night)
    for recalled in due.recalled:
        yield from recall_messages(recalled, register, office=office)
    yield from appendices((*due.issued, *due.drafts), office)
    made = chain(
        _answers(due, register, office),
        _telling_entered(due, register, office),
        _reminding(due, owed, office),
    )
    yield from (each for each in made if each is not None)
    # Last, since it names what was wrong with the texts of those before it.
    affairs = _affairs(due, register, owed, office.texts.mistakes)
    yield from digest_messages(
        affairs, register, office=office, told=due.last_digest, always=always
    )


def appendices(issued: Iterable[Issued], office: Office) -> Iterator[Message]:
    """The messages that bring appendices, with what each says otherwise than the one before it."""
    for each in issued:
        changes = changes_since(each.report, each.last)
        yield from appendix_messages(each.report, each.workbook, office=office, changes=changes)


def _answers(due: MailDue, register: Register, office: Office) -> Iterator[Message]:
    """What answers each area's files, in one message: a correction or a receipt for each.

    Of the many that an area may leave in one night the most are listed. One area's are made after
    another's, so that those of very many areas are not held in memory.
    """
    answers: dict[ServiceArea, list[Submission]] = defaultdict(list)
    for sent in due.submissions:
        if (area := area_of(sent, register, due.now.date())) is not None:
            answers[area].append(sent)
    wordings = {indicator.ref: indicator.wording for indicator in register.indicators}
    accepted = _by_place(sent for sent in due.past if sent.outcome is Outcome.ACCEPTED)
    decided = _by_place(sent for sent in due.past if sent.outcome is not Outcome.DUPLICATE)
    of_file = defaultdict(list)
    for one in due.past:
        of_file[one.sha256].append(one)

    def answer(sent: Submission, area: ServiceArea) -> list[Message | None]:
        """To each of an area's addresses."""
        period = register.period(sent.period or "")
        if sent.outcome is Outcome.REJECTED:
            copy = due.copies.get(sent.id)
            counting = accepted.get((area.ref, sent.period))
            stands = counting[-1].filename if counting else ""
            return [
                areas.correction_message(to, period, sent, copy, office=office, stands=stands)
                for to in contacts(area)
            ]
        if sent.outcome is Outcome.DUPLICATE:
            brought = areas.Brought(was_sent_back=_was_sent_back(sent, of_file[sent.sha256]))
        else:
            contents = due.contents.get(sent.id, Contents())
            of_place = accepted[sent.area, sent.period]
            replaced = _replaced(due, sent, of_place, register)
            sent_before = [one for one in decided[sent.area, sent.period] if one.id < sent.id]
            told = due.understood(sent) if of_place[-1].id == sent.id else ()
            brought = replace(
                _brought(sent, of_place, contents, wordings),
                figures=tuple(told),
                more=contents.figures + len(contents.unavailable) - len(told) if told else 0,
                entered=replaced,
                was_in_time=period is not None and came_in_time(sent_before, period),
            )
        return [
            areas.receipt_message(to, period, sent, brought, office=office) for to in contacts(area)
        ]

    for area, some in answers.items():
        listed = to_be_listed(some)
        without = {sent.id for sent in listed}
        made = [answer(sent, area) for sent in some if sent.id not in without]
        if listed:
            made.append(
                [listing_message(to, listed, due.copies, office=office) for to in contacts(area)]
            )
        for to, parts in zip(contacts(area), zip(*made, strict=True), strict=True):
            yield from together(to, [one for one in parts if one is not None], office=office)


def _by_place(
    submissions: Iterable[Submission],
) -> Mapping[tuple[str | None, str | None], list[Submission]]:
    """Each by its area and period."""
    found: dict[tuple[str | None, str | None], list[Submission]] = defaultdict(list)
    for one in submissions:
        found[one.area, one.period].append(one)
    return found


def _was_sent_back(sent: Submission, past: Iterable[Submission]) -> bool:
    """Whether a file that came again was sent back when it came before; `past` are its receipts."""
    before = [one.outcome for one in past if one.id < sent.id]
    decided = [outcome for outcome in before if outcome is not Outcome.DUPLICATE]
    return decided[-1:] == [Outcome.REJECTED]


def _brought(
    sent: Submission,
    accepted: Sequence[Submission],
    contents: Contents,
    wordings: Mapping[str, str],
) -> areas.Brought:
    """What an accepted return brought, and what it replaced or was replaced by.

    `accepted` is what was ever accepted of its area and period, `wordings` those of the register.
    """
    before = [other.filename for other in accepted if other.id < sent.id]
    since = [other.filename for other in accepted if other.id > sent.id]
    replaces = before[-1] if before else ""
    if since:
        return areas.Brought(replaces=replaces, replaced_by=since[-1])

    def wordings_of(refs: Iterable[str]) -> tuple[str, ...]:
        return tuple(wordings.get(ref, ref) for ref in refs)

    return areas.Brought(
        indicators=contents.figures,
        achievements=contents.achievements,
        provisional=wordings_of(contents.provisional),
        unavailable=wordings_of(contents.unavailable),
        no_cases=wordings_of(contents.no_cases),
        replaces=replaces,
    )


def _replaced(
    due: MailDue, sent: Submission, accepted: Sequence[Submission], register: Register
) -> tuple[areas.EnteredFigure, ...]:
    """The figures entered on an area's behalf whose place its accepted return takes."""
    before = [other.id for other in accepted if other.id < sent.id]
    stood, place = before[-1] if before else None, (sent.area, sent.period)
    counted = {
        one.indicator: one
        for one in due.entered
        if (one.area, one.period) == place and one.submission_id == stood
    }
    return tuple(_entered(one, register) for one in counted.values())


def _entered(one: Entered, register: Register) -> areas.EnteredFigure:
    indicator = register.indicator(one.indicator)
    return areas.EnteredFigure(
        area=one.area,
        period=one.period,
        indicator=indicator.wording if indicator else one.indicator,
        by=one.by,
        at=one.entered_at.astimezone(),
        figure="" if one.suppressed else figure_shown(one, indicator) or one.status.lower(),
        because=one.because,
    )


def _telling_entered(due: MailDue, register: Register, office: Office) -> Iterator[Message | None]:
    """What was entered on each area's behalf, in one message."""
    for area in register.areas:
        mine = [_entered(one, register) for one in due.newly_entered if one.area == area.ref]
        if mine:
            for to in contacts(answering(register, area, due.now.date())):
                yield areas.entered_message(to, mine, office=office)


def _reminding(due: MailDue, owed: Sequence[Reminder], office: Office) -> Iterator[Message | None]:
    sent_back: dict[str | None, dict[str, Submission]] = defaultdict(dict)
    for sent in due.past:
        if sent.outcome is Outcome.REJECTED and sent.period:
            sent_back[sent.area][sent.period] = sent
    for reminder in owed:
        of_area = sent_back[reminder.area.ref]
        for number, to in enumerate(contacts(reminder.area)):
            one = replace(reminder, area=to, is_further=number > 0)
            yield areas.reminder_message(one, of_area, office=office, sent_at=due.now)


# --- What needs a person -------------------------------------------------------------------------


def _affairs(
    due: MailDue, register: Register, owed: Sequence[Reminder], mistakes: tuple[str, ...]
) -> Affairs:
    fresh = due.submissions
    return Affairs(
        now=due.now,
        received=len(fresh),
        accepted=sum(sent.outcome is Outcome.ACCEPTED for sent in fresh),
        issued=tuple(map(_issued_in_words, due.issued)),
        drafts=tuple(map(_pending, due.pending)),
        new_drafts=frozenset(each.report.period.name for each in due.drafted),
        unreplaced=tuple(
            Unreplaced(each.period, each.shown, each.because, each.recalled_at.astimezone().date())
            for each in due.recalled
            if not each.is_replaced
        ),
        answers=due.answers,
        sent_back=tuple(
            _sent_back(sent, register, due.now.date())
            for sent in fresh
            if sent.outcome is Outcome.REJECTED
        ),
        waiting=due.waiting,
        submissions=frozenset(sent.id for sent in fresh),
        left=due.skipped,
        disagreements=tuple(
            Disagreement(each.report.period.name, line.indicator.wording, " ".join(line.remarks))
            for each in (*due.issued, *due.drafted)
            for line in each.report.lines
            if line.consolidated.conflict
        ),
        questions=tuple(
            replace(one, area=register.area_name(one.area))
            for each in (*due.issued, *due.drafted)
            for one in each.report.questions
        ),
        undelivered=due.undelivered,
        overdue=tuple(_overdue(due, register)),
        unreachable=tuple(_unreachable(due, register, owed)),
        copies=due.copies_beside,
        register=due.register,
        entered=tuple(
            replace(_entered(one, register), area=register.area_name(one.area))
            for one in due.newly_entered
        ),
        retention=due.retention,
        mistakes=mistakes,
    )


def _issued_in_words(issued: Issued) -> str:
    report = issued.report
    shown = f"{report.edition.named} of " if report.edition else ""
    return f"{shown}{report.period.name}, overall {report.shown(report.overall)}"


def _pending(draft: Issued) -> PendingDraft:
    report = draft.report
    return PendingDraft(
        report.period.name,
        report.edition.code if report.edition else "",
        report.shown(report.overall),
        report.coverage.shown,
        report.issued_at.date(),
    )


def _sent_back(sent: Submission, register: Register, today: date) -> SentBack:
    area = area_of(sent, register, today)
    is_told = area is not None and bool(area.email.strip())
    name = area.name if area else ""
    lies = _lies_for(area) if area and not is_told else ""
    return SentBack(sent.filename, name, sent.period or "", sent.findings, is_told, lies)


def _lies_for(area: ServiceArea) -> str:
    """Where in the outbox messages to an area without an address lie."""
    return f"{BY_HAND}/{safe_name(area.ref)}"


def _overdue(due: MailDue, register: Register) -> Iterator[Overdue]:
    for period in register.periods:
        first = period.due + timedelta(days=1)
        for returned in due.returned.get(period.name, ()):
            if first <= due.now.date() and returned.state in AWAITED:
                standing = return_state_shown(returned, period)
                yield Overdue(returned.area.name, period.name, standing, first)


def _unreachable(
    due: MailDue, register: Register, reminding: Sequence[Reminder]
) -> Iterator[Unreachable]:
    """Areas that are owed a receipt or a reminder; of a correction `SentBack` tells."""
    for sent in due.submissions:
        area = area_of(sent, register, due.now.date())
        if area and not area.email.strip() and sent.outcome is not Outcome.REJECTED:
            owed = f"a receipt for {sent.filename}"
            yield Unreachable(area.name, owed, due.now.date(), _lies_for(area))
    for ref in dict.fromkeys(one.area for one in due.newly_entered):
        area = register.area(ref)
        area = answering(register, area, due.now.date()) if area else None
        if area and not area.email.strip():
            owed = "what was entered on its behalf"
            yield Unreachable(area.name, owed, due.now.date(), _lies_for(area))
    for reminder in reminding:
        if not reminder.area.email.strip():
            periods = listed(each.period.name for each in reminder.owed)
            owed = f"a reminder for {periods}"
            yield Unreachable(reminder.area.name, owed, reminder.since, _lies_for(reminder.area))
