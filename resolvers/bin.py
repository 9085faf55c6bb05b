"""The bin: what was deleted without force, until it is purged. Nothing comes out of it again."""

from models.action import ActionType
from models.problems import NotFound
from resolvers import actions, vouchers
from resolvers.context import Work
from resolvers.voucher_campaign_statements import DELETE_BIN_ENTRY, FREE_NAME
from resolvers.voucher_scopes import WRITE


async def purge(work: Work, organizer_id: int, token: str, *, request_id: str | None = None) -> int:
    """Delete for good what an entry stands for; the entry's row id. Refuses with `NotFound`.

    A campaign's name is free at once, each of its codes when the action has come to it.
    """
    work.principal.require(WRITE)
    entry = None if "\0" in token else await work.row(DELETE_BIN_ENTRY, organizer_id=organizer_id, token=token)
    if entry is None:
        raise NotFound("bin_entry", "There is no such entry in the bin.", ref=token)
    entry_id, resource_type, resource_id = entry
    if resource_type == "voucher":
        await vouchers.remove(work, organizer_id, resource_id)
    else:
        await _remove_campaign(work, organizer_id, resource_id, request_id)
    found: int = entry_id
    return found


async def _remove_campaign(work: Work, organizer_id: int, campaign_id: int, request_id: str | None) -> None:
    row = await work.row(FREE_NAME, of_organizer=organizer_id, campaign_id=campaign_id)
    if row is None:
        return
    await work.record("voucher_campaign.deleted", organizer_id, campaign_id, {})
    await actions.enqueue(
        work,
        organizer_id,
        ActionType.DELETE,
        campaign_id=campaign_id,
        input={"force": True},
        total=row[0],
        request_id=request_id,
    )
