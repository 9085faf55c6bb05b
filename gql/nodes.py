"""Objects that have a global id."""

import strawberry

from gql import ids
from gql.reads import Leaf, by


@strawberry.interface(description="An object with a global id, by which `node` finds it again.")
class Node:
    id: strawberry.ID = by(Leaf(("id",)), "The object's global id: opaque, and the same forever.")


def node_id(typename: str) -> Leaf:
    """The read of a type's global id."""
    return Leaf(("id",), ids.encoder(typename))
