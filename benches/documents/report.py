"""Tables of engines, and targets that are met or missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """One thing that has to hold."""

    what: str
    value: float
    bound: float
    holds: Callable[[float, float], bool]
    sign: str

    @property
    def met(self) -> bool:
        return self.holds(self.value, self.bound)


@dataclass
class Report:
    """What a format's run has shown."""

    title: str
    columns: list[str] = field(default_factory=list)
    first: str = "engine"
    rows: list[list[str]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: str | float | None) -> None:
        """Adds an engine: its name, then a cell for each column."""
        self.rows.append([_cell(cell) for cell in cells])

    def at_least(self, what: str, value: float, bound: float) -> None:
        self.targets.append(Target(what, value, bound, lambda a, b: a >= b - 1e-9, "≥"))

    def at_most(self, what: str, value: float, bound: float) -> None:
        self.targets.append(Target(what, value, bound, lambda a, b: a <= b + 1e-9, "≤"))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def print(self) -> bool:
        """Prints it, and tells whether all targets are met."""
        print(f"\n## {self.title}\n")
        if self.rows:
            _table([self.first, *self.columns], self.rows)
        if self.targets:
            print()
            _table(
                ["target", "measured", "wanted", "met"],
                [[one.what, _cell(one.value), f"{one.sign} {_cell(one.bound)}", "yes" if one.met else "NO"] for one in self.targets],
            )
        for note in self.notes:
            print(f"\n{note}")
        print(flush=True)
        return all(one.met for one in self.targets)


def _cell(value: str | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _table(header: list[str], rows: list[list[str]]) -> None:
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")
