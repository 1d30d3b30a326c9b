"""Texts of one's own: used where they are right, told of where they are not, and never trusted."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.mail.messages import Message, Office, Texts
from pipeline.mail.messages.areas import correction_message
from pipeline.mail.messages.rendering import package_templates
from pipeline.operations.doctor import examine
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Limits, Settings
from schemas.findings import Finding, Severity
from schemas.model import Recipient
from tests.support import command_line, kernel
from tests.support.builders import PERIOD, SAFETY, sent_back
from tests.support.council import Council, community
from tests.support.post_office import SENDER, bodies

FINDING = Finding(
    "V01", Severity.ERROR, "Indicators", "H4", "<b>0.62</b>", "<b>0.62</b> is unclear.", "Say it."
)
TAKEN = "The text that Quarterday brings was taken instead."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


def letter(folder: Path) -> tuple[Message, tuple[str, ...]]:
    """A correction by the texts in a folder, and the mistakes that were found in them."""
    with Texts(folder, Limits(seconds=2)) as texts:
        message = correction_message(
            SAFETY,
            PERIOD,
            sent_back("safety.xlsx", [FINDING], datetime(2013, 4, 24, tzinfo=UTC)),
            None,
            office=Office(SENDER, texts),
        )
    assert message is not None
    return message, texts.mistakes


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_a_text_of_ones_own_takes_the_place_of_the_packages(folder: Path) -> None:
    write(
        folder, "mail_correction.txt.j2", "Subject: Again, {{ area.name }}\n\nRing 01634 000000.\n"
    )
    message, mistakes = letter(folder)
    plain, html = bodies(message)
    assert message.subject == message.email["Subject"] == "Again, Community safety"
    assert plain == "Ring 01634 000000.\n"
    assert "Your return was sent back: 1 thing to correct" in html
    assert mistakes == ()


def test_the_foot_of_every_message_is_a_text_of_its_own(folder: Path) -> None:
    write(folder, "mail_foot.txt.j2", "\nRing Ann on 01634 000000.\n")
    write(folder, "mail_foot.html.j2", "<p>Ring Ann on 01634 000000.</p>")
    plain, html = bodies(letter(folder)[0])
    assert plain.endswith("\nRing Ann on 01634 000000.\n")
    assert "<p>Ring Ann on 01634 000000.</p>" in html
    assert "You get this because" not in plain + html


def test_another_wording_is_the_same_message_to_the_queue(folder: Path) -> None:
    before, _ = letter(folder)
    write(folder, "mail_foot.txt.j2", "Ring Ann.")
    after, _ = letter(folder)
    assert before.message_id == after.message_id
    assert bodies(before) != bodies(after)


def test_what_a_return_holds_is_escaped_in_html_of_ones_own_too(folder: Path) -> None:
    write(folder, "mail_correction.html.j2", "<p>{{ errors[0].problem }}</p>")
    _, html = bodies(letter(folder)[0])
    assert html.strip() == "<p>&lt;b&gt;0.62&lt;/b&gt; is unclear.</p>"


def test_a_file_from_notepad_with_its_byte_order_mark_and_line_ends_is_read(folder: Path) -> None:
    text = "Subject: Sent back\r\n\r\nAll of it.\r\nEnd.\r\n"
    (folder / "mail_correction.txt.j2").write_bytes(text.encode("utf-8-sig"))
    message, mistakes = letter(folder)
    assert (message.subject, bodies(message)[0]) == ("Sent back", "All of it.\nEnd.\n")
    assert mistakes == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Subject: {{ area.name }\n", "mail_correction.txt.j2, line 1: unexpected '}'."),
        ("Subject: X\n\n{% if late %}\nLate\n", "txt.j2, line 4: Unexpected end of"),
        ("Subject: X\n\n\n{{ aera.name }}\n", "txt.j2, line 4: 'aera' is undefined."),
        ("Subject: X\n\n{{ area.nmae }}", "line 3: 'schemas.model.people.ServiceArea object' has"),
        ("Dear all\n", "line 1: the first line must be the subject, as in Subject: Your return."),
        ("Subject:\n\nWords", "line 1: the first line must be the subject"),
        ("Subject: X\n{{ 1 / 0 }}", "mail_correction.txt.j2, line 2: division by zero."),
        ("Subject: X\n{% include 'none.j2' %}", "line 2: there is no template none.j2."),
        ("Subject: X\n{{ ''.__class__.__mro__ }}", "line 2: access to attribute '__class__'"),
        ("Subject: X\n{{ errors.append(1) }}", "line 2: access to attribute 'append'"),
        ("Subject: X\n{{ range(10**9)|list|length }}", "line 2: Range too big."),
    ],
)  # fmt: skip
def test_a_mistake_costs_one_line_and_the_packages_text_goes_out(
    folder: Path, text: str, says: str
) -> None:
    write(folder, "mail_correction.txt.j2", text)
    message, (mistake,) = letter(folder)
    assert says in mistake
    assert mistake.endswith(TAKEN)
    assert "\n" not in mistake
    assert bodies(message) == bodies(letter(folder.parent / "none")[0])


def test_a_mistake_in_what_all_messages_share_names_that_file(folder: Path) -> None:
    write(folder, "mail_foot.html.j2", "\n<p>{{ telephone }}</p>")
    message, (mistake,) = letter(folder)
    assert mistake == f"mail_foot.html.j2, line 2: 'telephone' is undefined. {TAKEN}"
    assert "You get this because" in bodies(message)[1]


def test_bytes_that_are_no_text_are_a_mistake_like_others(folder: Path) -> None:
    (folder / "mail_correction.txt.j2").write_bytes(b"Subject: X\n\n\xff\n")
    _, (mistake,) = letter(folder)
    assert mistake == f"mail_correction.txt.j2, line 3: it is not UTF-8. {TAKEN}"


def test_a_mistake_is_told_once_however_many_messages_meet_it(folder: Path) -> None:
    write(folder, "mail_foot.txt.j2", "{{ telephone }}")
    with Texts(folder) as texts:
        for name in ("a.xlsx", "b.xlsx"):
            sent = sent_back(name, [FINDING], datetime(2013, 4, 24, tzinfo=UTC))
            correction_message(SAFETY, PERIOD, sent, None, office=Office(SENDER, texts))
    assert len(texts.mistakes) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ 'x' * 10**10 }}", "memory"),
        (
            "{% for _ in range(99999) %}{% for _ in range(99999) %}{% endfor %}{% endfor %}",
            "longer",
        ),
        ("{% for _ in range(9000) %}{{ 'x' * 1000 }}{% endfor %}", "9,000,0"),
    ],
)
def test_a_text_that_takes_much_memory_or_time_costs_itself(
    folder: Path, text: str, says: str
) -> None:
    write(folder, "mail_correction.txt.j2", f"Subject: X\n{text}")
    message, (mistake,) = letter(folder)
    assert says in mistake
    assert mistake.endswith(TAKEN)
    assert bodies(message) == bodies(letter(folder.parent / "none")[0])


@pytest.mark.parametrize("name", ["mail_foot.txt.j2", "mail_secret.txt.j2"])
def test_a_link_among_the_texts_mails_nothing_of_elsewhere(folder: Path, name: str) -> None:
    secret = folder.parent / "register.txt"
    secret.write_text("everybody's addresses", "utf-8")
    (folder / name).symlink_to(secret)
    write(folder, "mail_receipt.txt.j2", "Subject: X\n")
    write(folder, "mail_correction.html.j2", f"{{% include '{name}' %}}")
    message, mistakes = letter(folder)
    assert "everybody's addresses" not in message.email.as_string()
    assert mistakes[0] == f"{name}: it is no file of its own. {TAKEN}"


@pytest.mark.parametrize("name", ["../register.txt", "/etc/passwd", "mail_huge.txt.j2"])
def test_a_text_includes_nothing_but_texts(folder: Path, name: str) -> None:
    (folder.parent / "register.txt").write_text("everybody's addresses", "utf-8")
    (folder / "mail_huge.txt.j2").write_bytes(b"x" * 1_000_000)
    write(folder, "mail_correction.html.j2", f"{{% include '{name}' %}}")
    message, mistakes = letter(folder)
    assert bodies(message) == bodies(letter(folder.parent / "none")[0])
    assert "there is no template" in mistakes[-1]


def test_a_pipe_among_the_texts_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "mail_foot.txt.j2")
    assert "it is no file of its own" in letter(folder)[1][0]


# --- Finding and checking them -------------------------------------------------------------------


def quarterday(*words: str | Path) -> list[str]:
    result = command_line.quarterday(*words)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_the_texts_are_copied_to_be_edited_and_never_over_an_edited_one(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    made = quarterday("template", "--mail", "--workspace", tmp_path)
    assert sorted(Path(line).name for line in made) == sorted(package_templates())
    assert letter(folder)[1] == ()
    write(folder, "mail_foot.txt.j2", "Ring Ann.")
    (folder / "mail_base.html.j2").unlink()
    again = quarterday("template", "--mail", "--workspace", tmp_path)
    assert [Path(line).name for line in again] == ["mail_base.html.j2"]
    assert (folder / "mail_foot.txt.j2").read_text("utf-8") == "Ring Ann."


def test_a_copy_that_nobody_edited_says_what_the_package_says(tmp_path: Path) -> None:
    quarterday("template", "--mail", "--workspace", tmp_path)
    assert bodies(letter(tmp_path / "templates")[0]) == bodies(letter(tmp_path / "none")[0])


def test_the_doctor_names_a_text_that_cannot_be_used(folder: Path) -> None:
    place = folder.parent
    write(folder, "mail_foot.txt.j2", "{{ why")
    write(folder, "mail_fot.html.j2", "Ring Ann.")
    (place / "inbox").mkdir()
    health = examine(place, lambda *_: None)
    (check,) = [check for check in health.checks if check.name == "texts of mail"]
    assert check.found == f"2 mistakes in {folder}."
    assert [line.split(",")[0].split(":")[0] for line in check.details] == [
        "mail_foot.txt.j2",
        "mail_fot.html.j2",
    ]


def test_the_folder_of_texts_can_be_set() -> None:
    assert Workspace(Path("/srv"), Settings()).templates == Path("/srv/templates")


@pytest.mark.skipif(sys.platform != "linux", reason="no other kernel can be had without sockets")
def test_where_no_worker_starts_the_packages_text_goes_and_the_mistake_is_told(
    tmp_path: Path,
) -> None:
    council = Council(tmp_path / "council")
    clerk = Recipient("Clerk", "clerk@council.example")
    council.rewrite(replace(council.register, recipients=(clerk,)))
    community(council)
    council.call("ingest")
    (council.root / "templates").mkdir()
    write(council.root / "templates", "mail_appendix.txt.j2", "Subject: Ours\n\nOur own words.\n")
    # A worker is called by a socket; what the register says is known from before.
    words = ("run", "--workspace", council.root)
    done = kernel.run("sockets", "-m", "pipeline", *words)
    said = done.stdout + done.stderr
    assert "mail_appendix: A worker process cannot be started" in said
    assert TAKEN in said
    assert "Traceback" not in said
    (message,) = (council.root / "outbox").rglob("*Appendix*.eml")
    text = message.read_text()
    assert "Our own words" not in text
    assert "WHAT IS RED" in text
