"""How a noun tells what it is for the door's description (openapi.py), in a few lines beside its form and selection."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rest.pretix.fields import Form
from rest.pretix.schemas import BOOLEAN, TEXT, Named, Schema, described, nullable, taken_by


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query, unless `place` says otherwise."""

    name: str
    schema: Schema | Named
    description: str
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does at one address. Without `answer` it is answered with no content, or with `status` alone.

    `conflict` is told where the state of things can refuse it; `wrong` where a body that does not fit is not answered
    with its fields.
    """

    tag: str
    id: str
    summary: str
    answer: Schema | Named | None = None
    status: int = 200
    description: str = ""
    body: Named | None = None
    query: tuple[Parameter, ...] = ()
    wrong: Schema | Named | None = None
    conflict: Schema | Named | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of thing with its usual addresses. `notes` are descriptions by method: of `many()`, of `each()`."""

    tag: str
    name: str
    one: str
    some: str
    shown: Mapping[str, Schema | Named]
    form: Form | None = None
    # Fields that only some answers have.
    sometimes: Mapping[str, Schema | Named] = field(default_factory=dict)
    filters: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    conflict: Schema | Named | None = None

    @property
    def schema(self) -> Named:
        """One of them in an answer."""
        fields = {**self.shown, **self.sometimes}
        return Named(self.name, {"type": "object", "properties": fields, "required": list(self.shown)})

    def body(self, *, partial: bool = False) -> Named | None:
        """What is sent. With `partial` nothing is required."""
        if self.form is None:
            return None
        fields = {name: self._taken(name) for name in self.form.fields}
        required = [name for name, field in self.form.fields.items() if field.required and not partial]
        schema = {"type": "object", "properties": fields, **({"required": required} if required else {})}
        return Named(f"{self.name}{'Changes' if partial else 'Body'}", schema)

    def many(self) -> Mapping[str, Operation]:
        """Of the address that lists them."""
        return {
            "GET": Operation(
                self.tag,
                f"{self.tag}_list",
                f"List {self.some}",
                page_of(self.schema),
                description=self.notes.get("list", ""),
                query=(*PAGES, *self.filters),
            ),
            "POST": Operation(
                self.tag,
                f"{self.tag}_create",
                f"Create {self.one}",
                self.schema,
                201,
                self.notes.get("create", ""),
                self.body(),
                conflict=self.conflict,
            ),
        }

    def each(self) -> Mapping[str, Operation]:
        """Of the address of one."""
        put, patch = self.body(), self.body(partial=True)
        return {
            "GET": self._of_one("show", f"Show {self.one}", self.schema),
            "PUT": self._of_one("replace", f"Update {self.one}, whole", self.schema, body=put),
            "PATCH": self._of_one("update", f"Update {self.one}, in part", self.schema, body=patch),
            "DELETE": self._of_one("delete", f"Delete {self.one}", None, status=204),
        }

    def _of_one(
        self,
        verb: str,
        summary: str,
        answer: Named | None,
        *,
        status: int = 200,
        body: Named | None = None,
    ) -> Operation:
        return Operation(
            self.tag,
            f"{self.tag}_{verb}",
            summary,
            answer,
            status,
            self.notes.get(verb, ""),
            body,
            self.query,
            conflict=None if verb == "show" else self.conflict,
        )

    def _taken(self, name: str) -> Schema | Named:
        assert self.form is not None
        of = self.form.fields[name]
        schema = nullable(taken_by(of.parse)) if of.nullable else taken_by(of.parse)
        shown = self.shown.get(name, {})
        if isinstance(shown, Named):
            # A choice that has a name in answers has it in bodies, too.
            same = not isinstance(schema, Named) and schema.get("enum") == shown.schema.get("enum", ())
            return shown if same else schema
        return described(schema, shown["description"]) if "description" in shown else schema


def page_of(named: Named) -> Named:
    address = {"type": ["string", "null"], "format": "uri"}
    fields: Mapping[str, Schema] = {
        "count": {"type": "integer", "minimum": 0, "description": "How many there are on all pages."},
        "next": {**address, "description": "The address of the page after this one."},
        "previous": {**address, "description": "The address of the page before this one."},
        "results": {"type": "array", "items": named, "maxItems": 50},
    }
    return Named(f"{named.name}Page", {"type": "object", "properties": fields, "required": list(fields)})


PAGES = (
    Parameter(
        "page",
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "enum": ["last", ""]}]},
        "The page's number from 1, or `last`. A page beyond the last is not found.",
    ),
    Parameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": 50, "default": 50},
        "How many to a page; more than 50 are cut to 50, and what is no size is 50.",
    ),
)


def ordering(*orders: str) -> Parameter:
    """By these fields, forwards and backwards; the first is the usual one."""
    choices = [f"{sign}{order}" for order in orders for sign in ("", "-")]
    schema = {"type": "string", "enum": choices, "default": orders[0]}
    return Parameter("ordering", schema, "By which field; anything else is the default.")


def flag(name: str, description: str) -> Parameter:
    """A filter that is on, off or neither."""
    return Parameter(name, BOOLEAN, f"{description} What is neither true nor false does not narrow.")


def equal(name: str, description: str, schema: Schema | Named = TEXT) -> Parameter:
    return Parameter(name, schema, description)
