"""Peer (b) on organizers, events, sales channels, tracking campaigns and their links (see fastapi_orm.py).

SQLAlchemy: "Relationship Loading Techniques" (`selectinload` for collections), "ORM-Enabled UPDATE" for the clicks.
"""

from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from benchmarks.peers.fastapi_parts import EventDep, OrganizerDep, Page, PageNumber, SessionDep, TokenDep, page_of
from benchmarks.peers.models import ApiToken, Event, Organizer, SalesChannel, TrackingCampaign

PREFIX = "/api/v1/organizers/"

router = APIRouter()


class OrganizerOut(BaseModel):
    name: str
    slug: str
    public_url: str
    plugins: list[str]


class EventOut(BaseModel):
    name: dict[str, str]
    slug: str
    live: bool
    testmode: bool
    currency: str
    date_from: datetime
    date_to: datetime | None
    date_admission: datetime | None
    is_public: bool
    presale_start: datetime | None
    presale_end: datetime | None
    location: dict[str, str] | None
    geo_lat: float | None
    geo_lon: float | None
    has_subevents: bool
    meta_data: dict[str, str]
    seating_plan: int | None
    plugins: list[str]
    seat_category_mapping: dict[str, int]
    timezone: str
    item_meta_properties: dict[str, str]
    all_sales_channels: bool
    limit_sales_channels: list[str]
    public_url: str
    sales_channels: list[str]


class SalesChannelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    identifier: str
    type: str
    label: dict[str, str]
    position: int


class CampaignOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    description: str
    external_target: str
    order_count: int
    click_count: int


@router.get(PREFIX)
async def list_organizers(
    request: Request, session: SessionDep, token: TokenDep, page: PageNumber = 1
) -> Page[OrganizerOut]:
    granted = select(Organizer).where(Organizer.tokens.any(ApiToken.id == token.id)).order_by(Organizer.slug)

    def represent(row: Organizer) -> OrganizerOut:
        url = f"{request.base_url}{row.slug}/"
        return OrganizerOut(name=row.name, slug=row.slug, public_url=url, plugins=row.plugins)

    return await page_of(request, session, granted, page, represent)


@router.get(PREFIX + "{organizer}/events/")
async def list_events(
    request: Request, session: SessionDep, organizer: OrganizerDep, page: PageNumber = 1
) -> Page[EventOut]:
    own = select(Event).where(Event.organizer_id == organizer.id).order_by(Event.slug)
    all_channels = list(
        await session.scalars(
            select(SalesChannel.identifier)
            .where(SalesChannel.organizer_id == organizer.id)
            .order_by(SalesChannel.identifier)
        )
    )
    base = f"{request.base_url}{organizer.slug}/"
    return await page_of(
        request,
        session,
        own.options(selectinload(Event.limit_sales_channels)),
        page,
        lambda row: represent_event(row, all_channels, base),
    )


def represent_event(row: Event, all_channels: list[str], base: str) -> EventOut:
    chosen = sorted(row.limit_sales_channels, key=lambda channel: (channel.position, channel.type, channel.identifier))
    limited = [channel.identifier for channel in chosen]
    return EventOut(
        name=row.name,
        slug=row.slug,
        live=row.live,
        testmode=row.testmode,
        currency=row.currency,
        date_from=row.date_from,
        date_to=row.date_to,
        date_admission=row.date_admission,
        is_public=row.is_public,
        presale_start=row.presale_start,
        presale_end=row.presale_end,
        location=row.location,
        geo_lat=row.geo_lat,
        geo_lon=row.geo_lon,
        has_subevents=row.has_subevents,
        meta_data=row.meta_data,
        seating_plan=None,
        plugins=row.plugins,
        seat_category_mapping={},
        timezone=row.timezone,
        item_meta_properties=row.item_meta_properties,
        all_sales_channels=row.all_sales_channels,
        limit_sales_channels=limited,
        public_url=f"{base}{row.slug}/",
        sales_channels=all_channels if row.all_sales_channels else limited,
    )


@router.get(PREFIX + "{organizer}/saleschannels/")
async def list_sales_channels(
    request: Request, session: SessionDep, organizer: OrganizerDep, page: PageNumber = 1
) -> Page[SalesChannelOut]:
    own = select(SalesChannel).where(SalesChannel.organizer_id == organizer.id)
    order = (SalesChannel.position, SalesChannel.type, SalesChannel.identifier, SalesChannel.id)
    return await page_of(request, session, own.order_by(*order), page, SalesChannelOut.model_validate)


@router.get(PREFIX + "{organizer}/events/{event}/campaigns/")
async def list_campaigns(
    request: Request, session: SessionDep, event: EventDep, page: PageNumber = 1
) -> Page[CampaignOut]:
    own = select(TrackingCampaign).where(TrackingCampaign.event_id == event.id).order_by(TrackingCampaign.id)
    return await page_of(request, session, own, page, CampaignOut.model_validate)


@router.get("/{organizer}/{event}/c/{code}/")
async def follow(organizer: str, event: str, code: str, session: SessionDep) -> RedirectResponse:
    wanted = select(TrackingCampaign).join(TrackingCampaign.event).join(Event.organizer)
    wanted = wanted.where(TrackingCampaign.code == code, Event.slug == event, Organizer.slug == organizer)
    campaign = await session.scalar(wanted)
    if campaign is None:
        raise HTTPException(404, "There is no such link.")
    counted = update(TrackingCampaign).where(TrackingCampaign.id == campaign.id)
    await session.execute(counted.values(click_count=TrackingCampaign.click_count + 1))
    await session.commit()
    return RedirectResponse(campaign.external_target, 302, {"Cache-Control": "no-store"})
