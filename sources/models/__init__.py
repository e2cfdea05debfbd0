from sources.models.captures import Capture, CustodyEvent, PageFetch, Redaction
from sources.models.custody import CustodianKey, Identity, Opening
from sources.models.informants import ConsentEvent, Informant
from sources.models.parties import Party, PartyIdentifier, PartyName, Publisher
from sources.models.sources import Relay, Source, SourceAuthor, SourceIdentifier, SourcePublisher

__all__ = [
    "Capture",
    "ConsentEvent",
    "CustodianKey",
    "CustodyEvent",
    "Identity",
    "Informant",
    "Opening",
    "PageFetch",
    "Party",
    "PartyIdentifier",
    "PartyName",
    "Publisher",
    "Redaction",
    "Relay",
    "Source",
    "SourceAuthor",
    "SourceIdentifier",
    "SourcePublisher",
]
