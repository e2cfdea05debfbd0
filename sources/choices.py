"""Closed lists of the sources floor: those that code branches on. Lists that people curate are Terms."""

from django.db.models import TextChoices


class PartyKind(TextChoices):
    STATE = "state", "State"
    STATE_ORGAN = "state_organ", "Organ of state"
    ARMED_FORCES = "armed_forces", "Armed forces unit"
    POLICE = "police", "Police or security service"
    INTELLIGENCE = "intelligence", "Intelligence service"
    PARAMILITARY = "paramilitary", "Paramilitary or pro-government militia"
    ARMED_GROUP = "armed_group", "Non-state armed group"
    FOREIGN_FORCE = "foreign_force", "Foreign force"
    PRIVATE_SECURITY = "private_security", "Private military or security company"
    INTERGOVERNMENTAL = "intergovernmental", "Intergovernmental body"
    NGO = "ngo", "Non-governmental organisation"
    COURT = "court", "Court or tribunal"
    NEWS_AGENCY = "news_agency", "News agency"
    MEDIA = "media", "News outlet or other medium"
    ACADEMIC = "academic", "University or research institute"
    POLITICAL_PARTY = "political_party", "Political party or movement"
    COMPANY = "company", "Company"
    PERSON = "person", "Named person"
    CROWD = "crowd", "Crowd"
    UNKNOWN = "unknown", "Unknown, as described"


class Gender(TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class SourceKind(TextChoices):
    """CSL item types, and what human-rights work has besides."""

    REPORT = "report", "Report"
    BRIEFING = "speech", "Speech or briefing"
    NEWS = "article-newspaper", "News article"
    MAGAZINE = "article-magazine", "Magazine article"
    JOURNAL = "article-journal", "Journal article"
    WEBPAGE = "webpage", "Web page"
    POST = "post", "Social media post"
    BOOK = "book", "Book"
    CHAPTER = "chapter", "Chapter"
    BROADCAST = "broadcast", "Broadcast"
    VIDEO = "motion_picture", "Video"
    IMAGE = "graphic", "Photograph or image"
    SATELLITE = "satellite_image", "Satellite image"
    MAP = "map", "Map"
    DATASET = "dataset", "Data set"
    INTERVIEW = "interview", "Interview"
    TESTIMONY = "testimony", "Testimony or affidavit"
    STATEMENT = "statement", "Public statement or press release"
    LEGAL_CASE = "legal_case", "Judgment or decision"
    HEARING = "hearing", "Hearing"
    LEGISLATION = "legislation", "Legislation"
    REGISTER = "register", "Official register or record"
    MANUSCRIPT = "manuscript", "Manuscript"
    CORRESPONDENCE = "personal_communication", "Letter or message"
    DOCUMENT = "document", "Other document"


class PublisherRole(TextChoices):
    PUBLISHES = "publishes", "Publishes"
    CARRIES = "carries", "Carries"
    REPUBLISHES = "republishes", "Republishes"


class AuthorRole(TextChoices):
    AUTHOR = "author", "Author"
    SPEAKER = "speaker", "Speaker"
    EDITOR = "editor", "Editor"
    TRANSLATOR = "translator", "Translator"


class Access(TextChoices):
    PUBLIC = "public", "Public"
    ARCHIVED = "archived", "Only in an archive"
    CLOSED = "closed", "Closed (by payment or subscription)"
    PRIVATE = "private", "Private"


class Obtained(TextChoices):
    PUBLISHED = "published", "Published"
    LEAKED = "leaked", "Leaked"
    REQUESTED = "requested", "Requested"
    GIVEN = "given", "Given to us"
    CAPTURED = "captured", "Seized or found"


class Reliability(TextChoices):
    """Admiralty grading of a source. F means that it can't be judged, not that it is the worst."""

    A = "A", "A: completely reliable"
    B = "B", "B: usually reliable"
    C = "C", "C: fairly reliable"
    D = "D", "D: not usually reliable"
    E = "E", "E: unreliable"
    F = "F", "F: can't be judged"


class ReadAs(TextChoices):
    """How far we read it ourselves."""

    FULL = "full_text", "Full text"
    EXCERPT = "excerpt", "Excerpt"
    ABSTRACT = "abstract", "Abstract"
    QUOTED = "as_quoted", "Only as quoted elsewhere"
    NOT_READ = "not_read", "Not read"


class DrawsHow(TextChoices):
    """How one text uses another. "Claims to confirm" is a finding of its own, not a copy."""

    QUOTES = "quotes", "Quotes"
    PARAPHRASES = "paraphrases", "Paraphrases"
    TRANSLATES = "translates", "Translates"
    REPUBLISHES = "republishes", "Republishes"
    SUMMARISES = "summarises", "Summarises"
    COMPILED = "compiled_from", "Compiled from"
    CONFIRMS = "claims_to_confirm", "Claims to confirm"
    CITES = "cites", "Cites"


class CustodyKind(TextChoices):
    COLLECTED = "collected", "Collected"
    HASHED = "hashed", "Hashed"
    VERIFIED = "verified_hash", "Hash verified"
    DAMAGED = "damaged", "Found missing or changed"
    STAMPED = "stamped", "Time-stamped"
    ASSESSED = "assessed", "Looked through"
    OPENED = "opened", "Opened to readers from outside"
    CLOSED = "closed", "Closed to readers from outside"
    COPIED = "copied", "Copied"
    TRANSFERRED = "transferred", "Transferred"
    ACCESSED = "accessed", "Accessed"
    REDACTED = "redacted_copy", "Redacted copy made"
    EXPORTED = "exported", "Exported"
    SEALED = "sealed", "Sealed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Assessed(TextChoices):
    """An answer to a question that somebody may not have asked yet; for the public, not assessed counts as yes."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_ASSESSED = "not_assessed", "Not assessed"


class ConsentScope(TextChoices):
    NONE = "none", "None: internal use only"
    PARTNERS = "partners", "Named partners"
    COURTS = "courts", "Courts and inquiries"
    PUBLIC_ANONYMOUS = "public_anonymous", "Public, without name"
    PUBLIC_NAMED = "public_named", "Public, with name"


class ConsentKind(TextChoices):
    GIVEN = "given", "Given"
    CHANGED = "changed", "Changed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class LocatorKind(TextChoices):
    PAGE = "page", "Page"
    REGION = "region", "Region of a page"
    PARAGRAPH = "paragraph", "Paragraph"
    SECTION = "section", "Section or chapter"
    TIME = "time", "Time code"
    CELL = "cell", "Cell of a table"
    FRAGMENT = "fragment", "Passage found by its words"
    WHOLE = "whole", "The whole text"
