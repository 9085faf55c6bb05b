"""What the door says, by stable code. Clients match on the English texts, which are those of Django REST framework
and pretix; what pretix itself leaves in English has no German entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

ENGLISH = {
    # a message that there are no words of this dialect for
    "verbatim": "{message}",
    # values of fields
    "required": "This field is required.",
    "null": "This field may not be null.",
    "blank": "This field may not be blank.",
    "string": "Not a valid string.",
    "too_long": "Ensure this field has no more than {max_length} characters.",
    "null_characters": "Null characters are not allowed.",
    "boolean": "Must be a valid boolean.",
    "choice": '"{input}" is not a valid choice.',
    "number": "A valid number is required.",
    "number_too_long": "String value too large.",
    "digits": "Ensure that there are no more than {max_digits} digits in total.",
    "decimals": "Ensure that there are no more than {max_decimals} decimal places.",
    "whole_digits": "Ensure that there are no more than {max_whole_digits} digits before the decimal point.",
    "minimum": "Ensure this value is greater than or equal to {limit}.",
    "datetime": "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
    "datetime_range": "Datetime value out of range.",
    "json": "Value must be valid JSON.",
    "no_such_key": 'Invalid pk "{key}" - object does not exist.',
    "key_type": "Incorrect type. Expected pk value, received {type}.",
    "filter_number": "Enter a number.",
    # bodies
    "no_data": "No data provided",
    "not_an_object": "Invalid data. Expected a dictionary, but got {type}.",
    "json_parse": "JSON parse error - {reason}",
    "form_parse": "Form parse error - {reason}",
    "media_type": 'Unsupported media type "{media_type}" in request.',
    "body_too_large": "The request body is larger than {limit} bytes.",
    # requests
    "not_acceptable": "Could not satisfy the request Accept header.",
    "method": 'Method "{method}" not allowed.',
    "not_found": "Not found.",
    "no_match": "No {model} matches the given query.",
    "page": "Invalid page.",
    "denied": "You do not have permission to perform this action.",
    "denied_profile": "Request denied by device security profile.",
    "no_credentials": "Authentication credentials were not provided.",
    "token_unknown": "Invalid token.",
    "token_header_empty": "Invalid token header. No credentials provided.",
    "token_header_spaces": "Invalid token header. Token string should not contain spaces.",
    "token_header_characters": "Invalid token header. Token string should not contain invalid characters.",
    "token_inactive": "Token inactive or deleted.",
    "device_revoked": "Device access has been revoked.",
    "device_new": "Device has not been initialized.",
    "key_running": "Concurrent request with idempotency key.",
    "key_missing": "No idempotency key given.",
    "key_unseen": "Idempotency key not seen before.",
    "internal": "Internal server error.",
    # gift cards
    "secret_pattern": "The gift card code may only contain letters, numbers, dots and dashes.",
    "secret_taken": "A gift card with the same secret already exists in your or an affiliated organizer account.",
    "funds": "The gift card does not have sufficient credit for this operation.",
    "balance_too_large": "The balance of a gift card cannot be more than 99999999999.99.",
    "disabled": "This gift card is disabled.",
    "accepted_update": "Accepted gift cards cannot be updated, use transact instead.",
    # numbers, texts, addresses
    "integer": "A valid integer is required.",
    "integer_minimum": "Ensure this value is greater than or equal to {limit}.",
    "integer_maximum": "Ensure this value is less than or equal to {limit}.",
    "url": "Enter a valid URL.",
    "languages": "Invalid languages included.",
    "localized_entries": "All entries must be strings.",
    "localized_type": "Invalid data type.",
    "filter_datetime": "Enter a valid date/time.",
    # organizers, events
    "plugin_unknown": "Unknown plugin: '{plugin}'.",
    "plugin_organizer_first": "Plugin should be enabled on organizer level first: '{plugin}'.",
    "plugin_level": "Plugin cannot be enabled on this level: '{plugin}'.",
    "event_slug": "The slug may only contain letters, numbers, dots and dashes.",
    "event_slug_reserved": "This field has an invalid value: {value}.",
    "event_slug_taken": "This slug has already been used for a different event.",
    "event_created_live": "Events cannot be created as 'live'. Quotas and payment must be added to the event before "
    "sales can go live.",
    "event_dates": "The event cannot end before it starts.",
    "event_presale": "The event's presale cannot end before it starts.",
    "event_slug_fixed": "The event slug cannot be changed.",
    "event_series_fixed": "Once created an event cannot change between an series and a single event.",
    "event_in_use": "The event can not be deleted as it already contains orders. Please set 'live' to false to hide "
    "the event and take the shop offline instead.",
    "meta_property": "Meta data property '{name}' does not exist.",
    "text_map": "{name} needs to be an object (str -> str).",
    "seat_map": "seat_category_mapping needs to be an object (str -> int).",
    "seat_map_new": "You cannot specify seat category mappings on event creation.",
    "item_unknown": "Item '{id}' does not exist.",
    "not_a_list": 'Expected a list of items but got type "{type}".',
    "channel_unknown": "Object with identifier={identifier} does not exist.",
    "legacy_channels_null": "The legacy attribute 'sales_channels' cannot be set to None, it must be a list.",
    "legacy_channels_all": "If 'all_sales_channels' is set, the legacy attribute 'sales_channels' must not be set or "
    "set to the list of all sales channels.",
    "legacy_channels_limit": "If 'limit_sales_channels' is set, the legacy attribute 'sales_channels' must not be set "
    "or set to the same list.",
    "clone_source": "Event to copy from was not found",
    "clone_source_denied": "Not sufficient permission on source event to copy",
    "clone_denied": "No permission to create events",
    # sales channels
    "channel_taken": "A sales channel with the same identifier already exists.",
    "channel_identifier": "The identifier may only contain letters, numbers, dots, dashes, and underscores.",
    "channel_prefix": "Your identifier needs to start with 'api.'.",
    "channel_type": "You can currently only create channels of type 'api' through the API.",
    "channel_identifier_fixed": "You cannot change the identifier of a sales channel.",
    "channel_type_fixed": "You cannot change the type of a sales channel.",
    "channel_in_use": "Can only be deleted if unused.",
    # tracking campaigns
    "campaign_taken": "campaign with this code already exists.",
    "campaign_code": "The code may only contain letters, numbers, dots, dashes, and underscores.",
    # pages that people see
    "page_link_unknown_title": "This link leads nowhere",
    "page_link_unknown": "The link is mistyped, or it is no longer in use.",
    "page_shop_unknown_title": "Not found",
    "page_shop_unknown": "There is no ticket shop at this address.",
    "page_shop_closed": "The selected ticket shop is currently not available.",
    "page_shop_admission": "Admission: {moment}",
    "page_method_title": "Method not allowed",
    "page_method": "This address can only be read.",
    "page_unavailable_title": "Please try again in a moment",
    "page_unavailable": "The server cannot answer right now.",
    "page_internal_title": "Something went wrong",
    "page_internal": "That is our fault, and it has been noted.",
}

GERMAN = {
    "required": "Dieses Feld ist erforderlich.",
    "null": "Dieses Feld darf nicht null sein.",
    "blank": "Dieses Feld darf nicht leer sein.",
    "string": "Kein gültiger String.",
    "too_long": "Stelle sicher, dass dieses Feld nicht mehr als {max_length} Zeichen lang ist.",
    "null_characters": "Nullzeichen sind nicht erlaubt.",
    "boolean": "Muss ein gültiger Wahrheitswert sein.",
    "choice": '"{input}" ist keine gültige Auswahl.',
    "number": "Eine gültige Zahl ist erforderlich.",
    "number_too_long": "Zeichenkette zu lang.",
    "digits": "Stelle sicher, dass es insgesamt nicht mehr als {max_digits} Ziffern lang ist.",
    "decimals": "Stelle sicher, dass es nicht mehr als {max_decimals} Nachkommastellen lang ist.",
    "whole_digits": "Stelle sicher, dass es nicht mehr als {max_whole_digits} Stellen vor dem Komma lang ist.",
    "minimum": "Stelle sicher, dass dieser Wert größer oder gleich {limit} ist.",
    "datetime": "Datums- und Zeitangabe hat das falsche Format. Nutze stattdessen eines dieser Formate: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
    "datetime_range": "Datumsangabe außerhalb des Bereichs.",
    "json": "Wert muss gültiges JSON sein.",
    "no_such_key": 'Ungültiger pk "{key}" - Object existiert nicht.',
    "key_type": "Falscher Typ. Erwarte pk-Wert, erhielt aber {type}.",
    "filter_number": "Bitte eine Zahl eingeben.",
    "not_an_object": "Ungültige Daten. Dictionary erwartet, aber {type} erhalten.",
    "media_type": 'Nicht unterstützter Medientyp "{media_type}" in der Anfrage.',
    "body_too_large": "Der Inhalt der Anfrage ist größer als {limit} Bytes.",
    "not_acceptable": "Kann die Accept Kopfzeile der Anfrage nicht erfüllen.",
    "method": 'Methode "{method}" nicht erlaubt.',
    "not_found": "Nicht gefunden.",
    "page": "Ungültige Seite.",
    "denied": "Sie sind nicht berechtigt, diese Aktion durchzuführen.",
    "no_credentials": "Anmeldedaten fehlen.",
    "token_header_empty": "Ungültiger Token Header. Keine Zugangsdaten angegeben.",
    "token_header_spaces": "Ungültiger Token Header. Zugangsdaten sollen keine Leerzeichen enthalten.",
    "token_header_characters": "Ungültiger Token Header. Zugangsdaten dürfen keine ungültigen Zeichen enthalten.",
    "internal": "Interner Fehler des Servers.",
    "secret_pattern": "Der Gutscheincode darf nur Buchstaben, Zahlen, Punkte und Bindestriche enthalten.",
    "secret_taken": "Ein Wertgutschein mit dem gleichen Code existiert bereits in diesem "
    "oder einem verbundenen Veranstalterkonto.",
    "integer": "Eine gültige Ganzzahl ist erforderlich.",
    "integer_minimum": "Stelle sicher, dass dieser Wert größer oder gleich {limit} ist.",
    "integer_maximum": "Stelle sicher, dass dieser Wert kleiner oder gleich {limit} ist.",
    "url": "Gib eine gültige URL ein.",
    "filter_datetime": "Bitte ein gültiges Datum und Uhrzeit eingeben.",
    "plugin_unknown": "Unbekannte Erweiterung: '{plugin}'.",
    "event_slug": "Die Kurzform darf nur Buchstaben, Zahlen, Punkte und Bindestriche enthalten.",
    "event_slug_reserved": "Dieses Feld hat einen ungültigen Wert: {value}.",
    "meta_property": "Die Meta-Eigenschaft '{name}' existiert nicht.",
    "not_a_list": 'Erwarte eine Liste von Elementen, erhielt aber den Typ "{type}".',
    "channel_unknown": "Objekt mit identifier={identifier} existiert nicht.",
    "event_slug_taken": "Diese Kurzform ist bereits in Verwendung, bitte wählen Sie eine andere.",
    "event_dates": "Das Ende der Veranstaltung muss nach dem Beginn der Veranstaltung liegen.",
    "event_presale": "Das Ende des Vorverkaufs muss nach dem Beginn des Vorverkaufs liegen.",
    "event_slug_fixed": "Die Kurzform einer Veranstaltung kann nicht geändert werden.",
    "page_link_unknown_title": "Dieser Link führt nirgendwohin",
    "page_link_unknown": "Der Link enthält einen Tippfehler oder wird nicht mehr verwendet.",
    "page_shop_unknown_title": "Nicht gefunden",
    "page_shop_unknown": "Unter dieser Adresse gibt es keinen Ticketshop.",
    "page_shop_closed": "Der ausgewählte Ticketshop ist derzeit nicht verfügbar.",
    "page_shop_admission": "Einlass: {moment}",
    "page_method_title": "Methode nicht erlaubt",
    "page_method": "Diese Adresse kann nur gelesen werden.",
    "page_unavailable_title": "Bitte gleich noch einmal versuchen",
    "page_unavailable": "Der Server kann gerade nicht antworten.",
    "page_internal_title": "Da ist etwas schiefgegangen",
    "page_internal": "Das liegt an uns und ist vermerkt.",
    "balance_too_large": "Das Guthaben eines Wertgutscheins kann nicht mehr als 99999999999.99 betragen.",
    "event_created_live": "Veranstaltungen können nicht als 'veröffentlicht' erstellt werden, da vorher "
    "Kontingente und Zahlungseinstellungen angelegt werden müssen.",
    "event_series_fixed": "Eine bestehende Veranstaltung kann nicht zwischen Einzelveranstaltung "
    "und Veranstaltungsreihe umgestellt werden.",
    "channel_identifier": "Dieses Feld darf nur Buchstaben, Zahlen, Punkte, Bindestriche und Unterstriche enthalten.",
}

CATALOGUES = {"en": ENGLISH, "de": {**ENGLISH, **GERMAN}}
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """A text not yet in any language: its code and what is filled in."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def spoken(self, language: str) -> str:
        return CATALOGUES[language][self.code].format_map(self.values)


def text(code: str, **values: Any) -> Text:
    return Text(code, values)


@lru_cache(maxsize=256)
def language_of(header: bytes) -> str:
    """The language for an Accept-Language header: the best that there is a catalogue for, by weight, then by order."""
    found = [tag for full in preferred(header) if (tag := full.partition("-")[0]) in CATALOGUES]
    return found[0] if found else DEFAULT


@lru_cache(maxsize=256)
def preferred(header: bytes) -> tuple[str, ...]:
    """The languages of an Accept-Language header, as they are written there, the best first."""
    wanted = []
    for part in header.decode("latin-1").lower().split(","):
        tag, _, weight = part.partition(";")
        wanted.append((_weight(weight), tag.strip()))
    return tuple(tag for weight, tag in sorted(wanted, key=lambda one: -one[0]) if weight > 0)


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    digits = value.strip().replace(".", "", 1)
    return float(value) if digits.isascii() and digits.isdigit() else 0.0
