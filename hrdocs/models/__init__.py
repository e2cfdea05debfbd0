from hrdocs.models.decisions import (
    Assignment,
    Comment,
    Match,
    MatchVerdict,
    Notice,
    NoticeKind,
    ProposedChange,
    ProposedChangeStatus,
    Redirect,
    ReviewDecision,
    SetAside,
)
from hrdocs.models.people import Grant, Team, User
from hrdocs.models.record import Identifier, Name, NameKind, Part, Record, StaleVersion, Term, Vocabulary
from hrdocs.models.seals import Seal, SealedRow, Tombstone
from hrdocs.models.unsaved import Unsaved

__all__ = [
    "Assignment",
    "Comment",
    "Grant",
    "Identifier",
    "Match",
    "MatchVerdict",
    "Notice",
    "NoticeKind",
    "Name",
    "NameKind",
    "Part",
    "ProposedChange",
    "ProposedChangeStatus",
    "Record",
    "Redirect",
    "ReviewDecision",
    "Seal",
    "SealedRow",
    "SetAside",
    "StaleVersion",
    "Team",
    "Term",
    "Tombstone",
    "Unsaved",
    "User",
    "Vocabulary",
]
