"""The values of many rows as one JSON list, in no order: sources show it as `Kind.NAMES` or `Kind.RANKED`."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class JsonList(FunctionElement[str]):
    """An aggregate. Of no rows it is an empty list; of several columns a list of lists."""

    inherit_cache = True
    name = "json_list"
    type = Text()


@compiles(JsonList, "sqlite")
def _on_sqlite(element: JsonList, compiler: SQLCompiler, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    return f"json_group_array({values if len(element.clauses) == 1 else f'json_array({values})'})"


@compiles(JsonList, "postgresql")
def _on_postgresql(element: JsonList, compiler: SQLCompiler, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    row = values if len(element.clauses) == 1 else f"json_build_array({values})"
    return f"COALESCE(CAST(json_agg({row}) AS TEXT), '[]')"
