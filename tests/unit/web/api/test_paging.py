from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from apostil.web.api.paging import Paging


def asked(query: str) -> Paging:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "server": ("box.local", 443),
        "path": "/api/v1/jobs",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"box.local")],
    }
    return Paging(limit=2, cursor=None, request=Request(scope))


def test_the_addresses_of_other_pages_keep_every_question_but_the_cursor() -> None:
    answer = Response()
    urls = asked("status=failed&cursor=old&status=queued&limit=2").urls(
        answer, following="a&b", previous="c"
    )
    kept = "https://box.local/api/v1/jobs?status=failed&status=queued&limit=2&cursor="
    assert urls.next == f"{kept}a%26b"
    assert urls.prev == f"{kept}c"
    assert answer.headers["link"] == f'<{kept}a%26b>; rel="next", <{kept}c>; rel="prev"'


def test_a_list_that_fits_on_one_page_names_no_others() -> None:
    answer = Response()
    urls = asked("").urls(answer, following=None, previous=None)
    assert (urls.next, urls.prev) == (None, None)
    assert "link" not in answer.headers


def test_a_question_cannot_break_out_of_the_header() -> None:
    answer = Response()
    asked("application=%3E%3B%0D%0AX-Evil%3A1").urls(answer, following="n", previous=None)
    assert "\r" not in answer.headers["link"]
    assert answer.headers["link"].count(">") == 1
