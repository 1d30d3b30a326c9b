"""Together: what answers an area's files of one night goes to it in one message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from pipeline.mail.messages.areas import area_addressee
from pipeline.mail.messages.message import MailKind, Message, Office, size_in_mail
from pipeline.mail.messages.rendering import Text
from schemas.model import ServiceArea
from schemas.wording import counted, listed

#: What each kind of answer says became of files.
_BECAME = {
    MailKind.CORRECTION: "sent back",
    MailKind.RECEIPT: "received",
    MailKind.LISTING: "listed",
}
_BODY = re.compile(r"(.*<body[^>]*>)(.*)(</body>.*)", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL | re.IGNORECASE)
_MAIN = ' role="main"'
_RULE = "=" * 72


def together(area: ServiceArea, parts: Sequence[Message], *, office: Office) -> Iterator[Message]:
    """An area's answers as one message, each as it would have been, one after the other.

    There are several where what is attached is too much for one. The Message-ID comes from those of
    the answers; one that is known is left out.
    """
    for some in _fitting(parts, office.largest):
        if len(some) == 1:
            yield from some
            continue
        identity = [part.message_id for part in some]
        if office.message_id(MailKind.ANSWERS, identity) in office.known:
            continue
        periods = list(dict.fromkeys(part.period for part in some))
        period = periods[0] if len(periods) == 1 else ""
        sent_at = max(part.email["Date"].datetime for part in some)
        yield office.made(
            MailKind.ANSWERS,
            area_addressee(area),
            _text(some),
            sent_at=sent_at,
            identity=identity,
            name=f"{period or f'{sent_at:%Y-%m-%d}'} {MailKind.ANSWERS}",
            period=period,
            area=area.ref,
            attachments=tuple(path for part in some for path in part.attachments),
        )


def _fitting(parts: Sequence[Message], largest: int) -> Iterator[list[Message]]:
    """The answers in their order, as many together as may go into one message with their files."""
    some: list[Message] = []
    size = 0.0
    for part in parts:
        its = sum(map(size_in_mail, part.attachments))
        if some and its and size + its > largest:
            yield some
            some, size = [], 0.0
        some.append(part)
        size += its
    if some:
        yield some


def _text(parts: Sequence[Message]) -> Text:
    """What they say together: what there is, and each."""
    kinds = Counter(part.kind for part in parts)
    became = listed(f"{many} {_BECAME[kind]}" for kind, many in kinds.items())
    subject = f"{counted(len(parts), 'answer')} to what you sent: {became}"
    names = [part.subject for part in parts]
    plain = [subject, "", *(f"{number}. {name}" for number, name in enumerate(names, 1))]
    bodies = []
    for part in parts:
        plain += ["", "", _RULE, part.subject, _RULE, "", _said(part, "plain").strip("\n")]
        bodies.append(_BODY.fullmatch(_said(part, "html")))
    # A text of the officer's own may have no frame.
    first = next((body for body in bodies if body), None)
    head, end = (first[1], first[3]) if first else ("", "")
    head = _TITLE.sub(lambda _: f"<title>{escape(subject)}</title>", head)
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    shown = [f"<h1>{escape(subject)}</h1><ol>{items}</ol>"]
    shown += [
        # A page has one main part.
        (body[2] if body else _said(part, "html")).replace(_MAIN, "")
        for part, body in zip(parts, bodies, strict=True)
    ]
    html = f"{head}<div{_MAIN}>{'<hr>'.join(shown)}</div>{end}"
    return Text(subject, "\n".join(plain) + "\n", html)


def _said(part: Message, kind: str) -> str:
    body = part.email.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
