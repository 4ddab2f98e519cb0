"""Markup that is refused before any parser sees it."""

import gzip

import pytest

from lifecircle.errors import InputError
from lifecircle.inputs.file_heads import check_prolog, real_format
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.osm import read_graphml, read_osm_facilities

KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name>'
    "<Point><coordinates>112.99,28.16</coordinates></Point></Placemark></Document></kml>"
)
GPX = (
    '<gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1">'
    '<wpt lat="28.16" lon="112.99"><name>{name}</name></wpt></gpx>'
)
BOMB = '<!DOCTYPE a [<!ENTITY b "{}"><!ENTITY c "&b;&b;">]>'.format("x" * 100)
READ = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
DECLARES = r"the XML declares a document type or entities.*Export it again"


def written(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(("suffix", "text"), [("kml", KML), ("gpx", GPX)])
def test_layers_in_xml_are_read(tmp_path, suffix, text):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- 砂子塘 -->\n'
    frame = open_table(
        written(tmp_path, f"a.{suffix}", head + text.format(name="砂子塘")), table="facilities"
    )
    assert frame.geometry[0].x == 112.99
    assert "砂子塘" in frame.iloc[0].to_list()


@pytest.mark.parametrize(("suffix", "text"), [("kml", KML), ("gpx", GPX), ("gml", KML)])
@pytest.mark.parametrize("declared", [BOMB, READ, "<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'>"])
@pytest.mark.parametrize(
    "before", ["", "\ufeff", "<?xml version='1.0'?>\n<!-- a -->\n", " " * 2000]
)
def test_a_layer_that_declares_a_document_type_is_refused(tmp_path, suffix, text, declared, before):
    path = written(tmp_path, f"a.{suffix}", before + declared + text.format(name="&b;"))
    with pytest.raises(InputError, match=rf"a\.{suffix}: {DECLARES}"):
        open_table(path, table="facilities")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_do_not_hide_a_document_type(tmp_path, encoding):
    path = written(tmp_path, "a.kml", BOMB + KML.format(name="a"), encoding)
    with pytest.raises(InputError, match=DECLARES):
        open_table(path, table="facilities")


def test_a_comment_longer_than_what_is_looked_at_hides_nothing(tmp_path):
    path = written(tmp_path, "a.kml", f"<!--{'x' * 70_000}-->{BOMB}{KML.format(name='a')}")
    with pytest.raises(InputError, match=DECLARES):
        open_table(path, table="facilities")


def test_a_web_page_within_a_description_is_harmless(tmp_path):
    page = "<![CDATA[<!DOCTYPE html><html></html>]]>"
    text = KML.replace("<name>{name}</name>", f"<name>白沙</name><description>{page}</description>")
    assert len(open_table(written(tmp_path, "a.kml", text), table="facilities")) == 1


def test_streets_in_xml_that_declare_a_document_type_are_refused(tmp_path):
    osm = BOMB + '<osm version="0.6"><node id="1" lon="1" lat="2"/></osm>'
    with pytest.raises(InputError, match=r"a\.osm: the XML declares a document type"):
        read_osm_facilities(written(tmp_path, "a.osm", osm))
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(osm.encode()))
    with pytest.raises(InputError, match=r"a\.osm\.gz: the XML declares a document type"):
        read_osm_facilities(tmp_path / "a.osm.gz")
    with pytest.raises(InputError, match=r"a\.graphml: the XML declares a document type"):
        read_graphml(written(tmp_path, "a.graphml", BOMB + "<graphml></graphml>"))


POINTERS = {
    "vrt": "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource>"
    "</OGRVRTLayer></OGRVRTDataSource>",
    "wfs": "<OGRWFSDataSource><URL>http://192.0.2.1/wfs</URL></OGRWFSDataSource>",
    "pipe": '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read x.gpkg"}',
}


@pytest.mark.parametrize("suffix", ["geojson", "gml", "kml", "gpkg", "xml", "fgb"])
@pytest.mark.parametrize("kind", POINTERS)
def test_a_file_that_points_to_others_is_not_opened(tmp_path, suffix, kind):
    path = written(tmp_path, f"a.{suffix}", POINTERS[kind])
    with pytest.raises(
        InputError, match=rf"a\.{suffix}: it holds no data but points to other files"
    ):
        open_table(path, table="units")


def test_a_web_page_instead_of_a_layer_is_told(tmp_path):
    for text in ("<!DOCTYPE html><html><body>busy</body></html>", " <html>busy</html>"):
        with pytest.raises(InputError, match=r"a\.geojson: this is a web page.*Download the file"):
            open_table(written(tmp_path, "a.geojson", text), table="units")


def test_xml_under_another_name_is_told(tmp_path):
    with pytest.raises(
        InputError, match=r"a\.json: this is XML \(<kml>\).*end its name with \.gml"
    ):
        open_table(written(tmp_path, "a.json", KML.format(name="a")), table="units")


def test_formats_are_told_by_their_first_bytes():
    assert real_format(b"lon,lat\n1,2") == ""
    assert real_format("\ufeff<kml/>".encode("utf-16-le")) == "xml"
    assert check_prolog(b"<?xml version='1.0'?>\n<ogr:FeatureCollection a='b'>", "a") == (
        "featurecollection"
    )
