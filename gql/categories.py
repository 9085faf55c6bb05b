"""Categories of campaigns and vouchers."""

import strawberry

from gql.filters import TextFilter, condition, optional
from gql.nodes import Node, node_id
from gql.pages import page
from gql.reads import Args, Leaf, by
from gql.run import Run
from gql.scalars import Timestamp
from resolvers.reading.selection import Ask

CATEGORY = "The name of its category, which is made if there is none of this name."


@strawberry.type(description="A name that campaigns and vouchers are sorted by.")
class Category(Node):
    id: strawberry.ID = by(node_id("Category"), "The category's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `cat_…`.")
    name: str = by(Leaf(("name",)), "Its name, unique within its organizer.")
    hierarchy: int = by(Leaf(("hierarchy",)), "Its place in lists.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was made.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When it was changed last, if it was.")


@strawberry.input(description="Which categories to show. All parts that are given must hold.")
class CategoryFilter:
    name: TextFilter | None = optional("A condition on the name.")


def listed(args: Args, run: Run) -> Ask:
    return page(args, run, "category", where=condition(args.get("filter"), {"name": "name"}))
