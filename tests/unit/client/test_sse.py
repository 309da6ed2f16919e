from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apostil.client import UnexpectedAnswer
from apostil.client.sse import Message, Parser


def read(*chunks: bytes) -> list[Message]:
    parser = Parser()
    return [message for chunk in chunks for message in parser.feed(chunk)]


def test_the_examples_of_the_standard_are_read_as_it_says() -> None:
    assert read(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [("", "message", "YHOO\n+2\n10")]
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n"
    assert read(stream, b"\n") == [
        ("1", "message", "first event"),
        ("", "message", "second event"),
        ("", "message", " third"),
    ]
    assert [one.data for one in read(b"data\n\ndata\ndata\n\ndata:")] == ["", "\n"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_all_three_line_ends_count(end: bytes) -> None:
    lines = [b"event: told", b"id: 7", b"data: a", b"data: b", b"", b""]
    assert read(end.join(lines)) == [("7", "told", "a\nb")]


@given(st.lists(st.integers(1, 40), max_size=12))
def test_it_does_not_matter_where_the_bytes_are_cut(cuts: list[int]) -> None:
    stream = "\ufeffid: 1\r\ndata: é €\r\ndata: 2\r\n\r\n: beat\r\rdata: x\rid: 2\r\revent: e\n\n".encode()
    chunks, start = [], 0
    for cut in cuts:
        chunks.append(stream[start : start + cut])
        start += cut
    expected = [("1", "message", "é €\n2"), ("2", "message", "x")]
    assert read(*chunks, stream[start:]) == expected


def test_an_event_without_data_is_none_and_leaves_its_type_behind() -> None:
    assert read(b"event: lost\n\ndata: kept\n\n") == [("", "message", "kept")]


def test_an_event_that_was_cut_off_is_none() -> None:
    assert read(b"data: half\n") == []


def test_an_id_with_a_null_and_a_delay_that_is_no_number_are_passed_over() -> None:
    parser = Parser()
    found = parser.feed(b"id: 4\nid: 5\x006\nretry: soon\nunknown: x\nretry: 1500\ndata: d\n\n")
    assert found == [("4", "message", "d")]
    assert parser.retry_seconds == 1.5


def test_bytes_that_are_no_utf8_do_not_end_the_stream() -> None:
    assert read(b"data: \xff\n\n")[0].data == "\ufffd"


def test_a_line_without_end_and_an_event_without_end_are_refused() -> None:
    with pytest.raises(UnexpectedAnswer, match="line"):
        Parser(most_line=100).feed(b"data: " + b"x" * 200)
    slowly = Parser(most_line=100)
    assert slowly.feed(b"x" * 99) == slowly.feed(b"x") == []
    with pytest.raises(UnexpectedAnswer, match="line"):
        slowly.feed(b"x")
    with pytest.raises(UnexpectedAnswer, match="too large"):
        Parser(most_event=100).feed(b"data: 1234567890\n" * 20)
