"""What the first bytes of a file tell: its real format, and whether it may be opened at all.

A name says what a file is called, not what it is. A workbook called ``.csv``, a web page called
``.xls`` and a map layer that only points to another machine are told apart here, before any parser
sees them.
"""

from __future__ import annotations

import codecs
import re

from lifecircle.errors import InputError

HEAD_BYTES = 65_536

_INSTRUCTION = re.compile(rb"\s*(<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z_][\w:.\-]*)")
_XML_LAYERS = (".gml", ".kml", ".gpx")
# Roots of files that hold no data but say where to get it: another file, or another machine.
_POINTERS = ("ogrvrt", "vrtdataset", "ogrwfs", "gdal_wms", "wfs_capabilities", "networklink")
_POINTER_WORDS = (b"gdal_streamed_alg", b"OGRVRTDataSource", b"OGRWFSDataSource")
_OTHER_FORMATS = {
    ".dwg": "an AutoCAD drawing. Save it as .dxf, or export its areas as a shapefile",
    ".rar": "a RAR archive. Unpack it and name the file inside",
    ".7z": "a 7-Zip archive. Unpack it and name the file inside",
    ".gz": "a packed file. Unpack it and name the file inside",
    ".tif": "a raster. residents_from_raster reads numbers of people from it",
    ".tiff": "a raster. residents_from_raster reads numbers of people from it",
    ".pdf": "a document. Ask for the table or the layer that it was made from",
    ".doc": "a document. Copy its table into a workbook (.xlsx)",
    ".docx": "a document. Copy its table into a workbook (.xlsx)",
    ".mdb": "a database of Access. Export the table as .xlsx, or the layer as .gpkg",
    ".xlsb": "a binary workbook. Save it as .xlsx",
    ".vrt": "a pointer to other files. Name the file that holds the data",
    ".wfs": "a pointer to a server. Save its layer as GeoPackage (.gpkg)",
}
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"%PDF", "pdf"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"\x1f\x8b", "gz"),
)


def real_format(head: bytes) -> str:
    """Format that the first bytes of a file tell.

    Parameters
    ----------
    head
        First bytes.

    Returns
    -------
    str
        ``"zip"`` (also .xlsx), ``"ole"`` (.xls), ``"rar"``, ``"7z"``, ``"pdf"``, ``"tif"``,
        ``"gz"``, ``"xml"`` (also a web page), or ``""`` for text and everything else.

    Examples
    --------
    >>> real_format(b"PK..........")
    ''
    >>> real_format(b"  <html><body>")
    'xml'
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return "xml" if _without_mark(head).lstrip().startswith(b"<") else ""


def check_other_formats(head: bytes, suffix: str, name: str) -> None:
    """Refuse formats that hold no table or layer that could be read, with a way out.

    Parameters
    ----------
    head
        First bytes of the file.
    suffix
        End of its name.
    name
        Its name, for messages.

    Raises
    ------
    InputError
        If it is a drawing, document, raster or archive of another kind.

    Examples
    --------
    >>> check_other_formats(b"Rar!", ".rar", "poi.rar")
    Traceback (most recent call last):
    lifecircle.errors.InputError: poi.rar: this is a RAR archive. Unpack it and name the file ...
    """
    found = suffix if suffix in _OTHER_FORMATS else f".{real_format(head)}"
    if found in _OTHER_FORMATS:
        raise InputError(f"{name}: this is {_OTHER_FORMATS[found]}.")


def check_prolog(head: bytes, name: str) -> str:
    """Name of the root of an XML file, after seeing that it declares no document type.

    Parameters
    ----------
    head
        First bytes of the file, UTF-8 or UTF-16.
    name
        Its name, for messages.

    Returns
    -------
    str
        Without a prefix, lower case; ``""`` where there is none within the head.

    Raises
    ------
    InputError
        If a document type or entities are declared: they can be made to fill the memory, or to
        read other files.

    Examples
    --------
    >>> check_prolog(b'<?xml version="1.0"?><kml xmlns="...">', "a.kml")
    'kml'
    >>> check_prolog(b'<!DOCTYPE a [<!ENTITY b "bb">]><kml/>', "a.kml")
    Traceback (most recent call last):
    lifecircle.errors.InputError: a.kml: the XML declares a document type or entities, ...
    """
    text = _after_instructions(head)
    if text.startswith(b"<!"):  # or a comment without an end within the head
        raise InputError(
            f"{name}: the XML declares a document type or entities, as no map layer or workbook "
            "does; such a file can be made to fill the memory or to read other files, so it is "
            "not read. Export it again, a layer best as GeoPackage (.gpkg)."
        )
    root = _ROOT.match(text)
    return root.group(1).decode("ascii", "ignore").rpartition(":")[2].lower() if root else ""


def check_layer_head(head: bytes, suffix: str, name: str) -> None:
    """See that a file is data and not markup of another kind, nor a pointer to data elsewhere.

    Parameters
    ----------
    head
        First bytes of the file.
    suffix
        End of its name.
    name
        Its name, for messages.

    Raises
    ------
    InputError
        If it declares a document type, is a web page, or points to other files or servers.

    Examples
    --------
    >>> check_layer_head(b"<html>busy</html>", ".geojson", "units.geojson")
    Traceback (most recent call last):
    lifecircle.errors.InputError: units.geojson: this is a web page, often the error message of ...
    """
    if any(word in head for word in _POINTER_WORDS):
        raise InputError(_pointer(name))
    if real_format(head) != "xml":
        return
    page = _after_instructions(head)[:14].lower() == b"<!doctype html"
    root = "html" if page else check_prolog(head, name)
    if root.startswith(_POINTERS):
        raise InputError(_pointer(name))
    if root == "html":
        raise InputError(
            f"{name}: this is a web page, often the error message of a server. Download the file "
            "again."
        )
    if suffix not in _XML_LAYERS:
        raise InputError(
            f"{name}: this is XML (<{root}>) and not what its name says. If it is a layer, end its "
            "name with .gml, .kml or .gpx; else export it again."
        )


def _pointer(name: str) -> str:
    """Message about a file that points elsewhere."""
    return (
        f"{name}: it holds no data but points to other files or servers, and was not opened. Save "
        "the layer itself as GeoPackage (.gpkg)."
    )


def _after_instructions(head: bytes) -> bytes:
    """XML from its first markup that is no instruction and no comment."""
    text = _without_mark(head)
    while (found := _INSTRUCTION.match(text)) is not None:
        text = text[found.end() :]
    return text.lstrip()


def _without_mark(head: bytes) -> bytes:
    """Bytes without a byte order mark; UTF-16 as if it were ASCII."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[2:].replace(b"\0", b"")
    plain = head.removeprefix(codecs.BOM_UTF8)
    return plain.replace(b"\0", b"") if plain[:2] in (b"<\0", b"\0<") else plain
