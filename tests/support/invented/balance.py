"""Balance sheets in the forms that companies use; what they own is what they owe and hold."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from invented.forms import share
from invented.lines import Column, Line, add, final, heading, item, minus, total
from invented.wording import word


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceForm:
    """The choices that shape a balance sheet."""

    form: str
    minority: bool = False
    redeemable: bool = False
    unlabelled: bool = False
    deficit: bool = False
    liabilities_total: bool = True
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A balance sheet; the liabilities begin at line ``second_half``."""

    lines: tuple[Line, ...]
    second_half: int


_HOLDERS = ("stockholders\u2019 equity", "shareholders\u2019 equity", "equity")


def balance_sheet(
    rng: Random, form: BalanceForm, *, cash: Column, restricted: Column, revenue: Column
) -> Sheet:
    """A balance sheet of as many columns as ``cash`` has."""
    if form.form == "bank":
        return _bank(rng, form, cash=cash, revenue=revenue)
    if form.form == "ifrs":
        return _noncurrent_first(rng, form, cash=cash, revenue=revenue)
    if form.form == "uk":
        return _net_assets(rng, form, cash=cash, revenue=revenue)
    return _classified(rng, form, cash=cash, restricted=restricted, revenue=revenue)


def _classified(
    rng: Random, form: BalanceForm, *, cash: Column, restricted: Column, revenue: Column
) -> Sheet:
    invested, owed = share(rng, revenue, 0.02, 0.08), share(rng, revenue, 0.1, 0.2)
    stock, prepaid = share(rng, revenue, 0.08, 0.15), share(rng, revenue, 0.01, 0.04)
    locked = restricted if form.restricted else tuple(0 for _ in cash)
    current = add(cash, invested, owed, stock, prepaid, locked)
    plant, leased = share(rng, revenue, 0.2, 0.5), share(rng, revenue, 0.03, 0.08)
    goodwill, intangible = share(rng, revenue, 0.1, 0.3), share(rng, revenue, 0.05, 0.1)
    other = share(rng, revenue, 0.01, 0.03)
    assets = add(current, plant, leased, goodwill, intangible, other)
    cut = f"{max(owed) // 60:,} and ${min(owed) // 55:,}"
    lines = [
        heading("ASSETS" if rng.random() < 0.5 else "Assets"),
        heading("Current assets:"),
        Line(label="Cash and cash equivalents", cells=cash, concept="cash", indent=1, dollar=True),
        *([item("Restricted cash", locked, "restricted_cash")] if form.restricted else []),
        item("Short-term investments", invested, "short_term_investments"),
        item(
            rng.choice(
                (
                    word(rng, "receivables"),
                    f"Accounts receivable, net of allowance for credit losses of ${cut}, respectively",
                )
            ),
            owed,
            "receivables",
        ),
        item("Inventories", stock, "inventory"),
        item("Prepaid expenses and other current assets", prepaid),
        total("Total current assets", current, "assets_current"),
        Line(label="Property, plant and equipment, net", cells=plant, concept="ppe_net"),
        Line(
            label="Operating lease right-of-use assets", cells=leased, concept="operating_lease_rou"
        ),
        Line(label="Goodwill", cells=goodwill, concept="goodwill"),
        Line(label="Intangible assets, net", cells=intangible, concept="intangibles"),
        Line(label="Other assets", cells=other),
        final("" if form.unlabelled else "Total assets", assets, "assets"),
    ]
    owing = _us_owing(rng, form, revenue=revenue, assets=assets)
    return Sheet(lines=tuple(lines + owing), second_half=len(lines))


def _us_owing(rng: Random, form: BalanceForm, *, revenue: Column, assets: Column) -> list[Line]:
    holders = rng.choice(_HOLDERS)
    payable, accrued = share(rng, revenue, 0.05, 0.1), share(rng, revenue, 0.04, 0.09)
    deferred, due = share(rng, revenue, 0.02, 0.05), share(rng, revenue, 0.01, 0.03)
    current = add(payable, accrued, deferred, due)
    debt, leases = share(rng, revenue, 0.15, 0.3), share(rng, revenue, 0.02, 0.05)
    rest = share(rng, revenue, 0.02, 0.04)
    liabilities = add(current, debt, leases, rest)
    redeemable = share(rng, revenue, 0.005, 0.02) if form.redeemable else tuple(0 for _ in assets)
    equity = add(assets, minus(liabilities), minus(redeemable))
    middle = "redeemable non-controlling interests and " if form.redeemable else ""
    return [
        heading(rng.choice((f"Liabilities and {holders}", f"LIABILITIES AND {holders.upper()}"))),
        heading("Current liabilities:"),
        Line(label="Accounts payable", cells=payable, concept="payables", indent=1, dollar=True),
        item("Accrued and other current liabilities", accrued),
        item("Deferred revenue", deferred, "deferred_revenue_current"),
        item("Current portion of long-term debt", due, "debt_current"),
        total("Total current liabilities", current, "liabilities_current"),
        Line(label="Long-term debt, net of current portion", cells=debt, concept="debt_noncurrent"),
        Line(label="Operating lease liabilities, non-current", cells=leases),
        Line(label="Other long-term liabilities", cells=rest),
        *(
            [total("Total liabilities", liabilities, "liabilities")]
            if form.liabilities_total
            else []
        ),
        heading("Commitments and contingencies (Note 12)"),
        *(
            [
                Line(
                    label="Redeemable non-controlling interests",
                    cells=redeemable,
                    concept="temporary_equity",
                )
            ]
            if form.redeemable
            else []
        ),
        *_us_equity(rng, form, holders=holders, equity=equity, revenue=revenue),
        final(
            f"Total liabilities{',' if middle else ' and'} {middle}{holders}",
            assets,
            "liabilities_and_equity",
        ),
    ]


def _us_equity(
    rng: Random, form: BalanceForm, *, holders: str, equity: Column, revenue: Column
) -> list[Line]:
    stock = tuple(max(1, value // 900) for value in revenue)
    paid = share(rng, revenue, 0.1, 0.2)
    if form.deficit:
        paid = add(paid, tuple(abs(value) for value in equity))
    own, comprehensive = share(rng, revenue, 0.01, 0.04), share(rng, revenue, 0.003, 0.01)
    theirs = share(rng, revenue, 0.005, 0.02) if form.minority else tuple(0 for _ in equity)
    parent = add(equity, minus(theirs))
    retained = add(parent, minus(stock), minus(paid), own, comprehensive)
    mixed = "Retained earnings" if min(retained) > 0 else "Retained earnings (accumulated deficit)"
    millions = rng.randint(40, 900)
    lines = [
        heading(holders[:1].upper() + holders[1:] + ":"),
        item(
            f"Common stock, $0.01 par value; {millions},000,000 shares authorized; "
            f"{millions - 9},412,096 and {millions - 11},287,455 shares issued",
            stock,
            "common_stock",
        ),
        item("Additional paid-in capital", paid, "additional_paid_in_capital"),
        item("Accumulated deficit" if max(retained) < 0 else mixed, retained, "retained_earnings"),
        item("Treasury stock, at cost", minus(own), "treasury_stock", flip=-1),
        item("Accumulated other comprehensive loss", minus(comprehensive), "aoci"),
    ]
    if form.minority:
        word = "stockholders\u2019" if holders == "equity" else holders.removesuffix(" equity")
        lines += [
            total(f"Total [company] {word} equity", parent, "equity_parent"),
            item("Noncontrolling interests", theirs, "nci"),
            total("Total equity", equity, "equity_total"),
        ]
    elif holders == "equity":
        lines.append(total("Total equity", equity, "equity_total"))
    else:
        lines.append(total(f"Total {holders}", equity, "equity_parent"))
    return lines


def _noncurrent_first(rng: Random, form: BalanceForm, *, cash: Column, revenue: Column) -> Sheet:
    goodwill, plant = share(rng, revenue, 0.1, 0.3), share(rng, revenue, 0.2, 0.5)
    leased, linked = share(rng, revenue, 0.03, 0.06), share(rng, revenue, 0.02, 0.04)
    fixed = add(goodwill, plant, leased, linked)
    stock, owed = share(rng, revenue, 0.08, 0.15), share(rng, revenue, 0.1, 0.2)
    current = add(stock, owed, cash)
    assets = add(fixed, current)
    lines = [
        heading("Assets"),
        heading("Non-current assets"),
        item("Goodwill", goodwill, "goodwill"),
        item("Property, plant and equipment", plant, "ppe_net"),
        item("Right-of-use assets", leased, "operating_lease_rou"),
        item("Investments in associates and joint ventures", linked, "equity_method_investments"),
        total("Total non-current assets" if rng.random() < 0.7 else "", fixed, "assets_noncurrent"),
        heading("Current assets"),
        item("Inventories", stock, "inventory"),
        item("Trade and other receivables", owed, "receivables"),
        item("Cash and cash equivalents", cash, "cash"),
        total("Total current assets", current, "assets_current"),
        final("Total assets", assets, "assets"),
    ]
    payable, taxes = share(rng, revenue, 0.08, 0.14), share(rng, revenue, 0.01, 0.02)
    short = add(payable, taxes)
    loans, leases = share(rng, revenue, 0.15, 0.3), share(rng, revenue, 0.02, 0.05)
    pensions = share(rng, revenue, 0.01, 0.03)
    long = add(loans, leases, pensions)
    liabilities = add(short, long)
    equity = add(assets, minus(liabilities))
    debts = [
        heading("Non-current liabilities"),
        item("Borrowings", loans, "debt_noncurrent"),
        item("Lease liabilities", leases, "lease_liability_noncurrent"),
        item("Retirement benefit obligations", pensions, "pension_liability"),
        total("Total non-current liabilities", long, "liabilities_noncurrent"),
        heading("Current liabilities"),
        item("Trade and other payables", payable, "payables"),
        item("Current tax liabilities", taxes, "income_taxes_payable"),
        total("Total current liabilities", short, "liabilities_current"),
        total("Total liabilities", liabilities, "liabilities"),
    ]
    held = _ifrs_equity(rng, form, equity=equity, revenue=revenue)
    if rng.random() < 0.5:
        rest = [heading("Equity and liabilities"), *held, *debts]
    else:
        rest = [heading("Liabilities and equity"), *debts, *held]
    rest.append(final("Total equity and liabilities", assets, "liabilities_and_equity"))
    return Sheet(lines=tuple(lines + rest), second_half=len(lines))


def _ifrs_equity(rng: Random, form: BalanceForm, *, equity: Column, revenue: Column) -> list[Line]:
    stock, premium = share(rng, revenue, 0.01, 0.02), share(rng, revenue, 0.03, 0.06)
    theirs = share(rng, revenue, 0.005, 0.02) if form.minority else tuple(0 for _ in equity)
    parent = add(equity, minus(theirs))
    lines = [
        heading("Equity"),
        item("Share capital", stock, "common_stock"),
        item("Share premium", premium, "additional_paid_in_capital"),
        item("Retained earnings", add(parent, minus(stock), minus(premium)), "retained_earnings"),
    ]
    if form.minority:
        lines += [
            total("Equity attributable to owners of the parent", parent, "equity_parent"),
            item("Non-controlling interests", theirs, "nci"),
        ]
    return [*lines, total("Total equity", equity, "equity_total")]


def _net_assets(rng: Random, form: BalanceForm, *, cash: Column, revenue: Column) -> Sheet:
    """The form of British accounts: liabilities are taken off, net assets are the equity."""
    intangible, tangible = share(rng, revenue, 0.1, 0.2), share(rng, revenue, 0.3, 0.5)
    fixed = add(intangible, tangible)
    stock, owed = share(rng, revenue, 0.08, 0.12), share(rng, revenue, 0.1, 0.15)
    current = add(stock, owed, cash)
    assets = add(fixed, current)
    short, long = share(rng, revenue, 0.1, 0.15), share(rng, revenue, 0.1, 0.2)
    liabilities = add(short, long)
    net = add(assets, minus(liabilities))
    lines = [
        heading("Non-current assets"),
        item("Intangible assets", intangible, "intangibles"),
        item("Property, plant and equipment", tangible, "ppe_net"),
        total("", fixed, "assets_noncurrent"),
        heading("Current assets"),
        item("Inventories", stock, "inventory"),
        item("Trade and other receivables", owed, "receivables"),
        item("Cash and cash equivalents", cash, "cash"),
        total("", current, "assets_current"),
        total("Total assets", assets, "assets"),
    ]
    rest = [
        heading("Current liabilities"),
        item("Trade and other payables", minus(short), "payables", flip=-1),
        heading("Non-current liabilities"),
        item("Borrowings", minus(long), "debt_noncurrent", flip=-1),
        total("Total liabilities", minus(liabilities), "liabilities", flip=-1),
        final("Net assets", net, "net_assets"),
        *_ifrs_equity(rng, form, equity=net, revenue=revenue),
    ]
    return Sheet(lines=tuple(lines + rest), second_half=len(lines))


def _bank(rng: Random, form: BalanceForm, *, cash: Column, revenue: Column) -> Sheet:
    securities, loans = share(rng, revenue, 2.0, 3.0), share(rng, revenue, 12.0, 15.0)
    reserve = share(rng, revenue, 0.1, 0.2)
    net = add(loans, minus(reserve))
    premises, other = share(rng, revenue, 0.1, 0.2), share(rng, revenue, 0.2, 0.4)
    assets = add(cash, securities, net, premises, other)
    lines = [
        heading("Assets"),
        Line(label="Cash and cash equivalents", cells=cash, concept="cash", dollar=True),
        Line(
            label="Securities available for sale, at fair value",
            cells=securities,
            concept="securities_afs",
        ),
        Line(label="Loans", cells=loans),
        Line(
            label="Less: allowance for credit losses",
            cells=minus(reserve),
            concept="loan_allowance",
            flip=-1,
        ),
        total("Net loans", net, "loans_net"),
        Line(label="Premises and equipment, net", cells=premises, concept="ppe_net"),
        Line(label="Other assets", cells=other),
        final("Total assets", assets, "assets"),
    ]
    free, paying = share(rng, revenue, 3.0, 4.0), share(rng, revenue, 7.0, 8.0)
    deposits = add(free, paying)
    borrowed = share(rng, revenue, 0.8, 1.2)
    liabilities = add(deposits, borrowed)
    equity = add(assets, minus(liabilities))
    rest = [
        heading("Liabilities and shareholders\u2019 equity"),
        heading("Deposits:"),
        Line(label="Noninterest-bearing", cells=free, indent=1, dollar=True),
        item("Interest-bearing", paying),
        total("Total deposits", deposits, "deposits"),
        Line(label="Borrowed funds", cells=borrowed),
        total("Total liabilities", liabilities, "liabilities"),
        *_us_equity(rng, form, holders="shareholders\u2019 equity", equity=equity, revenue=revenue),
        final("Total liabilities and shareholders\u2019 equity", assets, "liabilities_and_equity"),
    ]
    return Sheet(lines=tuple(lines + rest), second_half=len(lines))
