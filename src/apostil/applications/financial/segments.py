"""The steps of the analysis as segments: earlier artifacts in, one artifact out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apostil.applications.financial.mapping.rows import MappedStatement, map_rows
from apostil.applications.financial.reading.columns import make_statement
from apostil.applications.financial.reading.grid import build_grid
from apostil.applications.financial.reading.identify import Identity
from apostil.applications.financial.reading.identify import identify as identify_document
from apostil.applications.financial.reading.locate import locate as locate_statements
from apostil.applications.financial.reading.region import Located
from apostil.applications.financial.reading.table import Grid
from apostil.applications.financial.reading.units import inherit_scales
from apostil.applications.financial.report import Reviewed, check, tell
from apostil.applications.financial.statement import (
    ColumnKind,
    Period,
    Statement,
    StatementKind,
)
from apostil.documents import ParsedDocument
from apostil.engine import Inputs
from apostil.evidence import Answered


@dataclass(frozen=True, slots=True)
class Grids:
    """The grids of the located statements in the order of the pages."""

    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of the reporting entity in the order of the pages."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The statements with what their rows mean."""

    statements: tuple[MappedStatement, ...]


def identify(inputs: Inputs) -> Identity:
    return identify_document(inputs.artifact("parse", ParsedDocument))


def locate(inputs: Inputs) -> Located:
    document = inputs.artifact("parse", ParsedDocument)
    return locate_statements(document, inputs.artifact("identify", Identity))


def grid(inputs: Inputs) -> Grids:
    document = inputs.artifact("parse", ParsedDocument)
    identity = inputs.artifact("identify", Identity)
    return make_grids(document, identity, inputs.artifact("locate", Located))


def columns(inputs: Inputs) -> Statements:
    document = inputs.artifact("parse", ParsedDocument)
    identity = inputs.artifact("identify", Identity)
    return make_statements(document, identity, inputs.artifact("grid", Grids))


def rows(inputs: Inputs) -> Mapped:
    found = inputs.artifact("columns", Statements)
    return Mapped(tuple(map_rows(statement) for statement in found.statements))


def checks(inputs: Inputs) -> Reviewed:
    document = inputs.artifact("parse", ParsedDocument)
    identity = inputs.artifact("identify", Identity)
    return check(document, identity, inputs.artifact("rows", Mapped).statements)


def narrate(inputs: Inputs) -> Answered:
    located = inputs.artifact("locate", Located)
    return tell(
        document=inputs.artifact("parse", ParsedDocument),
        name=inputs.documents[0].name,
        identity=inputs.artifact("identify", Identity),
        statements=inputs.artifact("columns", Statements).statements,
        reviewed=inputs.artifact("checks", Reviewed),
        runners_up=[f"{region.title} (page {region.page})" for region in located.runners_up],
    )


def make_grids(document: ParsedDocument, identity: Identity, located: Located) -> Grids:
    """The grids of the located statements; one without columns of amounts is left out."""
    made = (build_grid(document, region, identity.number_style) for region in located.regions)
    return Grids(tuple(grid for grid in made if grid is not None))


def make_statements(document: ParsedDocument, identity: Identity, grids: Grids) -> Statements:
    """The dated statements of the grids; one without a dated column is left out."""
    ranked = sorted(grids.grids, key=lambda grid: -grid.region.score)
    made = [statement for grid in ranked if (statement := make_statement(document, grid, identity))]
    kept = sorted(_without_repeats(made), key=lambda one: (one.pages[0], _depth(one)))
    return Statements(inherit_scales(kept))


def _depth(statement: Statement) -> float:
    """How far down its page a statement begins, in points."""
    return statement.title_citation.boxes[0].y0


def _without_repeats(ranked: Sequence[Statement]) -> list[Statement]:
    """Leaves out a statement of periods that a surer one of its kind has already."""
    kept: list[Statement] = []
    seen: set[tuple[StatementKind, Period]] = set()
    for statement in ranked:
        periods = {
            (statement.kind, replace(column.period, label=""))
            for column in statement.columns
            if column.period and column.kind is ColumnKind.AMOUNT
        }
        if not periods or periods - seen:
            kept.append(statement)
            seen |= periods
    return kept


def read_statements(document: ParsedDocument) -> tuple[Identity, tuple[Statement, ...]]:
    """All steps up to the dated statements in one call."""
    identity = identify_document(document)
    grids = make_grids(document, identity, locate_statements(document, identity))
    return identity, make_statements(document, identity, grids).statements
