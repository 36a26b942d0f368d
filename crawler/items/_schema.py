"""How a table is declared: one dataclass a table, one documented field a column.

The dataclass *is* the row that code handles; the Arrow schema (`arrow.py`), the SQLite table (`sql.py`) and
`docs/tables.md` (`docs.py`) are computed from it, so that they cannot drift apart.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

Kind = Literal["string", "int64", "bool", "double", "timestamp", "date", "binary", "list<string>", "list<int64>"]

_META = "threadset"
_KINDS: dict[Any, Kind] = {
    str: "string",
    int: "int64",
    bool: "bool",
    float: "double",
    datetime: "timestamp",
    bytes: "binary",
    list[str]: "list<string>",
    list[int]: "list<int64>",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``observation`` is true for columns that tell when, how or by which run we looked; the rest are facts.
    """

    name: str
    kind: Kind
    nullable: bool
    key: bool
    observation: bool
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its row class, its columns in order, its key and the order in which its rows are published.

    ``published`` is false for the tables that only the store has. ``observation`` is true for tables that tell only
    of our own looking (`fetches`, `runs`): a canonical export leaves them out. ``large`` is true where rows of the
    store are so long that they are kept in the order of their coming, with an index over the key beside them.
    """

    name: str
    row: type
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sort: tuple[str, ...]
    published: bool
    observation: bool
    large: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def facts(self) -> tuple[Column, ...]:
        """The columns that are no observation."""
        return tuple(column for column in self.columns if not column.observation)

    def column(self, name: str) -> Column:
        """The column of that name; ``KeyError`` where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")


def col(
    description: str,
    *,
    key: bool = False,
    observed: bool = False,
    default: Any = dataclasses.MISSING,
    factory: Any = dataclasses.MISSING,
) -> Any:
    """A dataclass field that is a column; its Python annotation gives type and nullability."""
    metadata = {_META: {"description": description, "key": key, "observation": observed}}
    if factory is not dataclasses.MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


TABLES: dict[str, Table] = {}
"""The published tables by name, in the order in which the documentation lists them."""

STORE_TABLES: dict[str, Table] = {}
"""The tables of the store by name (`fetches` and `runs` are in both)."""

_Row = TypeVar("_Row", bound=type)


@dataclass_transform(field_specifiers=(col,), kw_only_default=True)
def table(
    name: str,
    *,
    sort: tuple[str, ...] = (),
    published: bool = True,
    stored: bool = False,
    observation: bool = False,
    large: bool = False,
) -> typing.Callable[[_Row], _Row]:
    """Class decorator: make the class a slotted keyword-only dataclass and enter its table.

    ``sort`` defaults to the key. Raises ``TypeError`` for an annotation that is no column type, and for a column
    without a description.
    """

    def decorate(cls: _Row) -> _Row:
        made: type = dataclass(slots=True, kw_only=True)(cls)
        columns = tuple(_columns(made))
        key = tuple(column.name for column in columns if column.key)
        if not key:
            raise TypeError(f"table {name} has no key column")
        entry = Table(
            name, made, _text(made.__doc__), columns, key, sort or key,
            published=published, observation=observation, large=large,
        )  # fmt: skip
        if published:
            TABLES[name] = entry
        if stored:
            STORE_TABLES[name] = entry
        return typing.cast("_Row", made)

    return decorate


def _columns(cls: type) -> typing.Iterator[Column]:
    hints = get_type_hints(cls)
    for item in dataclasses.fields(cls):
        meta = item.metadata.get(_META)
        if meta is None or not meta["description"]:
            raise TypeError(f"{cls.__name__}.{item.name} needs a col() with a description")
        kind, nullable = _kind(hints[item.name], f"{cls.__name__}.{item.name}")
        yield Column(item.name, kind, nullable, meta["key"], meta["observation"], _text(meta["description"]))


def _kind(hint: Any, where: str) -> tuple[Kind, bool]:
    nullable = False
    if get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in get_args(hint) if option is not type(None)]
        if len(options) != 1:
            raise TypeError(f"{where}: a column has one type")
        nullable, hint = True, options[0]
    if hint not in _KINDS:
        raise TypeError(f"{where}: {hint!r} is no column type; one of {sorted(map(str, _KINDS.values()))}")
    return _KINDS[hint], nullable


def _text(doc: str | None) -> str:
    return " ".join((doc or "").split())
