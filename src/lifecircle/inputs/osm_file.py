"""Whether a file is OpenStreetMap data, whole, and safe to read.

Looked at before any parser: the first bytes tell what a file is (its suffix does not), an XML file
that declares a document type or entities is refused, and compressed files are unpacked once, in
passing, to see that they end and how much they hold.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from lifecircle.errors import InputError

# A city of ten million is about 1 GB of XML. More is a country, or meant to fill the memory.
MAX_UNPACKED_BYTES = 4_000_000_000

_HEAD_BYTES = 65_536
_REMEDY = "Download or export the extract again (.osm or .osm.pbf)."


def osm_format(path: Path) -> str:
    """Format of an OpenStreetMap file, after checking that it is one.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        ``"pbf"``, ``"osm"``, ``"osm.gz"`` or ``"osm.bz2"``.

    Raises
    ------
    InputError
        If it does not exist, is empty, is not OpenStreetMap data, is cut short inside its
        compression, unpacks to more than ``MAX_UNPACKED_BYTES``, or declares XML entities.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "streets.osm"
    >>> _ = path.write_text('<?xml version="1.0"?><osm version="0.6"></osm>')
    >>> osm_format(path)
    'osm'
    """
    if not path.is_file():
        raise InputError(f"{path.name}: there is no such file in {path.parent}.")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise InputError(f"{path.name}: the file is empty. {_REMEDY}")
    if head[4:15] == b"\n\tOSMHeader":
        return "pbf"
    if head[:2] == b"\x1f\x8b":
        check_xml_head(_unpacked_head(path, "gz"), path.name)
        return "osm.gz"
    if head[:3] == b"BZh":
        check_xml_head(_unpacked_head(path, "bz2"), path.name)
        return "osm.bz2"
    check_xml_head(head, path.name)
    return "osm"


def deleted_in_editor(path: Path) -> frozenset[str]:
    """Objects that somebody deleted in an editor (JOSM) before saving the file.

    Such a file still holds them, marked for the next upload; parsers do not look at the mark.

    Parameters
    ----------
    path
        Any OpenStreetMap file.

    Returns
    -------
    frozenset of str
        ``n``, ``w`` or ``r`` and the number of each.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "edited.osm"
    >>> _ = path.write_text("<osm version='0.6' generator='JOSM'><way id='9' action='delete'/>")
    >>> deleted_in_editor(path)
    frozenset({'w9'})
    """
    with path.open("rb") as file:
        head = file.read(1000)
        if b"JOSM" not in head:
            return frozenset()
        text = head + file.read()
    opening = rb"<(node|way|relation)\b([^>]*?\baction=['\"]delete['\"][^>]*)>"
    return frozenset(
        kind[:1].decode() + number.group(1).decode()
        for kind, attributes in re.findall(opening, text)
        if (number := re.search(rb"\bid=['\"](-?\d+)", attributes))
    )


def check_xml_head(head: bytes, name: str, root: str = "osm") -> None:
    """Refuse what is not the XML it should be, or could be an attack.

    Parameters
    ----------
    head
        First bytes of the file.
    name
        Name of the file, for the message.
    root
        Name of the outermost element.

    Raises
    ------
    InputError
        If the head declares a document type or entities, or the root element is another one.

    Examples
    --------
    >>> check_xml_head(b'<!DOCTYPE x [<!ENTITY a "aa">]><osm/>', "a.osm")
    Traceback (most recent call last):
    lifecircle.errors.InputError: a.osm: the XML declares a document type or entities, ...
    """
    # Zero bytes fall out, so that UTF-16 reads like ASCII.
    text = head.replace(b"\x00", b"").lower()
    declares = b"<!doctype" in text and b"<!doctype html" not in text
    if declares or b"<!entity" in text:
        raise InputError(
            f"{name}: the XML declares a document type or entities, as no street data does; such "
            f"a file can be made to fill the memory, so it is not read. {_REMEDY}"
        )
    if re.search(rb"<" + root.encode() + rb"[\s>/]", text):
        return
    if b"<html" in text or b"<!doctype html" in text:
        what = "is a web page, often the error message of a server"
    else:
        what = "is not OpenStreetMap data" if root == "osm" else f"holds no <{root}> element"
    raise InputError(f"{name}: the file {what}. {_REMEDY}")


def _unpacked_head(path: Path, kind: str) -> bytes:
    """First bytes inside a compressed file; the whole of it is unpacked and counted."""
    head, size = b"", 0
    try:
        with cast("BinaryIO", (gzip.open if kind == "gz" else bz2.open)(path)) as file:
            while chunk := file.read(1 << 20):
                if not size:
                    head = chunk[:_HEAD_BYTES]
                size += len(chunk)
                if size > MAX_UNPACKED_BYTES:
                    raise InputError(
                        f"{path.name}: {path.stat().st_size:,} bytes unpack to more than "
                        f"{MAX_UNPACKED_BYTES:,}. Cut the extract to the district, as .osm.pbf."
                    )
    except (EOFError, OSError, zlib.error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path.name}: the compressed file is damaged or cut short ({error}). {_REMEDY}"
        ) from error
    return head
