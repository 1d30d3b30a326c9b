"""Settings: everything has a default, and whatever is wrong is one line that names it."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.operations.setup import make_workspace
from pipeline.workspace.errors import SettingsError, WorkspaceError
from pipeline.workspace.folder import open_workspace, replacing, safe_name
from pipeline.workspace.settings import FILE_NAME, Settings, outdated, read_settings
from tests.support.command_line import quarterday


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def complaint(path: Path) -> str:
    with pytest.raises(SettingsError) as raised:
        read_settings(path)
    line = str(raised.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    return line


@pytest.mark.parametrize(
    ("paths", "together"),
    [
        ("inbox = '.'", ("paths.inbox", "paths.outbox")),
        ("inbox = 'here'\nstate = 'here'", ("paths.inbox", "paths.state")),
        ("state = 'inbox/var'", ("paths.inbox", "paths.state")),
        ("outbox = 'var/outbox'", ("paths.outbox", "paths.state")),
        ("register = 'inbox/register.xlsx'", ("paths.register", "paths.inbox")),
        ("templates = 'inbox/../inbox/x'", ("paths.inbox", "paths.templates")),
        ("inbox = 'link'", ("paths.inbox", "paths.state")),
    ],
)
def test_folders_that_lie_in_each_other_are_refused(
    tmp_path: Path, path: Path, paths: str, together: tuple[str, str]
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "link").symlink_to("var")
    path.write_text(f"[paths]\n{paths}\n", "utf-8")
    with pytest.raises(SettingsError) as raised:
        open_workspace(tmp_path)
    assert all(name in str(raised.value) for name in together)
    assert "\n" not in str(raised.value)


def test_settings_within_a_folder_of_the_workspace_are_refused(tmp_path: Path, path: Path) -> None:
    """The first run would take them in."""
    outside = tmp_path.parent / f"{tmp_path.name} outside"
    lines = (f"{name} = {str(outside / name)!r}" for name in ("outbox", "state", "templates"))
    path.write_text("[paths]\ninbox = '.'\n" + "\n".join(lines), "utf-8")
    with pytest.raises(SettingsError, match=r"paths\.register .* and paths\.inbox"):
        open_workspace(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="there are no modes here")
def test_settings_that_everyone_may_write_are_refused(path: Path) -> None:
    path.touch()
    path.chmod(0o666)
    assert f"chmod o-w {path}" in complaint(path)
    path.chmod(0o664)
    assert read_settings(path) == Settings()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_settings_of_another_user_are_refused(tmp_path: Path, path: Path) -> None:
    """Whoever may write in the folder could put them there, and a command in them would run."""
    path.write_text("[limits]\nworkers = 1\n", "utf-8")
    os.chown(path, 65_534, 65_534)
    assert f"chown root {path}" in complaint(path)
    result = quarterday("run", "--workspace", tmp_path)
    assert result.exit_code == 2
    assert "neither root nor the user who runs this" in result.output
    # The owner of the workspace itself is asked by nobody whom root runs for.
    os.chown(tmp_path, 65_534, 65_534)
    read_settings(path)


def test_without_a_file_everything_has_its_default(path: Path) -> None:
    assert read_settings(path) == Settings()


def test_an_empty_file_changes_nothing(path: Path) -> None:
    path.touch()
    assert read_settings(path) == Settings()


def test_a_setting_takes_the_place_of_its_default_and_of_nothing_else(path: Path) -> None:
    path.write_text('[paths]\ninbox = "drop"\n\n[limits]\nseconds = 20\n', encoding="utf-8")
    settings = read_settings(path)
    assert (settings.paths.inbox, settings.limits.seconds) == ("drop", 20)
    assert settings.paths.outbox == Settings().paths.outbox


def test_a_file_saved_with_a_byte_order_mark_is_read(path: Path) -> None:
    path.write_text("[limits]\nseconds = 20\n", encoding="utf-8-sig")
    assert read_settings(path).limits.seconds == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds = 20", "seconds"),
        ("[limit]\nseconds = 20", "limit"),
        ("[limits]\nsecond = 20", "second"),
        ("[limits]\nseconds = '20'", "limits.seconds"),
        ("[limits]\nseconds = 2.5", "limits.seconds"),
        ("[limits]\nworkers = true", "limits.workers"),
        ("[paths]\ninbox = 3", "paths.inbox"),
        ("paths = 'here'", "paths"),
        ("[limits]\nseconds = 20\nseconds = 30", "not valid TOML"),
        ("[limits\n", "not valid TOML"),
        ("inbox = here", "not valid TOML"),
    ],
)
def test_a_setting_that_is_unknown_or_of_the_wrong_type_is_named(
    path: Path, text: str, said: str
) -> None:
    path.write_text(text, encoding="utf-8")
    assert said in complaint(path)


@pytest.mark.parametrize(
    "limit",
    ["file_mb = 0", "memory_mb = 1", "memory_mb = 100_000_000", "seconds = 0", "workers = -1",
     "settle_seconds = -0.5", "settle_seconds = nan", "settle_seconds = inf"],
)  # fmt: skip
def test_a_limit_that_would_stop_every_return_or_none_is_named(path: Path, limit: str) -> None:
    path.write_text(f"[limits]\n{limit}\n", encoding="utf-8")
    line = complaint(path)
    assert f"limits.{limit.split(maxsplit=1)[0]}" in line
    assert "it must be from" in line


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("port = 70_000", "mail.receive.port is 70000; it must be from 0 to 65535"),
        ("largest_mb = 0", "mail.receive.largest_mb is 0; it must be from 1 to 1024"),
        ("timeout_seconds = 601", "mail.receive.timeout_seconds is 601; it must be from 1 to 600"),
        ("security = 'none'", "mail.receive.security"),
        ("password = 'x'", "password"),
        ("server = 'imap.council.example'", "mail.receive.user is empty"),
        ("server = 'x'\nuser = 'y'\ntaken_folder = ''", "mail.receive.taken_folder is empty"),
        ("server = 'x'\nuser = 'y'\nleft_folder = 'INBOX'", "name another folder"),
        (
            "server = 'x'\nuser = 'y'\nsecurity = 'starttls'\nport = 993",
            "set it to 143 for starttls",
        ),
    ],
)
def test_a_mailbox_that_could_not_be_used_is_named(path: Path, lines: str, said: str) -> None:
    path.write_text(f"[mail.receive]\n{lines}\n", encoding="utf-8")
    assert said in complaint(path)


def test_a_mailbox_that_is_set_can_be_read(path: Path) -> None:
    path.write_text("[mail.receive]\nserver = 'imap.example'\nuser = 'returns@council.example'\n")
    assert read_settings(path).mail.receive.taken_folder == "Quarterday/Taken"


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ("port = 70_000", "mail.send.port is 70000; it must be from 0 to 65535."),
        ("timeout_seconds = 0", "mail.send.timeout_seconds is 0; it must be from 1 to 600."),
        ("largest_mb = 500", "mail.send.largest_mb is 500; it must be from 1 to 150."),
        ("security = 'ssl'", "mail.send.security"),
        ("token_command = 'print-token'", "mail.send.token_command"),
        ("token_command = ['print-token']", "Say whose token it is."),
        ("server = 'mail.council.example:587'", "mail.send.port is for the port."),
        ("server = 'smtp://mail.council.example'", "it must be a name alone"),
        ("server = 'mail.council.example'", "Say who the messages are from."),
        ("server = '10.0.0.1'\nsecurity = 'none'",
         "which is for a mail server on this machine alone"),
    ],
)  # fmt: skip
def test_mail_that_could_not_be_sent_or_would_go_in_the_open_is_named(
    path: Path, mail: str, said: str
) -> None:
    path.write_text(f"[mail.send]\n{mail}\n", encoding="utf-8")
    assert said in complaint(path)


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1"])
def test_a_mail_server_on_this_machine_needs_no_tls(path: Path, server: str) -> None:
    text = f"mail.sender = 'a@b.example'\n[mail.send]\nserver = '{server}'\nsecurity = 'none'\n"
    path.write_text(text, encoding="utf-8")
    assert read_settings(path).mail.send.server == server


# --- The form of an earlier version ---------------------------------------------------------------

#: How mail was set before 0.3, every setting in it.
BEFORE = """
[mail]
sender = "Team <team@council.example>"
findings_page = "https://intranet.council.example/findings"
always_digest = true
server = "smtp.council.example"
port = 2525
security = "tls"
user = "team"
token_command = ["/usr/bin/token", "--for", "two words"]
timeout_seconds = 7
largest_mb = 8
outbox_link = "//share/outbox"
ca_file = "ca.pem"

[mailbox]
server = "imap.council.example"
port = 1143
security = "starttls"
user = "returns@council.example"
token_command = "/usr/bin/token --for 'two words'"
folder = "Returns"
taken_folder = "Taken"
left_folder = "Left"
largest_mb = 9
authserv_id = "mx.council.example"
ca_file = "other.pem"
timeout_seconds = 10
"""
NOW = """
[mail]
sender = "Team <team@council.example>"
findings_page = "https://intranet.council.example/findings"
always_digest = true
outbox_link = "//share/outbox"

[mail.send]
server = "smtp.council.example"
port = 2525
security = "tls"
user = "team"
token_command = ["/usr/bin/token", "--for", "two words"]
timeout_seconds = 7
largest_mb = 8
ca_file = "ca.pem"

[mail.receive]
server = "imap.council.example"
port = 1143
security = "starttls"
user = "returns@council.example"
token_command = ["/usr/bin/token", "--for", "two words"]
folder = "Returns"
taken_folder = "Taken"
left_folder = "Left"
largest_mb = 9
authserv_id = "mx.council.example"
ca_file = "other.pem"
timeout_seconds = 10
"""


def written(path: Path, text: str) -> Settings:
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_mail_in_the_form_of_an_earlier_version_is_read_to_the_same_values(path: Path) -> None:
    assert written(path, BEFORE) == written(path, NOW)
    assert outdated(path) == ""


def test_what_to_write_for_an_earlier_form_is_one_line(path: Path) -> None:
    written(path, BEFORE)
    assert outdated(path) == (
        f"{path}: Settings of mail have the form of an earlier version. Write server, port, "
        "security, user, token_command, timeout_seconds, largest_mb, ca_file under [mail.send], "
        "and [mail.receive] in place of [mailbox], with its token_command as a list of words."
    )
    written(path, "[mailbox]\nfolder = 'Returns'\n")
    assert outdated(path).endswith("Write [mail.receive] in place of [mailbox].")
    written(path, "[mail]\nport = 0\n")
    assert outdated(path).endswith("Write port under [mail.send].")
    path.unlink()
    assert outdated(path) == ""


def test_a_mistake_in_an_earlier_form_says_where_the_setting_stands_now(path: Path) -> None:
    path.write_text("[mailbox]\nlargest_mb = 0\n", encoding="utf-8")
    assert complaint(path).endswith(
        "mail.receive.largest_mb is 0; it must be from 1 to 1024. Settings of mail have the form "
        "of an earlier version. Write [mail.receive] in place of [mailbox]."
    )


@pytest.mark.parametrize(
    "text",
    ["[mail]\nport = 25\n[mail.send]\nport = 26\n", "[mailbox]\nport = 1\n[mail.receive]\n"],
)
def test_settings_in_both_forms_are_not_decided_between(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert "settings of an earlier form beside it" in complaint(path)


@pytest.mark.parametrize("text", ["mail = 3", "mailbox = 3", "[mail]\nsend = 3\n"])
def test_a_section_of_mail_that_is_none_is_named(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert "mail" in complaint(path).partition(": ")[2]


def test_each_command_and_the_doctor_say_what_to_write_for_an_earlier_form(tmp_path: Path) -> None:
    make_workspace(tmp_path, date(2013, 4, 30))
    path = tmp_path / FILE_NAME

    def said(*words: str) -> tuple[str, str]:
        done = quarterday(*words, "--workspace", str(tmp_path))
        return done.stdout, done.stderr

    assert said("status")[1] == ""
    assert f"ok         settings: {path} can be read." in said("doctor")[0]
    text = path.read_text("utf-8")
    path.write_text(text.replace("[mail.receive]", "[mailbox]"), "utf-8")
    older = outdated(path)
    assert older
    assert said("status")[1].splitlines() == [f"quarterday: {older}"]
    assert f"attention  settings: {older}" in said("doctor")[0]


def test_a_file_in_another_encoding_says_how_to_save_it(path: Path) -> None:
    path.write_bytes("[paths]\ninbox = 'été'\n".encode("latin-1"))
    assert "Save it as UTF-8" in complaint(path)


def test_a_folder_in_place_of_the_file_is_one_line(path: Path) -> None:
    path.mkdir()
    assert "cannot be read" in complaint(path)


# --- The workspace that they describe -------------------------------------------------------------


def test_paths_are_relative_to_the_workspace_unless_absolute(tmp_path: Path, path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    path.write_text(
        f"[paths]\ninbox = 'drop/here'\noutbox = {str(elsewhere)!r}\n", encoding="utf-8"
    )
    workspace = open_workspace(tmp_path)
    assert workspace.inbox == tmp_path / "drop" / "here"
    assert workspace.outbox == elsewhere
    assert workspace.archive.parent == workspace.state == tmp_path / "var"


def test_the_store_is_sqlite_in_the_state_folder_unless_a_url_is_set(
    tmp_path: Path, path: Path
) -> None:
    assert open_workspace(tmp_path).store_url == f"sqlite:///{tmp_path}/var/quarterday.sqlite3"
    path.write_text("[store]\nurl = 'postgresql://db.example/q'\n", encoding="utf-8")
    assert open_workspace(tmp_path).store_url == "postgresql://db.example/q"


def test_a_workspace_that_is_a_file_is_one_line(path: Path) -> None:
    path.touch()
    with pytest.raises(WorkspaceError, match=r"is not a folder\. Name a workspace"):
        open_workspace(path)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("2012-13", "2012-13"),
        ("2012/13", "2012-13"),
        ("Q1: April – June", "Q1- April – June"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("bell\a and\nline", "bell andline"),
    ],
)
def test_a_name_from_outside_stays_in_its_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_to_what_file_systems_take() -> None:
    assert len(safe_name("é" * 500).encode()) <= 180


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "appendix.xlsx"
    path.write_text("old", encoding="utf-8")

    def write(content: bytes) -> None:
        with replacing(path) as temporary:
            temporary.write_text("half of it, then ", encoding="utf-8")
            temporary.write_text(content.decode(), encoding="utf-8")

    with pytest.raises(UnicodeDecodeError):
        write(b"\xff")
    assert path.read_text(encoding="utf-8") == "old"
    write(b"new")
    assert path.read_text(encoding="utf-8") == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["appendix.xlsx"]


def test_the_page_of_findings_is_an_address_or_nothing(path: Path) -> None:
    path.write_text('[mail]\nfindings_page = "https://intranet.council.example/findings"\n')
    assert read_settings(path).mail.findings_page == "https://intranet.council.example/findings"
    path.write_text('[mail]\nfindings_page = "findings.html"\n')
    with pytest.raises(SettingsError, match=r"mail\.findings_page is findings\.html"):
        read_settings(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["var", "var/archive"])
def test_a_state_folder_elsewhere_is_refused_where_another_user_made_the_link(
    name: str, tmp_path: Path
) -> None:
    """Whoever may write in the workspace folder could have a store of theirs taken for ours."""
    workspace, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    assert quarterday("init", workspace).exit_code == 0
    elsewhere.mkdir()
    link = workspace / name
    shutil.rmtree(link, ignore_errors=True)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    assert quarterday("run", "--workspace", workspace).exit_code == 0
    os.chown(link, 65_534, 65_534, follow_symlinks=False)
    (workspace / "inbox" / "return.xlsx").write_bytes(b"no workbook")
    result = quarterday("run", "--workspace", workspace)
    assert result.exit_code == 2
    assert f"{link} cannot be used (It is a link that another user made)" in result.output
