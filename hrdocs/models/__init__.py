from hrdocs.models.decisions import (
    Assignment,
    Comment,
    Notice,
    NoticeKind,
    ProposedChange,
    ProposedChangeStatus,
    ReviewDecision,
    SetAside,
    Trial,
    on,
    reviewed_model,
)
from hrdocs.models.door import DoorEvent, DoorEventKind, DoorStep, SecondFactor
from hrdocs.models.erasures import Erasure, ErasureGround
from hrdocs.models.joining import AccessRequest, Answer, Invitation
from hrdocs.models.made_files import MadeFile, Making
from hrdocs.models.manifests import Manifest
from hrdocs.models.merges import Match, MatchVerdict, Merge, Redirect
from hrdocs.models.news import Change, News
from hrdocs.models.people import Grant, Team, User
from hrdocs.models.record import Guarded, Identifier, Name, NameKind, Part, Record, StaleVersion, Term, Vocabulary
from hrdocs.models.releases import Release
from hrdocs.models.risks import RiskNote
from hrdocs.models.seals import Seal, SealedRow, Tombstone
from hrdocs.models.searches import SavedSearch
from hrdocs.models.tallies import Tally
from hrdocs.models.tokens import ApiToken, Scope
from hrdocs.models.told import Told
from hrdocs.models.unsaved import Unsaved

__all__ = [
    "AccessRequest",
    "Answer",
    "ApiToken",
    "Assignment",
    "Change",
    "Comment",
    "DoorEvent",
    "DoorEventKind",
    "DoorStep",
    "Erasure",
    "ErasureGround",
    "Grant",
    "Guarded",
    "Identifier",
    "Invitation",
    "MadeFile",
    "Making",
    "Manifest",
    "Match",
    "MatchVerdict",
    "Merge",
    "Name",
    "NameKind",
    "News",
    "Notice",
    "NoticeKind",
    "Part",
    "ProposedChange",
    "ProposedChangeStatus",
    "Record",
    "Redirect",
    "Release",
    "ReviewDecision",
    "RiskNote",
    "SavedSearch",
    "Scope",
    "Seal",
    "SealedRow",
    "SecondFactor",
    "SetAside",
    "StaleVersion",
    "Tally",
    "Team",
    "Term",
    "Told",
    "Tombstone",
    "Trial",
    "Unsaved",
    "User",
    "Vocabulary",
    "on",
    "reviewed_model",
]
