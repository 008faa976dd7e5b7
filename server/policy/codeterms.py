"""Values of the condition language as Python source: what the generated county function computes with.

The generated code relies on stored facts of checked types (``stored.fits``): money is whole fen, counts are
whole numbers below a million. A number is therefore an integer with a known number of decimals, and every
sum, product and comparison is exact. A quotient stays a pair of integers and is compared by
multiplying crosswise; the bounds in ``_check_digits`` make that equal to Decimal's 28 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .arithmetic import plain
from .stored import COUNT_DIGITS, FEN, MONEY, MONEY_DIGITS
from .vocabulary import Fact, Vocabulary

PARAM_WHOLE_DIGITS, PARAM_DECIMALS = 9, 4
LONGEST_LOOP_DIGITS = 3
_EXACT_DIGITS = 28
_SORTS = {
    "bool": "bool", "int": "number", "money": "number", "code": "text", "text": "text", "date": "text",
    "codes": "list", "members": "list", "loop": "loop",
}  # fmt: skip


class CannotCompile(ValueError):
    """A condition is outside of what the generator can prove equal; the closures judge it all the same."""


@dataclass(frozen=True, slots=True)
class Term:
    """Source of a value, and of the tests that must all hold for it to be there at all.

    A number's value is ``code / 10**decimals`` with fewer than ``digits`` digits in ``code``; with ``den`` it
    is ``code / den / 10**decimals``, the denominator above 0.
    """

    sort: str
    code: str
    guards: tuple[str, ...] = ()
    decimals: int = 0
    digits: int = 0
    den: str = ""
    den_digits: int = 0
    literal: bool = False
    kind: str = ""

    @property
    def known(self) -> str:
        """Source that is truthy when the value is there."""
        return " and ".join(self.guards) or "True"

    def scaled(self, decimals: int) -> str:
        """Source of the number with more decimals."""
        if decimals == self.decimals:
            return self.code
        return f"{self.code} * {10 ** (decimals - self.decimals)}"


class Terms:
    """Makes terms; collects the facts and parameters they read and the lines that must come first."""

    def __init__(self, known: Vocabulary) -> None:
        self.known = known
        self.facts: dict[str, str] = {}
        self.params: dict[str, str] = {}
        self.lines: list[str] = []
        self.derived: dict[str, Term] = {}
        self._count = 0

    def fresh(self, letter: str) -> str:
        """A variable name nobody has yet."""
        self._count += 1
        return f"{letter}{self._count}"

    def term(self, node: Any, item: str | None, loop: str | None) -> Term:
        """The term of a literal or expression. Raises CannotCompile."""
        if not isinstance(node, Mapping):
            return literal(node)
        if set(node) == {"total", "of"}:
            return self._total(str(node["total"]), str(node["of"]))
        [(word, body)] = node.items()
        if word == "item":
            return self._item(str(body), item, loop)
        if word in _NAMED:
            return _NAMED[word](self, str(body))
        parts = [
            self.number(part, item, loop) for part in (body if isinstance(body, list | tuple) else [body])
        ]
        return self.quotient(parts[0], parts[1], item) if word == "divide" else _COMBINED[word](parts)

    def number(self, node: Any, item: str | None, loop: str | None) -> Term:
        """A term that is a plain number. Raises CannotCompile for a quotient, whose value Decimal rounds."""
        found = self.term(node, item, loop)
        if found.sort != "number" or found.den:
            raise CannotCompile("arithmetic with something else than a plain number")
        return found

    def fact(self, name: str) -> Term:
        """The term of a fact, derived ones included."""
        if name in self.derived:
            return self.derived[name]
        spec = self.known.facts.get(name)
        if spec is None:
            raise CannotCompile(f"the fact {name!r} has no kind")
        if name not in self.facts:
            self.facts[name] = self.fresh("f")
        return of_kind(spec, self.facts[name])

    def param(self, name: str) -> Term:
        """The term of a parameter, an integer of ``PARAM_DECIMALS`` decimals or None."""
        if name not in self.params:
            self.params[name] = self.fresh("p")
        code, digits = self.params[name], PARAM_WHOLE_DIGITS + PARAM_DECIMALS
        return Term("number", code, (f"{code} is not None",), PARAM_DECIMALS, digits)

    def quotient(self, above: Term, below: Term, item: str | None) -> Term:
        """Numerator and denominator in variables of their own, the sign in the numerator."""
        if item is not None:
            raise CannotCompile("a division inside a loop")
        num, den = self.fresh("n"), self.fresh("d")
        digits = above.digits + max(0, below.decimals - above.decimals)
        decimals = max(above.decimals - below.decimals, 0)
        raised = f"({above.code}) * {10 ** max(0, below.decimals - above.decimals)}"
        self.lines += [
            f"{num} = {den} = None",
            f"if {_and(*above.guards, *below.guards, f'({below.code}) != 0')}:",
            f"    {num}, {den} = {raised}, {below.code}",
            f"    if {den} < 0: {num}, {den} = -{num}, -{den}",
        ]
        guards = (f"{num} is not None",)
        return Term("number", num, guards, decimals, digits, den=den, den_digits=below.digits)

    def kept(self, found: Term) -> Term:
        """The same number in a variable of its own, for a derived amount that is used several times."""
        if found.den or found.sort != "number":
            return found
        name = self.fresh("v")
        self.lines.append(f"{name} = ({found.code}) if {found.known} else None")
        return replace(found, code=name, guards=(f"{name} is not None",), literal=False)

    def _item(self, name: str, item: str | None, loop: str | None) -> Term:
        spec = self.known.items.get(loop or "", {}).get(name)
        if spec is None or item is None:
            raise CannotCompile(f"the field {name!r} has no kind")
        source = f"{item}[{FEN!r}]" if spec.kind == MONEY else item
        return of_kind(spec, f"{source}.get({name!r})")

    def _total(self, loop: str, field: str) -> Term:
        items = self.fact(loop)
        inner = self._item(field, "i", loop)
        if inner.sort != "number":
            raise CannotCompile("a total of something else than numbers")
        name = self.fresh("t")
        self.lines += [
            f"{name} = None if {items.code} is None else 0",
            f"if {items.code}:",
            f"    {name} = [{inner.code} for i in {items.code}]",
            f"    {name} = None if None in {name} else sum({name})",
        ]
        digits = inner.digits + LONGEST_LOOP_DIGITS
        return Term("number", name, (f"{name} is not None",), inner.decimals, digits)

    def size(self, name: str) -> Term:
        """The length of a list."""
        items = self.fact(name)
        return Term("number", f"len({items.code})", items.guards, 0, LONGEST_LOOP_DIGITS)


_NAMED: dict[str, Callable[[Terms, str], Term]] = {
    "fact": Terms.fact,
    "param": Terms.param,
    "count": Terms.size,
    "size": Terms.size,
}


def of_kind(spec: Fact, code: str) -> Term:
    """The term of a stored value of that kind. Raises CannotCompile for kinds that are never stored."""
    sort = _SORTS.get(spec.kind)
    if sort is None:
        raise CannotCompile(f"the kind {spec.kind!r} of {spec.name!r}")
    guards = (f"{code} is not None",)
    if sort != "number":
        return Term(sort, code, guards, kind=spec.kind)
    money = spec.kind == MONEY
    return Term(sort, code, guards, 2 if money else 0, MONEY_DIGITS if money else COUNT_DIGITS)


def literal(value: Any) -> Term:
    """A checked value, written by ``repr``."""
    exact = plain(value)
    if isinstance(exact, bool):
        return Term("bool", repr(exact), literal=True)
    if isinstance(exact, str):
        return Term("text", repr(exact), literal=True, kind="literal")
    if not isinstance(exact, int | Decimal):
        raise CannotCompile(f"{value!r} is no value")
    decimals = max(0, -int(Decimal(exact).as_tuple().exponent))
    whole = int(Decimal(exact).scaleb(decimals))
    return Term("number", f"{whole!r}", (), decimals, len(str(abs(whole))), literal=True)


def same_decimals(a: Term, b: Term) -> tuple[str, str]:
    """Source of two numbers brought to integers that compare as the numbers do."""
    _check_digits(a, b)
    decimals = max(a.decimals, b.decimals)
    left, right = a.scaled(decimals), b.scaled(decimals)
    return (f"({left}) * {b.den}" if b.den else left), (f"({right}) * {a.den}" if a.den else right)


def _check_digits(a: Term, b: Term) -> None:
    """Refuse what Decimal's 28 digits might round differently.

    The closure's quotient is the true one rounded to 28 digits. It can pass a limit that the true one does
    not pass only if the two lie closer together than half a unit of its last digit; being fractions, they
    are at least 1 / (denominator × 10**decimals) apart.
    """
    if a.den and b.den:
        raise CannotCompile("two quotients compared")
    if not (a.den or b.den):
        return
    before_point = min(a.digits - a.decimals, b.digits - b.decimals) + 1
    if before_point + max(a.decimals, b.decimals) + max(a.den_digits, b.den_digits) > _EXACT_DIGITS:
        raise CannotCompile("a quotient of more than 28 digits")


def _and(*guards: str) -> str:
    return " and ".join(dict.fromkeys(guards)) or "True"


def _sum(parts: list[Term]) -> Term:
    decimals = max(part.decimals for part in parts)
    digits = max(part.digits + decimals - part.decimals for part in parts) + len(str(len(parts)))
    return _joined(parts, " + ", decimals, digits)


def _minus(parts: list[Term]) -> Term:
    decimals = max(part.decimals for part in parts)
    digits = max(part.digits + decimals - part.decimals for part in parts) + 1
    return _joined(parts, " - ", decimals, digits)


def _product(parts: list[Term]) -> Term:
    code = " * ".join(f"({part.code})" for part in parts)
    guards = tuple(dict.fromkeys(guard for part in parts for guard in part.guards))
    decimals, digits = sum(part.decimals for part in parts), sum(part.digits for part in parts)
    return Term("number", f"({code})", guards, decimals, _bounded(digits))


def _joined(parts: list[Term], sign: str, decimals: int, digits: int) -> Term:
    code = sign.join(f"({part.scaled(decimals)})" for part in parts)
    guards = tuple(dict.fromkeys(guard for part in parts for guard in part.guards))
    return Term("number", f"({code})", guards, decimals, _bounded(digits))


def _bounded(digits: int) -> int:
    if digits > _EXACT_DIGITS:
        raise CannotCompile("numbers of more than 28 digits")
    return digits


def _or_zero(parts: list[Term]) -> Term:
    [inner] = parts
    return replace(inner, code=f"(({inner.code}) if {inner.known} else 0)", guards=(), literal=False)


_COMBINED: dict[str, Callable[[list[Term]], Term]] = {
    "sum": _sum,
    "minus": _minus,
    "product": _product,
    "or_zero": _or_zero,
}
