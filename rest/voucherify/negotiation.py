"""What a request will take. Each address has one type of answer, so weights decide nothing."""

from functools import lru_cache

from rest.voucherify.refusals import NotAcceptable

# As much of a header as is looked at and remembered, in bytes.
HEADER_READ = 2000


def check(accept: bytes, media: str) -> None:
    """Refuses an Accept header that names other types only."""
    if accept.strip() and not _accepts(accept[:HEADER_READ], media):
        raise NotAcceptable(f"The answer is {media}.")


@lru_cache(maxsize=256)
def _accepts(accept: bytes, media: str) -> bool:
    wanted = media.partition("/")[0]
    takes = {part.partition(";")[0].strip() for part in accept.decode("latin-1").lower().split(",")}
    return not takes.isdisjoint((media, f"{wanted}/*", "*/*", "*"))
