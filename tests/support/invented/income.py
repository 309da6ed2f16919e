"""Statements of income in the forms that companies use."""

from __future__ import annotations

from random import Random

from invented.forms import IncomeForm, Months, Result, Scaling
from invented.income_bank import bank
from invented.income_ifrs import by_function, by_nature
from invented.income_us import all_costs, multi_step

_FORMS = {
    "multi-step": multi_step,
    "costs": all_costs,
    "ifrs": by_function,
    "half": by_function,
    "india": by_nature,
    "bank": bank,
}


def income_statement(
    rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling
) -> Result:
    """A statement for spans of so many months, around a yearly revenue of ``size``."""
    return _FORMS[form.form](rng, form, size=size, months=months, scaling=scaling)
