from sources.models.captures import Capture, CustodyEvent
from sources.models.informants import ConsentEvent, Informant
from sources.models.parties import Party, PartyIdentifier, PartyName, Publisher
from sources.models.sources import Relay, Source, SourceAuthor, SourceIdentifier, SourcePublisher

__all__ = [
    "Capture",
    "ConsentEvent",
    "CustodyEvent",
    "Informant",
    "Party",
    "PartyIdentifier",
    "PartyName",
    "Publisher",
    "Relay",
    "Source",
    "SourceAuthor",
    "SourceIdentifier",
    "SourcePublisher",
]
