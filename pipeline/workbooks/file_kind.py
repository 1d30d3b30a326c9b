"""What a file is by its content, whatever it is called: in words for the person who sent it.

Outside of the sandbox a file's beginning and its container's directory tell; nothing is unpacked.
"""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from itertools import takewhile

from msgspec import Struct

from pipeline.workbooks import compound, zip_directory


class FileKind(StrEnum):
    """What a file is by its content, in words for a person."""

    XLSX = "an Excel workbook (.xlsx)"
    XLSM = "an Excel workbook with macros (.xlsm)"
    XLSB = "a binary Excel workbook (.xlsb)"
    XLS = "an old Excel workbook (.xls)"
    ODS = "an OpenDocument spreadsheet (.ods)"
    ENCRYPTED = "an encrypted workbook"
    LABELLED = "a workbook that a sensitivity label encrypts"
    EMPTY = "empty"
    ZEROS = "nothing but zeros, as a copy leaves that was cut short"
    OLDER_EXCEL = "an Excel workbook of before 1993"
    XML_WORKBOOK = "a workbook saved as XML"
    NUMBERS = "an Apple Numbers spreadsheet"
    WORD = "a Word document"
    POWERPOINT = "a PowerPoint presentation"
    OPEN_DOCUMENT = "an OpenDocument file, but no spreadsheet"
    PDF = "a PDF"
    RICH_TEXT = "a rich text document (RTF)"
    WEB_PAGE = "a web page (HTML)"
    MAIL = "an e-mail message, to which the workbook may be attached"
    MAILBOX = "a mailbox of e-mail messages"
    LINK = "a link to a file, not the file itself"
    IMAGE = "a picture"
    CSV = "comma-separated text (CSV)"
    TEXT = "plain text"
    XML = "an XML file"
    ZIPPED_WORKBOOK = "a zip archive with a workbook in it"
    ZIP = "a zip archive"
    GZIP = "a gzip archive"
    SEVEN_ZIP = "a 7-Zip archive"
    RAR = "a RAR archive"
    PROGRAM = "a program"
    OTHER = "of an unknown kind"


#: The kinds that are read, with the ending of each.
EXTENSIONS = {
    FileKind.XLSX: ".xlsx",
    FileKind.XLSM: ".xlsm",
    FileKind.XLSB: ".xlsb",
    FileKind.XLS: ".xls",
    FileKind.ODS: ".ods",
}
#: Other endings that are right too: templates, and workbooks without the macros they may hold.
_ALSO_NAMED = {
    FileKind.XLSX: (".xltx", ".xlsm", ".xltm"),
    FileKind.XLSM: (".xltm", ".xlam"),
    FileKind.XLS: (".xlt",),
    FileKind.ODS: (".ots",),
}

_SIGNATURES = (
    (b"%PDF-", FileKind.PDF),
    (rb"{\rtf", FileKind.RICH_TEXT),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"\x89PNG\r\n\x1a\n", FileKind.IMAGE),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"GIF8", FileKind.IMAGE),
    (b"II*\0", FileKind.IMAGE),
    (b"MM\0*", FileKind.IMAGE),
    (b"L\0\0\0\x01\x14\x02\0", FileKind.LINK),
    (b"\x09\x00\x04\x00", FileKind.OLDER_EXCEL),
    (b"\x09\x02\x06\x00", FileKind.OLDER_EXCEL),
    (b"\x09\x04\x06\x00", FileKind.OLDER_EXCEL),
    (b"\x7fELF", FileKind.PROGRAM),
)
#: What a telephone's or a browser's pictures say of themselves.
_IMAGE_FORMS = (b"WEBP", b"heic", b"heix", b"mif1", b"avif")
#: Streams at the root of a compound file, in small letters. An encrypted Word document looks as a
#: workbook does.
_STREAMS = (
    ("encryptedpackage", FileKind.ENCRYPTED),
    ("workbook", FileKind.XLS),
    ("book", FileKind.XLS),
    ("worddocument", FileKind.WORD),
    ("powerpoint document", FileKind.POWERPOINT),
    ("__properties_version1.0", FileKind.MAIL),
)
#: What rights management names whatever it encrypts with ([MS-OFFCRYPTO] 2.2), wherever it stands.
_RIGHTS = ("drmencrypted", "\tdrmcontent", "\tdrmviewercontent")
_FILEPASS, _EOF = 0x2F, 0x0A
#: A password's record stands within so many bytes of a workbook's beginning.
_BEGINNING = 4096
_MAIN_PARTS = (
    ("xl/workbook.bin", FileKind.XLSB),
    ("xl/workbook.xml", FileKind.XLSX),
    ("word/document.xml", FileKind.WORD),
    ("ppt/presentation.xml", FileKind.POWERPOINT),
    ("index/document.iwa", FileKind.NUMBERS),
    ("index.zip", FileKind.NUMBERS),
)
#: What `[Content_Types].xml` calls the main part, where it has an unusual name.
_CONTENT_TYPES = (
    (b"sheet.binary.macroEnabled.main", FileKind.XLSB),
    (b"spreadsheetml", FileKind.XLSX),
    (b"wordprocessingml", FileKind.WORD),
    (b"presentationml", FileKind.POWERPOINT),
)
#: The part that tells the types of a package's parts, and how an OpenDocument calls a workbook.
_TYPES, _SPREADSHEET = "[content_types].xml", b"opendocument.spreadsheet"
_MACROS = ("xl/macrosheets/", "basic/")
_LINKS = ("xl/externallinks/", "xl/querytables/", "xl/connections.")
_WORKBOOK_ENDINGS = (*EXTENSIONS.values(), ".xltx", ".xltm", ".xlt", ".ots")
_HEADER_FIELD = re.compile(
    r"(?:from|to|subject|date|received|return-path|mime-version|message-id|x-[\w-]+"
    r"|delivered-to|content-type): ", re.IGNORECASE
)  # fmt: skip
_MARKUP = {
    FileKind.XML_WORKBOOK: (
        "urn:schemas-microsoft-com:office:spreadsheet",
        "opendocument.spreadsheet",
    ),
    FileKind.WEB_PAGE: ("<html", "<!doctype html", "<table"),
}
_SHOWN = 64 * 1024


class Identity(Struct, frozen=True):
    """What a file is, and what its container lists."""

    kind: FileKind
    has_macros: bool = False
    #: It refers to other workbooks, or to a database.
    has_links: bool = False
    #: The parts of a zip archive; empty for anything else, and where the list is broken.
    parts: tuple[zipfile.ZipInfo, ...] = ()


def is_named_rightly(suffix: str, kind: FileKind) -> bool:
    """Whether a file of a kind that is read may have that ending."""
    return suffix.lower() in (EXTENSIONS[kind], *_ALSO_NAMED.get(kind, ()))


def identify(content: bytes) -> Identity:
    """What the bytes are, by their beginning and, of a container, by its directory.

    Raises:
        TooManyPartsError: a zip archive lists more parts than a workbook has.
    """
    if content.startswith(b"PK"):
        return _identify_zip(content)
    if content.startswith(compound.SIGNATURE):
        return _identify_compound(content)
    if not content.strip(b"\0"):
        return Identity(FileKind.ZEROS if content else FileKind.EMPTY)
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return Identity(kind)
    if content.startswith(b"MZ") and b"\0" in content[:64]:
        return Identity(FileKind.PROGRAM)
    if content[8:12] in _IMAGE_FORMS or (content.startswith(b"BM") and not any(content[6:10])):
        return Identity(FileKind.IMAGE)
    text = _text(content[:_SHOWN])
    return Identity(FileKind.OTHER if text is None else _identify_text(text))


def looked_into(content: bytes, kind: FileKind) -> FileKind:
    """What a file of a kind that is read is by what stands in it; the same kind for most.

    For a worker: parts of the file are unpacked.
    """
    if kind is FileKind.XLS:
        return FileKind.ENCRYPTED if _has_password(content) else kind
    names = {_plain_name(part): part for part in zip_directory.directory(content) or ()}

    def start(name: str, longest: int = _SHOWN) -> bytes:
        return zip_directory.part(content, names[name], longest) if name in names else b""

    if kind is FileKind.ODS:
        mimetype = start("mimetype", 200)
        if b"opendocument" in mimetype and _SPREADSHEET not in mimetype:
            return FileKind.OPEN_DOCUMENT
        # Since LibreOffice 24 a workbook with a password is encrypted as a whole, before by parts.
        return FileKind.ENCRYPTED if b"encryption-data" in start("meta-inf/manifest.xml") else kind
    if kind not in (FileKind.XLSX, FileKind.XLSM) or any(name in names for name, _ in _MAIN_PARTS):
        return kind
    types = start(_TYPES)
    is_within = any(name.endswith(_WORKBOOK_ENDINGS) for name in names)
    other = FileKind.ZIPPED_WORKBOOK if is_within else FileKind.ZIP
    return next((found for named, found in _CONTENT_TYPES if named in types), other)


# --- Containers ----------------------------------------------------------------------------------


def _identify_compound(content: bytes) -> Identity:
    try:
        file = compound.Compound(content)
    except compound.BadCompoundError:
        # Damaged, not another kind: reading it says so.
        named = (("DRMEncrypted", FileKind.LABELLED), ("EncryptedPackage", FileKind.ENCRYPTED))
        kinds = (kind for name, kind in named if name.encode("utf-16-le") in content)
        return Identity(next(kinds, FileKind.XLS))
    kind = next((kind for name, kind in _STREAMS if name in file.root), FileKind.OTHER)
    if any(entry.name.casefold().startswith(_RIGHTS) for entry in file.directory):
        kind = FileKind.LABELLED
    return Identity(kind, has_macros="_vba_project_cur" in file.root)


def _has_password(content: bytes) -> bool:
    """Whether an old workbook says that what follows is encrypted, in whichever way."""
    try:
        beginning = compound.Compound(content).stream(compound.WORKBOOKS, _BEGINNING)
    except compound.BadCompoundError:
        return False
    kinds = (kind for kind, _ in compound.records(beginning))
    return _FILEPASS in takewhile(lambda kind: kind != _EOF, kinds)


def _identify_zip(content: bytes) -> Identity:
    parts = zip_directory.directory(content)
    if parts is None:
        # Damaged, not another kind: intake says so.
        return Identity(FileKind.XLSX)
    names = {_plain_name(part) for part in parts}
    kind = _kind_of_parts(content, names)
    has_macros = any(name.endswith("vbaproject.bin") or name.startswith(_MACROS) for name in names)
    if kind is FileKind.XLSX and has_macros:
        kind = FileKind.XLSM
    return Identity(kind, has_macros, any(n.startswith(_LINKS) for n in names), tuple(parts))


def _kind_of_parts(content: bytes, names: set[str]) -> FileKind:
    # An OpenDocument begins with its kind, unpacked.
    beginning = content[: 38 + 100] if content[30:38] == b"mimetype" else b""
    if b"opendocument" in beginning and _SPREADSHEET not in beginning:
        return FileKind.OPEN_DOCUMENT
    if _SPREADSHEET not in beginning:
        if found := next((kind for name, kind in _MAIN_PARTS if name in names), None):
            return found
        if _TYPES in names:
            # Its main part has an unusual name.
            return FileKind.XLSX
    if _SPREADSHEET in beginning or "content.xml" in names:
        return FileKind.ENCRYPTED if "encrypted-package" in names else FileKind.ODS
    is_within = any(name.endswith(_WORKBOOK_ENDINGS) for name in names)
    return FileKind.ZIPPED_WORKBOOK if is_within else FileKind.ZIP


def _plain_name(part: zipfile.ZipInfo) -> str:
    return part.filename.replace("\\", "/").lower()


# --- Text ----------------------------------------------------------------------------------------


def _text(start: bytes) -> str | None:
    """The start of a text file; None where it is no text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(mark):
            return start[2:].decode(encoding, "replace")
    return None if b"\0" in start else start.decode("utf-8-sig", "replace")


def _identify_text(text: str) -> FileKind:
    start = text.lstrip().lower()
    if start.startswith("<"):
        return _identify_markup(start)
    if start.startswith(("[internetshortcut]", "[desktop entry]")):
        return FileKind.LINK
    # What Google Drive leaves on a disk in place of a sheet.
    if start.startswith("{") and ('"doc_id"' in start or "docs.google.com" in start):
        return FileKind.LINK
    if text.startswith("From "):
        return FileKind.MAILBOX
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) > 1 and all(_HEADER_FIELD.match(line) for line in lines[:2]):
        # Excel's Single File Web Page has the form of a message.
        return FileKind.WEB_PAGE if "multipart/related" in start else FileKind.MAIL
    # The first lines part into as many fields each.
    is_table = len(lines) > 1 and any(0 < lines[0].count(m) == lines[1].count(m) for m in ",;\t")
    return FileKind.CSV if is_table else FileKind.TEXT


def _identify_markup(start: str) -> FileKind:
    for kind, marks in _MARKUP.items():
        if any(mark in start for mark in marks):
            return kind
    return FileKind.XML if start.startswith("<?xml") else FileKind.TEXT
