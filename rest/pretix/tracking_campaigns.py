"""/organizers/{organizer}/events/{event}/campaigns/: tracking campaigns as pretix's plugin shows them.

The plugin is not public. What its documentation leaves open follows pretix's habits (docs/rest-pretix.md).
"""

from functools import partial
from typing import Any

from models import web_address
from models.problems import NotFound
from resolvers import tracking_campaigns
from resolvers.context import Work
from resolvers.reading.conditions import All, Compare, Condition
from resolvers.reading.selection import Ask, Item, Many, One, Value
from resolvers.tracking_campaigns import CODE, CODE_LENGTH_MAX, DESCRIPTION_LENGTH_MAX, WRITE
from rest.pretix import fields, keys, pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.described import Noun
from rest.pretix.fields import Field, Form, Wrong
from rest.pretix.metadata import field
from rest.pretix.refusals import WrongFields
from rest.pretix.routing import Route
from rest.pretix.schemas import ID, TEXT, described, takes
from rest.reading import Selection


@takes({"type": "string", "maxLength": web_address.LENGTH_MAX, "examples": ["", "https://example.org/festival"]})
def _target(value: Any) -> str:
    found: str = fields.plain(web_address.LENGTH_MAX, blank=True)(value)
    if found and not web_address.is_web_address(found):
        raise Wrong("url")
    return found


CAMPAIGN = Form(
    {
        "code": Field(fields.coded(CODE, length_max=CODE_LENGTH_MAX, code="campaign_code")),
        "description": Field(fields.plain(DESCRIPTION_LENGTH_MAX), required=True),
        "external_target": Field(_target, blank=True),
    }
)
_NAMES = ("id", "code", "description", "external_target", "order_count", "click_count")
SHOWN: dict[str, Item] = {name: Value((name,)) for name in _NAMES}
MANY = Selection(Many("tracking_campaign", pages.listing(SHOWN), 0))
ONE = Selection(One("tracking_campaign", SHOWN, 0))

# -- handlers ----------------------------------------------------------------------------------------------------------


async def list_campaigns(call: Call) -> Answer:
    of_event = Compare("event_id", "eq", call.event_id)
    return await pages.answer(call, MANY, lambda limit, offset: [_ask(call, of_event, limit, offset)])


async def detail(call: Call) -> Answer:
    return call.json(_found(await call.read(ONE, [_of_path(call)])))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.body(CAMPAIGN)))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.body(CAMPAIGN, partial=call.method == "PATCH")))


async def delete(call: Call) -> Answer:
    return await call.write(partial(_delete, call))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Body, work: Work) -> Answer:
    given = _checked(body)
    campaign_id = await tracking_campaigns.create(work, call.organizer_id, event=call.event_id, **given)
    return await _answer(call, work, campaign_id, status=201)


async def _update(call: Call, body: Body, work: Work) -> Answer:
    campaign_id = await _find(call, work)
    await tracking_campaigns.update(work, call.organizer_id, campaign_id, **_checked(body))
    return await _answer(call, work, campaign_id)


async def _delete(call: Call, work: Work) -> Answer:
    await tracking_campaigns.delete(work, call.organizer_id, await _find(call, work))
    return call.nothing()


async def _find(call: Call, work: Work) -> int:
    """The campaign in the path. Refuses one that is not there before anything else is said of the request."""
    campaign_id: int = _found(await call.read_in(work, ONE, [_of_path(call)]))["id"]
    return campaign_id


async def _answer(call: Call, work: Work, campaign_id: int, status: int = 200) -> Answer:
    this = _ask(call, Compare("id", "eq", campaign_id))
    return call.json(await call.read_in(work, ONE, [this]), status)


def _checked(body: Body) -> dict[str, Any]:
    entry = body.read()
    if entry.errors:
        raise WrongFields(entry.errors)
    return dict(entry.values)


# -- what is asked for -------------------------------------------------------------------------------------------------


def _ask(call: Call, where: Condition, limit: int = 1, offset: int = 0) -> Ask:
    return Ask(limit, where, offset=offset, organizer_id=call.organizer_id)


def _of_path(call: Call) -> Ask:
    """The campaign in the path; that of another event is none here."""
    campaign_id = keys.integer(call.arguments["campaign"], "tracking_campaign")
    return _ask(call, All((Compare("id", "eq", campaign_id), Compare("event_id", "eq", call.event_id))))


def _found(campaign: Any) -> Any:
    if campaign is None:
        raise NotFound("tracking_campaign")
    return campaign


DESCRIBED = {
    "id": field("integer", "ID", read_only=True),
    "code": field("string", "Code", max_length=CODE_LENGTH_MAX),
    "description": field("string", "Description", required=True, max_length=DESCRIPTION_LENGTH_MAX),
    "external_target": field("url", "External target", max_length=web_address.LENGTH_MAX),
    "order_count": field("integer", "Order count", read_only=True),
    "click_count": field("integer", "Click count", read_only=True),
}
_COUNT = {"type": "integer", "minimum": 0}
CAMPAIGNS = Noun(
    "campaigns",
    "Campaign",
    "a tracking campaign",
    "an event's tracking campaigns, by id",
    {
        "id": ID,
        "code": described(TEXT, "Its name in the link, unique over the whole server; made up if it is left out."),
        "description": described(TEXT, "Its name, for people."),
        "external_target": described(TEXT, "Where the link leads; empty for the event's shop."),
        "order_count": described(_COUNT, "Orders that came of it."),
        "click_count": described(_COUNT, "How often its link was followed."),
    },
    CAMPAIGN,
    notes={
        "replace": "Fields that are left out keep their value.",
        "update": "With another code, links with the old one lead nowhere.",
        "delete": "Its clicks go with it; its orders stay, and count for it no more.",
    },
)
_LIST = {"GET": list_campaigns, "POST": create}
_DETAIL = {"GET": detail, "PUT": update, "PATCH": update, "DELETE": delete}
_PATH = "organizers/{organizer}/events/{event}/campaigns"
ROUTES = (
    Route(
        _PATH,
        "campaign-list",
        "Campaign List",
        _LIST,
        write=WRITE,
        fields=DESCRIBED,
        operations=CAMPAIGNS.many(),
    ),
    Route(
        f"{_PATH}/{{campaign}}",
        "campaign-detail",
        "Campaign Instance",
        _DETAIL,
        write=WRITE,
        fields=DESCRIBED,
        operations=CAMPAIGNS.each(),
    ),
)
