"""Everyone who may take part, by name."""

from benchmarks.contenders import Constant, Contender, FastapiOrm, Foyer, StrawberryOrm, StrawberryOrmCached
from benchmarks.postgraphile import Postgraphile, PostgraphileOpen

CONTENDERS: dict[str, type[Contender]] = {
    kind.name: kind
    for kind in (Foyer, StrawberryOrm, StrawberryOrmCached, FastapiOrm, Constant, Postgraphile, PostgraphileOpen)
}
