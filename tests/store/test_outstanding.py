"""What is outstanding is found without a look at all messages, and is what a look at all finds."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.store import Attempt, Became, Forgotten, Outcome, Outgoing, Queued, Store
from pipeline.store.messages import Attached
from tests.store import test_store
from tests.store.test_store import submission
from tests.support.builders import decided

url = test_store.url
NOW = datetime(2013, 5, 1, 2, tzinfo=UTC)
#: After which nothing is left to be done about a message.
FINAL = {Became.DELIVERED, Became.WRITTEN, Became.WITHHELD, Became.DROPPED, Became.FORGOTTEN}
GONE = {Became.DELIVERED, Became.FORGOTTEN}
MANY = 600


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as store:
        yield store


def queued(number: int, kind: str = "receipt", period: str = "2012-13") -> Queued:
    at = NOW + timedelta(minutes=number)
    name, to = f"<{number}@council.example>", "a@council.example"
    return Queued(name, kind, period, to, "Received", f"{number}.eml", 5, at)


def put(store: Store, numbers: range) -> None:
    """Messages of which every third has a file."""
    store.messages.put(
        Outgoing(queued(n), b"Hello", [Attached(f"{n:064}", 5)] if n % 3 == 0 else [])
        for n in numbers
    )


def note(store: Store, became: Became, *numbers: int) -> None:
    store.messages.note([Attempt(number, NOW, became) for number in numbers])


def counted(store: Store) -> list[int]:
    """The numbers of those that are outstanding, by a look at all."""
    every = store.messages.all()
    return [one.id for one in every if one.last is None or one.last.outcome not in FINAL]


def files_counted(store: Store) -> set[str]:
    """The files that go with what may be sent, by a look at all."""
    sent = (Became.DELIVERED, Became.WRITTEN)
    every = store.messages.all()
    not_sent = (one.id for one in every if one.last is None or one.last.outcome not in sent)
    return {f"{number:064}" for number in not_sent if number % 3 == 0}


def assert_found(store: Store) -> None:
    assert [one.id for one in store.messages.outstanding()] == counted(store)
    assert store.messages.attachments_needed() == files_counted(store)


def test_whatever_became_of_messages_the_same_are_found_as_by_a_look_at_all(store: Store) -> None:
    chance = random.Random(7)  # noqa: S311 - for a test
    for night in range(4):
        put(store, range(1 + night * MANY // 2, 1 + (night + 1) * MANY // 2))
        for _ in range(2):
            # What was delivered or forgotten is so for good; a person may take up all else.
            some = [
                one.id
                for one in store.messages.all()
                if chance.random() < 0.5
                and (
                    one.last is None or one.last.outcome not in (Became.DELIVERED, Became.FORGOTTEN)
                )
            ]
            store.messages.note([Attempt(n, NOW, chance.choice([*Became])) for n in some])
        # Few are left to a person.
        note(store, Became.DROPPED, *(n for n in counted(store) if chance.random() < 0.9))
        assert_found(store)
        store.messages.note_outstanding()
        assert_found(store)
    assert store.rows_of("outstanding")


def test_what_was_dropped_long_ago_and_is_wanted_again_is_found(store: Store) -> None:
    put(store, range(1, MANY))
    note(store, Became.SENDING, *range(1, MANY))
    note(store, Became.DELIVERED, *range(3, MANY))
    note(store, Became.DROPPED, 1)
    store.messages.note_outstanding()
    (row,) = store.rows_of("outstanding")
    assert (row["last_message"], row["messages"]) == (MANY - 1, "[2]")
    note(store, Became.AGAIN, 1)
    assert [one.id for one in store.messages.outstanding()] == [1, 2]
    put(store, range(MANY, MANY + 1))
    assert [one.id for one in store.messages.outstanding()] == [1, 2, MANY]
    note(store, Became.DELIVERED, 1, 2, MANY)
    assert store.messages.outstanding() == ()


def test_where_very_many_wait_the_last_note_stands_and_all_are_found(store: Store) -> None:
    put(store, range(1, MANY))
    store.messages.note_outstanding()
    assert store.rows_of("outstanding") == []
    assert len(store.messages.outstanding()) == MANY - 1


def test_of_few_messages_nothing_is_noted(store: Store) -> None:
    put(store, range(1, 20))
    note(store, Became.DELIVERED, *range(1, 20))
    store.messages.note_outstanding()
    assert store.rows_of("outstanding") == []


def test_messages_of_a_kind_and_the_last_of_it_are_found(store: Store) -> None:
    some = [
        queued(1, "draft"),
        queued(2, "digest"),
        queued(3, "draft", "2011-12"),
        queued(4, "draft"),
        queued(5),
    ]
    store.messages.put(Outgoing(one, b"Hello") for one in some)
    found = store.messages.of_kind("draft", "2012-13", some[0].queued_at)
    assert [one.id for one in found] == [1, 4]
    (one,) = store.messages.of_kind("draft", "2012-13", some[1].queued_at)
    assert one.id == 4
    assert store.messages.last_told(["digest", "draft"]) == some[3].queued_at
    assert store.messages.last_told(["digest", "draft"], some[3].queued_at) == some[2].queued_at
    assert store.messages.last_told(["reminder"]) is None
    assert some[2].header_id in store.messages
    assert "<6@council.example>" not in store.messages


def test_very_many_messages_are_written_one_by_one_and_not_held(store: Store) -> None:
    made: list[int] = []

    def messages() -> Iterator[Outgoing]:
        for number in range(1, 41):
            made.append(number)
            yield Outgoing(queued(number), bytes(2**20))

    def overtaken() -> Iterator[Attempt]:
        # It hangs on what was made.
        yield from (Attempt(number, NOW, Became.DROPPED) for number in made[:2])

    tracemalloc.start()
    store.messages.answer(messages(), 0, 0, NOW, overtaken())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20
    assert [one.id for one in store.messages.outstanding()] == [*range(3, 41)]


def test_the_periods_are_those_of_which_anything_was_accepted(store: Store) -> None:
    accepted = [submission(f"{n}.xlsx", period=f"20{n % 7 + 10}-{n % 7 + 11}") for n in range(30)]
    others = [
        submission("back.xlsx", outcome=Outcome.REJECTED, period="2001-02"),
        submission("last.xlsx", outcome=Outcome.REJECTED, period="2030-31"),
        submission("none.xlsx", outcome=Outcome.REJECTED, area=None, period=None),
    ]
    assert store.periods() == ()
    store.record([decided(sent) for sent in (*others, *accepted)])
    assert sorted(store.periods()) == [f"20{n}-{n + 1}" for n in range(10, 17)]


def test_the_sizes_of_files_are_those_of_all_that_is_not_forgotten(store: Store) -> None:
    sent = [submission(f"{n}.xlsx", size=n) for n in range(3)]
    store.record([decided(one) for one in sent])
    assert store.received.kept_sizes() == {one.sha256: one.size for one in sent}
    store.decisions.forget([Forgotten(2, NOW, "me", "six years")])
    assert store.received.kept_sizes() == {sent[0].sha256: 0, sent[2].sha256: 2}
