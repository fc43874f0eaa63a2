from hypothesis import given
from hypothesis import strategies as st

from casemate_waf import bodies, multipart


def test_a_form_is_decoded_once() -> None:
    assert bodies.form(b"a=1%2B2&b&=c&a=%2541+x") == [(b"a", b"1+2"), (b"b", b""), (b"", b"c"), (b"a", b"%41 x")]


def test_json_leaves_have_the_names_of_libmodsecurity() -> None:
    parsed = bodies.from_json(b'{"a": {"b": ["x", 1, true, null]}, "a": 2.50, "e": []}', 512)
    assert parsed.arguments == [
        (b"json.a.b.array_0", b"x"),
        (b"json.a.b.array_1", b"1"),
        (b"json.a.b.array_2", b"true"),
        (b"json.a.b.array_3", b""),
        (b"json.a", b"2.50"),
    ]
    assert parsed.containers == [b"json.a.b", b"json.e"]
    assert not parsed.error


def test_broken_and_deep_json_is_an_error_and_is_inspected_whole() -> None:
    for body in (b'{"a": ', b"[" * 100_000, b"\xff\xfe"):
        parsed = bodies.from_json(body, 512)
        assert parsed.error
        assert (b"json", body) in parsed.arguments
    assert bodies.from_json(b"[[[1]]]", 2).error == "JSON is nested too deep"


def test_lone_surrogates_of_json_escapes_are_kept() -> None:
    assert bodies.from_json(b'{"a": "\\ud800x"}', 9).arguments == [(b"json.a", b"\xed\xa0\x80x")]


def test_xml_text_and_attributes() -> None:
    parts = bodies.from_xml(b'<a x="1&lt;2"><b>t1</b>t2<![CDATA[<c>]]></a>')
    assert (parts.text, parts.attributes, parts.error) == (b"t1t2<c>", [b"1<2"], "")


def test_xml_entities_are_never_expanded() -> None:
    body = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    parts = bodies.from_xml(body)
    assert parts.error == "XML declares entities"
    assert parts.text == body
    assert bodies.from_xml(b"<a>").error.startswith("XML is malformed")
    assert bodies.from_xml(b"<a>" * 1000).error == "XML nested too deep"


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n'
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="p\\"q.txt"\r\nContent-Type: text/plain\r\n\r\ndata\r\n'
    b"--x--\r\n"
)


def test_multipart_fields_files_and_headers() -> None:
    form = multipart.parse(b"multipart/form-data; boundary=x", FORM)
    assert form.arguments == [(b"a", b"one")]
    assert form.files == [multipart.Upload(b"f", b'p"q.txt', 4)]
    assert (b"f", b"Content-Type: text/plain") in form.headers
    assert not form.flags
    assert not form.error


def test_multipart_irregularities_have_names() -> None:
    def flags(body: bytes, content_type: bytes = b"multipart/form-data; boundary=x") -> frozenset[str]:
        return multipart.parse(content_type, body).flags

    assert "BOUNDARY_QUOTED" in flags(FORM, b'multipart/form-data; boundary="x"')
    assert "DATA_BEFORE" in flags(b"zz\r\n" + FORM)
    assert "DATA_AFTER" in flags(FORM + b"zz")
    assert "HEADER_FOLDING" in flags(FORM.replace(b'; name="a"', b';\r\n name="a"'))
    assert "INVALID_QUOTING" in flags(FORM.replace(b'name="a"', b"name='a'"))
    assert "INVALID_PART" in flags(b"--x\r\nX: y\r\n\r\nz\r\n--x--\r\n")
    assert multipart.parse(b"multipart/form-data; boundary=x", FORM[:-6]).error == "multipart is not closed"
    assert multipart.parse(b"multipart/form-data", FORM).arguments == [(b"multipart", FORM)]


@given(
    st.lists(
        st.sampled_from([b"--x", b"\r\n", b"\n", b"--", b"Content-Disposition: form-data", b'; name="', b'"', b"a"])
    )
)
def test_no_multipart_raises(pieces: list[bytes]) -> None:
    multipart.parse(b"multipart/form-data; boundary=x", b"".join(pieces))


@given(st.binary(max_size=200))
def test_no_body_raises(body: bytes) -> None:
    bodies.form(body)
    bodies.from_json(body, 32)
    bodies.from_xml(body)
