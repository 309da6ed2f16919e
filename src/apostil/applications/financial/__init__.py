"""Financial reports: statements, facts with their place on the page, checks and sentences."""

from apostil.application import PDF, Application
from apostil.engine import Pipeline, Segment
from apostil.segments import parse_segment

_SEGMENTS = "apostil.applications.financial.segments"
_SOURCES = ("apostil.documents", "apostil.evidence")


def _segment(name: str, title: str, *after: str) -> Segment:
    return Segment(
        name=name, title=title, work=f"{_SEGMENTS}:{name}", after=after, sources=_SOURCES
    )


application = Application(
    name="financial",
    title="Financial report",
    version="1",
    pipeline=Pipeline(
        (
            parse_segment(),
            _segment("identify", "Identifying the report", "parse"),
            _segment("locate", "Finding the statements", "parse", "identify"),
            _segment("grid", "Laying out rows and columns", "parse", "identify", "locate"),
            _segment("columns", "Dating the columns", "parse", "identify", "grid"),
            _segment("rows", "Reading the rows", "columns"),
            _segment("checks", "Checking the figures", "parse", "identify", "rows"),
            _segment(
                "narrate",
                "Writing the answer",
                "parse",
                "identify",
                "locate",
                "columns",
                "checks",
            ),
        )
    ),
    media_types=(PDF,),
    task="analyze_financial_document",
    routes="apostil.applications.financial.routes:router",
    tables="apostil.applications.financial.tables:rows",
    summary="apostil.applications.financial.summary:summary_lines",
)

__all__ = ["application"]
