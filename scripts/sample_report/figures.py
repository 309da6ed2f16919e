"""The figures of the invented company: few are chosen, the rest follows and is proven to agree.

Amounts are thousands of dollars. Each tuple runs from the newest year to the oldest.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

COMPANY = "Marrowbay Instruments, Inc."
YEARS = (2024, 2023, 2022)

Amounts = tuple[int, ...]


def total(*parts: Amounts) -> Amounts:
    """The sum of several lines, year by year."""
    return tuple(sum(column) for column in zip(*parts, strict=True))


def negative(amounts: Amounts) -> Amounts:
    return tuple(-amount for amount in amounts)


def per_share(amounts: Amounts, shares: Amounts) -> tuple[Decimal, ...]:
    """Dollars a share, rounded to the cent as a company prints them."""
    return tuple(
        (Decimal(amount) / Decimal(count)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for amount, count in zip(amounts, shares, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Income:
    """Three years of income."""

    products: Amounts = (412_680, 371_904, 338_215)
    services: Amounts = (96_345, 88_120, 79_460)
    cost_of_products: Amounts = (218_720, 200_828, 186_018)
    cost_of_services: Amounts = (52_990, 49_347, 45_292)
    research: Amounts = (61_083, 54_283, 48_868)
    selling: Amounts = (98_412, 91_370, 86_105)
    amortization: Amounts = (7_940, 8_210, 8_210)
    restructuring: Amounts = (0, 3_150, 0)
    interest_expense: Amounts = (-6_115, -7_480, -7_902)
    interest_income: Amounts = (2_205, 1_160, 318)
    other: Amounts = (-402, 215, -1_031)
    taxes: Amounts = (14_753, 10_982, 8_296)
    basic_shares: Amounts = (31_204, 31_050, 30_890)
    diluted_shares: Amounts = (31_868, 31_640, 31_402)

    @property
    def sales(self) -> Amounts:
        return total(self.products, self.services)

    @property
    def cost_of_sales(self) -> Amounts:
        return total(self.cost_of_products, self.cost_of_services)

    @property
    def gross_profit(self) -> Amounts:
        return total(self.sales, negative(self.cost_of_sales))

    @property
    def operating_expenses(self) -> Amounts:
        return total(self.research, self.selling, self.amortization, self.restructuring)

    @property
    def operating_income(self) -> Amounts:
        return total(self.gross_profit, negative(self.operating_expenses))

    @property
    def before_taxes(self) -> Amounts:
        return total(self.operating_income, self.interest_expense, self.interest_income, self.other)

    @property
    def net_income(self) -> Amounts:
        return total(self.before_taxes, negative(self.taxes))


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Three years of cash; the newest year follows from the two balance sheets."""

    net_income: Amounts
    depreciation: Amounts = (24_420, 23_905, 22_760)
    stock_compensation: Amounts = (6_905, 6_120, 5_480)
    deferred_taxes: Amounts = (-1_265, -840, 310)
    receivables: Amounts = (-8_345, -6_120, -9_415)
    inventories: Amounts = (-4_278, 2_360, -11_840)
    prepaid: Amounts = (-1_287, -455, -690)
    payables: Amounts = (2_535, -1_810, 4_225)
    compensation: Amounts = (2_835, 1_940, -1_105)
    deferred_revenue: Amounts = (2_715, 2_240, 1_865)
    taxes_payable: Amounts = (855, 620, -410)
    other_operating: Amounts = (695, -1_045, 880)
    capital_expenditure: Amounts = (-21_955, -18_640, -16_905)
    investments_bought: Amounts = (-18_500, -12_000, 0)
    investments_matured: Amounts = (12_000, 0, 0)
    debt_repaid: Amounts = (-10_000, -10_000, -10_000)
    dividends: Amounts = (-9_361, -8_073, -7_414)
    buybacks: Amounts = (-8_000, -5_000, 0)
    options: Amounts = (1_782, 1_405, 960)
    exchange: Amounts = (-1_118, 412, -1_690)
    cash_at_end_of_prior_year: int = 58_412

    @property
    def operating(self) -> Amounts:
        return total(
            *(self.net_income, self.depreciation, self.stock_compensation, self.deferred_taxes),
            *(self.receivables, self.inventories, self.prepaid, self.payables),
            *(self.compensation, self.deferred_revenue, self.taxes_payable, self.other_operating),
        )

    @property
    def investing(self) -> Amounts:
        return total(self.capital_expenditure, self.investments_bought, self.investments_matured)

    @property
    def financing(self) -> Amounts:
        return total(self.debt_repaid, self.dividends, self.buybacks, self.options)

    @property
    def change(self) -> Amounts:
        return total(self.operating, self.investing, self.financing, self.exchange)

    @property
    def cash_at_end(self) -> Amounts:
        newest, prior, _ = self.change
        at_end_of_prior = self.cash_at_end_of_prior_year
        return (at_end_of_prior + newest, at_end_of_prior, at_end_of_prior - prior)

    @property
    def cash_at_start(self) -> Amounts:
        return total(self.cash_at_end, negative(self.change))


@dataclass(frozen=True, slots=True)
class Balance:
    """Two balance sheets, newest first; retained earnings are what makes the older one balance."""

    cash: Amounts
    net_income: int
    dividends: int
    investments: Amounts = (18_500, 12_000)
    receivables: Amounts = (82_655, 74_310)
    inventories: Amounts = (71_218, 66_940)
    prepaid: Amounts = (10_402, 9_115)
    equipment: Amounts = (94_115, 88_640)
    goodwill: Amounts = (121_300, 121_300)
    intangibles: Amounts = (33_620, 41_560)
    leased: Amounts = (15_980, 17_225)
    other_assets: Amounts = (7_015, 6_480)
    payables: Amounts = (34_405, 31_870)
    compensation: Amounts = (24_980, 22_145)
    deferred_revenue: Amounts = (21_045, 18_330)
    current_debt: Amounts = (10_000, 10_000)
    taxes_payable: Amounts = (4_115, 3_260)
    other_current: Amounts = (12_305, 11_420)
    debt: Amounts = (95_000, 105_000)
    leases: Amounts = (13_155, 14_310)
    deferred_taxes: Amounts = (7_640, 8_905)
    other_liabilities: Amounts = (5_475, 5_220)
    common_stock: Amounts = (314, 312)
    paid_in_capital: Amounts = (156_905, 148_220)
    treasury: Amounts = (-20_400, -12_400)
    comprehensive: Amounts = (-5_236, -4_118)

    @property
    def current_assets(self) -> Amounts:
        return total(self.cash, self.investments, self.receivables, self.inventories, self.prepaid)

    @property
    def assets(self) -> Amounts:
        return total(
            *(self.current_assets, self.equipment, self.goodwill),
            *(self.intangibles, self.leased, self.other_assets),
        )

    @property
    def current_liabilities(self) -> Amounts:
        return total(
            *(self.payables, self.compensation, self.deferred_revenue),
            *(self.current_debt, self.taxes_payable, self.other_current),
        )

    @property
    def liabilities(self) -> Amounts:
        return total(
            *(self.current_liabilities, self.debt, self.leases),
            *(self.deferred_taxes, self.other_liabilities),
        )

    @property
    def retained(self) -> Amounts:
        others = total(
            *(self.liabilities, self.common_stock, self.paid_in_capital),
            *(self.treasury, self.comprehensive),
        )
        prior = self.assets[1] - others[1]
        return (prior + self.net_income - self.dividends, prior)

    @property
    def equity(self) -> Amounts:
        return total(
            *(self.common_stock, self.paid_in_capital, self.retained),
            *(self.treasury, self.comprehensive),
        )

    @property
    def liabilities_and_equity(self) -> Amounts:
        return total(self.liabilities, self.equity)


def prove(income: Income, cash_flow: CashFlow, balance: Balance) -> None:
    """Raise ValueError unless the three statements tie to each other."""
    if balance.assets != balance.liabilities_and_equity:
        raise ValueError(f"unbalanced: {balance.assets} and {balance.liabilities_and_equity}")
    if cash_flow.cash_at_end[:2] != balance.cash or cash_flow.net_income != income.net_income:
        raise ValueError("the statement of cash flows does not tie to the other two")
    if cash_flow.cash_at_start[:2] != cash_flow.cash_at_end[1:]:
        raise ValueError("a year of cash does not begin where the one before ended")


def statements() -> tuple[Income, Balance, CashFlow]:
    """The three statements, proven to agree."""
    income = Income()
    cash_flow = CashFlow(income.net_income)
    balance = Balance(
        cash=cash_flow.cash_at_end[:2],
        net_income=income.net_income[0],
        dividends=-cash_flow.dividends[0],
    )
    prove(income, cash_flow, balance)
    return income, balance, cash_flow
