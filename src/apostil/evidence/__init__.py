"""What may be claimed, and what proves it. Pure values: no file, clock or network."""

from apostil.evidence.citation import Citation, CitationIndex, Method
from apostil.evidence.finding import (
    Check,
    CheckStatus,
    Derivation,
    DerivationStatus,
    Finding,
    NotFound,
    Statement,
)
from apostil.evidence.geometry import Box, union
from apostil.evidence.rereading import Character, Obstacle, ReadAgain, Reading
from apostil.evidence.result import SCHEMA as RESULT_SCHEMA
from apostil.evidence.result import Answered, CitedDocument, Result
from apostil.evidence.verify import Verdict, VerdictStatus, Verification, verify

__all__ = [
    "RESULT_SCHEMA",
    "Answered",
    "Box",
    "Character",
    "Check",
    "CheckStatus",
    "Citation",
    "CitationIndex",
    "CitedDocument",
    "Derivation",
    "DerivationStatus",
    "Finding",
    "Method",
    "NotFound",
    "Obstacle",
    "ReadAgain",
    "Reading",
    "Result",
    "Statement",
    "Verdict",
    "VerdictStatus",
    "Verification",
    "union",
    "verify",
]
