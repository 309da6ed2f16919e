"""The statement of income of a bank; all sums hold."""

from __future__ import annotations

from random import Random

from invented.forms import IncomeForm, Months, Result, Scaling, sales, share
from invented.income_us import below_pretax
from invented.lines import Line, add, heading, item, minus, total


def bank(rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling) -> Result:
    """Interest earned and paid, the provision, and what is not interest."""
    loans = sales(rng, size, months)
    securities = share(rng, loans, 0.1, 0.2)
    earned = add(loans, securities)
    deposits, borrowed = share(rng, loans, 0.1, 0.2), share(rng, loans, 0.03, 0.06)
    paid = add(deposits, borrowed)
    net = add(earned, minus(paid))
    provision = share(rng, loans, 0.04, 0.09)
    after = add(net, minus(provision))
    fees, trading = share(rng, loans, 0.1, 0.2), share(rng, loans, 0.02, 0.05)
    other = add(fees, trading)
    staff, premises = share(rng, loans, 0.3, 0.4), share(rng, loans, 0.1, 0.15)
    costs = add(staff, premises)
    pretax = add(after, other, minus(costs))
    lines = [
        heading("Interest income:"),
        Line(label="Loans, including fees", cells=loans, indent=1, dollar=True),
        item("Investment securities", securities),
        total("Total interest income", earned, "bank_interest_income"),
        heading("Interest expense:"),
        item("Deposits", deposits),
        item("Borrowed funds", borrowed),
        total("Total interest expense", paid, "bank_interest_expense"),
        total("Net interest income", net, "net_interest_income"),
        Line(label="Provision for credit losses", cells=provision, concept="credit_loss_provision"),
        total("Net interest income after provision for credit losses", after),
        heading("Noninterest income:"),
        item("Service charges and fees", fees),
        item("Trading and other income", trading),
        total("Total noninterest income", other, "noninterest_income"),
        heading("Noninterest expense:"),
        item("Salaries and employee benefits", staff),
        item("Occupancy and equipment", premises),
        total("Total noninterest expense", costs, "noninterest_expense"),
    ]
    return below_pretax(rng, form, lines, revenue=loans, pretax=pretax, scaling=scaling)
