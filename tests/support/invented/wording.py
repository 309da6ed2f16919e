"""The ways in which companies word the same line."""

from __future__ import annotations

from random import Random

_WAYS: dict[str, tuple[str, ...]] = {
    "revenue": (
        "Net sales", "Revenue", "Revenues", "Net revenues", "Total revenue", "Total net revenue", "Sales",
        "Net revenue",
    ),
    "cost_of_revenue": (
        "Cost of sales", "Cost of revenue", "Cost of goods sold", "Cost of products sold", "Cost of revenues",
    ),
    "gross_profit": ("Gross profit", "Gross margin"),
    "selling_general_admin": (
        "Selling, general and administrative", "Selling, general and administrative expenses",
        "Selling, general & administrative expenses",
    ),
    "operating_income": (
        "Operating income", "Income from operations", "Operating profit", "Earnings from operations",
    ),
    "operating_mixed": (
        "Operating income (loss)", "Income (loss) from operations", "Operating (loss) income",
        "(Loss) income from operations",
    ),
    "operating_loss": ("Loss from operations", "Operating loss"),
    "pretax": (
        "Income before income taxes", "Earnings before income taxes", "Income before taxes",
        "Income before provision for income taxes", "Income before income tax expense",
        "Earnings before taxes on income",
    ),
    "pretax_mixed": (
        "Income (loss) before income taxes", "(Loss) income before income taxes",
        "Income (loss) before provision for income taxes",
    ),
    "pretax_loss": ("Loss before income taxes", "Loss before provision for income taxes"),
    "tax": (
        "Provision for income taxes", "Income tax expense", "Income taxes", "Income tax provision",
        "Provision for taxes on income",
    ),
    "tax_mixed": (
        "Provision for (benefit from) income taxes", "Income tax expense (benefit)",
        "Income tax (benefit) expense", "(Benefit from) provision for income taxes",
    ),
    "net": ("Net income", "Net earnings"),
    "net_mixed": ("Net income (loss)", "Net (loss) income", "Net earnings (loss)"),
    "capex": (
        "Capital expenditures", "Purchases of property, plant and equipment", "Purchases of property and equipment",
        "Additions to property, plant and equipment", "Capital spending", "Acquisition of property and equipment",
        "Payments for property, plant and equipment", "Expenditures for property, plant and equipment",
    ),
    "receivables": (
        "Accounts receivable, net", "Trade accounts receivable, less allowances", "Receivables, net",
        "Trade receivables", "Accounts receivable, less allowance for doubtful accounts",
    ),
    "exchange": (
        "Effect of exchange rate changes on cash", "Effect of foreign exchange rates on cash",
        "Effect of exchange rate changes on cash and cash equivalents",
        "Effect of foreign currency exchange rate changes on cash", "Exchange rate effect on cash",
    ),
}  # fmt: skip


def word(rng: Random, line: str) -> str:
    """One of the ways to word a line."""
    return rng.choice(_WAYS[line])


def by_sign(rng: Random, line: str, column: tuple[int, ...]) -> str:
    """The wording that fits the signs: of gains, of losses, or of both."""
    if min(column) >= 0:
        return word(rng, {"operating": "operating_income"}.get(line, line))
    whole = f"{line}_loss"
    return word(rng, whole if max(column) < 0 and whole in _WAYS else f"{line}_mixed")
