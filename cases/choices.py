"""Closed lists of the cases floor: those that code branches on. Lists that people curate are Terms."""

from django.db.models import TextChoices


class Language(TextChoices):
    EN = "en", "English"
    AR = "ar", "Arabic"


class PlaceLevel(TextChoices):
    COUNTRY = "country", "Country"
    REGION = "region", "Region, governorate (first level)"
    DISTRICT = "district", "District (second level)"
    SETTLEMENT = "settlement", "Settlement"
    AREA = "area", "Area"
    SITE = "site", "Site"
    SEA = "sea", "Sea"


class PlacePrecision(TextChoices):
    EXACT = "exact", "Exact"
    VICINITY = "vicinity", "Vicinity, up to 1 km"
    SETTLEMENT = "settlement", "Settlement"
    DISTRICT = "district", "District"
    REGION = "region", "Region"
    COUNTRY = "country", "Country"


class PlaceShown(TextChoices):
    """How much of the place readers outside may see."""

    EXACT = "exact", "As it is"
    SETTLEMENT = "settlement", "Settlement"
    DISTRICT = "district", "District"
    REGION = "region", "Region"
    COUNTRY = "country", "Country"


class DateShown(TextChoices):
    """How much of the date readers outside may see."""

    DAY = "day", "As it is"
    MONTH = "month", "Month"
    YEAR = "year", "Year"


# From what shows least: of a place nothing where nobody decided, of a date all.
LEAST_PLACE = ("", *reversed(PlaceShown.values))
LEAST_DATE = (*reversed(DateShown.values), "")


class DateMeaning(TextChoices):
    """What a span says: true on every day of it, or on some day in it."""

    EVERY_DAY = "every_day", "On every day of it"
    SOME_DAY = "some_day", "On some day in it"


class Extent(TextChoices):
    """What an incident stands for; counts and maps never mix the three."""

    EVENT = "event", "One event"
    AGGREGATE = "aggregate", "Many events told together"
    PATTERN = "pattern", "A pattern or practice"


class IncidentPlaceRole(TextChoices):
    ORIGIN = "origin", "Origin"
    DESTINATION = "destination", "Destination"
    LAUNCHED_FROM = "launched_from", "Launched from"
    TARGET = "intended_target", "Intended target"
    FURTHER = "further", "Further place"


class IncidentFacilityRole(TextChoices):
    SITE = "site", "Where it happened"
    TARGET = "target", "What was attacked"
    ORIGIN = "origin", "Where people were taken from"
    DESTINATION = "destination", "Where people were taken to"


class PresenceRole(TextChoices):
    """Parties present without being accused of anything."""

    FOUGHT = "fought", "Fought"
    TARGET = "intended_target", "Intended target"
    PRESENT = "present", "Present"
    RESCUED = "rescued", "Rescued or recorded"


class IncidentLinkKind(TextChoices):
    PART_OF = "part_of", "Is part of"
    REPEATS = "repeats", "Repeats"
    LEADS_TO = "leads_to", "Leads to"


class Standing(TextChoices):
    """Whether something exists or happened; set by a conclusion alone."""

    ALLEGED = "alleged", "Alleged"
    ESTABLISHED = "established", "Established"
    DISPUTED = "disputed", "Disputed"
    REFUTED = "refuted", "Refuted"


class OperationRole(TextChoices):
    RUNS = "runs", "Runs"
    GUARDS = "guards", "Guards"
    BASED_AT = "based_at", "Is based at"
    AREA = "area_of_operations", "Operates in"


class AffiliationKind(TextChoices):
    MEMBER = "member_of", "Member of"
    COMMANDS = "commands", "Commands"
    DEPUTY = "deputy_of", "Deputy of"
    SUBORDINATE = "subordinate_to", "Subordinate to"
    PART = "part_of", "Part of"
    ATTACHED = "attached_to", "Attached to (operational control)"
    SUPPORTS = "supports", "Supports"
    SUCCESSOR = "successor_of", "Successor of"
    SAME = "same_as", "Possibly the same as"


class AffiliationClass(TextChoices):
    COMMAND = "command", "Command"
    ADMINISTRATIVE = "administrative", "Administrative"
    MEMBERSHIP = "membership", "Membership"


class EndKnown(TextChoices):
    """Whether a start or end is known, or only the first or last day on which a source speaks of it."""

    KNOWN = "known", "Known"
    CITED = "cited", "Only first or last cited"


class VictimKind(TextChoices):
    PERSON = "person", "Person"
    GROUP = "group", "Group, as described"
    ORGANISATION = "organisation", "Organisation"


class Sex(TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    MIXED = "mixed", "Female and male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class AgeBand(TextChoices):
    INFANT = "infant", "Infant"
    CHILD = "child", "Child"
    ADULT = "adult", "Adult"
    OLDER = "older", "Older person"
    UNKNOWN = "unknown", "Unknown"


class CivilStatus(TextChoices):
    """What people are at the time, as a source says."""

    CIVILIAN = "civilian", "Civilian"
    COMBATANT = "combatant", "Combatant"
    HORS_DE_COMBAT = "hors_de_combat", "Hors de combat"
    DETAINEE = "detainee", "Detainee or prisoner"
    PRISONER_OF_WAR = "prisoner_of_war", "Prisoner of war"
    MEDICAL = "medical", "Medical personnel"
    JOURNALIST = "journalist", "Journalist"
    AID_WORKER = "aid_worker", "Aid worker"
    OFFICIAL = "official", "Official"
    MIXED = "mixed", "Civilians and combatants"
    UNKNOWN = "unknown", "Unknown"


class YesNo(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    DENIED = "denied", "Denied by the authorities"
    UNKNOWN = "unknown", "Unknown"


class Autopsy(TextChoices):
    PROFESSIONAL = "professional", "Professional"
    INFORMAL = "informal", "Informal"
    NONE = "none", "None"
    UNKNOWN = "unknown", "Unknown"


class Certificate(TextChoices):
    AVAILABLE = "available", "Available"
    SEEN = "seen", "Seen by a reliable witness"
    UNAVAILABLE = "unavailable", "Exists, unavailable"
    NONE = "none", "None"
    UNKNOWN = "unknown", "Unknown"


class OfficialActKind(TextChoices):
    COMPLAINT = "complaint", "Complaint lodged"
    WARRANT = "warrant", "Warrant"
    ARREST_ORDER = "arrest_order", "Arrest order"
    RELEASE_ORDER = "release_order", "Release order"
    CHARGE = "charge", "Charge or indictment"
    HEARING = "hearing", "Hearing"
    JUDGMENT = "judgment", "Judgment"
    SENTENCE = "sentence", "Sentence"
    SANCTION = "sanction", "Sanction or designation"
    DELISTING = "delisting", "Delisting"
    AMNESTY = "amnesty", "Amnesty or pardon"
    OPINION = "opinion", "Opinion or views"
    INQUIRY = "inquiry", "Inquiry"


class ConcernedRole(TextChoices):
    APPLICANT = "applicant", "Applicant"
    RESPONDENT = "respondent", "Respondent"
    COUNSEL = "counsel", "Counsel"
    DEFENDANT = "defendant", "Defendant"
    SUSPECT = "suspect", "Suspect"
    DESIGNATED = "designated", "Designated"
    CIVIL_PARTY = "civil_party", "Civil party"
    OBJECT = "object", "Object of the act"


class StatementKind(TextChoices):
    ESTIMATE = "estimate", "Estimate"
    ALLEGATION = "allegation", "Allegation"
    CHARACTERISATION = "characterisation", "Characterisation"
    RESPONSE = "response", "Response"
    CITATION = "citation", "Citation"


class TextPart(TextChoices):
    HEADLINE = "headline", "Headline"
    LEAD = "lead", "Lead or summary"
    BODY = "body", "Body"
    CAPTION = "caption", "Caption"
    TABLE = "table", "Table"
    FOOTNOTE = "footnote", "Footnote"
    GRAPHIC = "graphic", "Graphic"


class Connection(TextChoices):
    """The speaker's connection to what is told (HURIDOCS MT19)."""

    PARTICIPANT = "participant", "Participant or perpetrator"
    VICTIM = "victim", "Victim"
    EYEWITNESS = "eyewitness", "Eyewitness"
    RELATIVE = "relative", "Relative"
    OFFICIAL = "official", "Official speaking for a body"
    RECORD_KEEPER = "record_keeper", "Official record keeper"
    EXPERT = "expert", "Expert analyst"
    INVESTIGATOR = "investigator", "Investigator who took first-hand testimony"
    RELAYED = "relayed", "Relayed (third party)"
    UNKNOWN = "unknown", "Unknown"


class Basis(TextChoices):
    INVESTIGATION = "own_investigation", "Own investigation"
    TESTIMONY = "testimony", "Testimony"
    DOCUMENT = "document", "Document"
    IMAGERY = "imagery", "Imagery"
    INTELLIGENCE = "intelligence", "Intelligence"
    STATISTICS = "statistics", "Statistics"
    OTHER_REPORT = "other_report", "Another report"
    PRESS = "press", "Press"
    UNNAMED = "unnamed", "Unnamed sources"


class Proof(TextChoices):
    """Standards of proof, from the weakest to the strongest."""

    SUSPICION = "reasonable_suspicion", "Reasonable suspicion"
    GROUNDS = "reasonable_grounds", "Reasonable grounds to believe"
    BALANCE = "balance_of_probabilities", "Balance of probabilities"
    CLEAR = "clear_and_convincing", "Clear and convincing evidence"
    BEYOND_DOUBT = "beyond_reasonable_doubt", "Beyond reasonable doubt"


class Certainty(TextChoices):
    FACT = "fact", "Stated as fact"
    ESTIMATE = "estimate", "Estimate"
    BELIEF = "belief", "Belief"
    POSSIBILITY = "possibility", "Possibility"
    REPORTED = "report_of_others", "Report of others"
    CONDITIONAL = "conditional", "Conditional"
    DOUBT = "doubt", "Doubt"


class Credibility(TextChoices):
    """Admiralty grading of a piece of information. 6 means that it can't be judged, not that it is the worst."""

    CONFIRMED = "1", "1: confirmed by another, independent origin"
    PROBABLE = "2", "2: probably true"
    POSSIBLE = "3", "3: possibly true"
    DOUBTFUL = "4", "4: doubtful"
    IMPROBABLE = "5", "5: improbable"
    UNJUDGED = "6", "6: can't be judged"


class AboutKnown(TextChoices):
    STATED = "stated", "Stated"
    CONTEXT = "context", "From the context"
    OURS = "ours", "Our reading"


class LowerWording(TextChoices):
    AT_LEAST = "at_least", "At least"
    MORE_THAN = "more_than", "More than"
    BETWEEN = "between", "Between, from"


class BestWording(TextChoices):
    EXACTLY = "exactly", "Exactly"
    ABOUT = "about", "About"
    NEARLY = "nearly", "Nearly"


class UpperWording(TextChoices):
    UP_TO = "up_to", "Up to"
    AS_MANY_AS = "as_many_as", "As many as"
    FEWER_THAN = "fewer_than", "Fewer than"
    BETWEEN = "between", "Between, to"


class Bound(TextChoices):
    LOWER = "lower", "Lower"
    BEST = "best", "Best"
    UPPER = "upper", "Upper"


class IntervalKind(TextChoices):
    SOURCES = "source_range", "Sources disagree"
    ASSUMPTIONS = "assumption_range", "Low and high assumptions"
    EXPERTS = "expert_range", "Range of experts"
    CONFIDENCE = "confidence_interval", "Confidence interval"
    CREDIBLE = "credible_interval", "Credible interval"
    ROUNDING = "rounding", "Rounding"
    UNKNOWN = "unknown", "Unknown"


class Measure(TextChoices):
    """What kind of number it is; numbers of different measures are never compared."""

    TOTAL = "total", "Total in the period"
    CUMULATIVE = "cumulative", "Cumulative, as of a date"
    NEW = "new", "New since the last report"
    STOCK = "stock", "Stock at a date"
    RATE = "rate", "Rate"
    CAPACITY = "capacity", "Capacity"
    SHARE = "share", "Share"


class PerTime(TextChoices):
    HOUR = "hour", "an hour"
    DAY = "day", "a day"
    WEEK = "week", "a week"
    FORTNIGHT = "fortnight", "a fortnight"
    MONTH = "month", "a month"
    YEAR = "year", "a year"
    SESSION = "session", "a session"


class MeanKind(TextChoices):
    MEAN = "mean", "Mean"
    MOVING = "moving_average", "Moving average"


class CaseState(TextChoices):
    """State of the cases that a number counts, where it counts cases."""

    PENDING = "pending", "Pending"
    UPHELD = "upheld", "Upheld"
    REJECTED = "rejected", "Rejected"
    UNDETERMINED = "undetermined", "Undetermined"
    CLOSED = "closed", "Closed"


class RelationKind(TextChoices):
    """How two figures stand to one another. No relation means unknown, and is never summed."""

    INCLUDES = "includes", "Includes"
    DISJOINT = "disjoint", "Is disjoint from (stated)"
    OVERLAPS = "overlaps", "Overlaps"
    UPDATES = "updates", "Updates"
    CORRECTS = "corrects", "Corrects"
    WITHDRAWS = "withdraws", "Withdraws"
    CONTRADICTS = "contradicts", "Contradicts"
    ALTERNATIVE = "alternative", "Is an alternative to (other assumptions)"
    MAY_COMBINE = "may_combine", "May combine, as one range, a category of its own with that of"


class Mode(TextChoices):
    """Mode of responsibility that is alleged (after Rome Statute arts. 25 and 28, and practice)."""

    CARRIED_OUT = "carried_out", "Carried out"
    CO_PERPETRATED = "co_perpetrated", "Co-perpetrated"
    ORDERED = "ordered", "Ordered"
    PLANNED = "planned", "Planned"
    INDUCED = "induced", "Solicited or induced"
    AIDED = "aided", "Aided or abetted"
    COMMON_PURPOSE = "common_purpose", "Contributed to a common purpose"
    INCITED = "incited", "Incited"
    COMMANDER = "commander_failed", "Commander who failed to prevent or punish"
    SUPERIOR = "superior_failed", "Superior who failed to prevent or punish"
    FINANCED = "financed", "Financed"
    ARMED = "armed", "Armed or supplied"
    BACKED = "backed", "Backed politically"
    SHELTERED = "sheltered", "Hosted or sheltered"
    COVERED_UP = "covered_up", "Covered up"
    ACQUIESCED = "acquiesced", "Acquiesced or passively looked away"
    UNSPECIFIED = "unspecified", "Not specified"


# Never shown as perpetration: standards of the field tell taking part from support and acquiescence.
SUPPORT = (Mode.FINANCED, Mode.ARMED, Mode.BACKED, Mode.SHELTERED, Mode.COVERED_UP, Mode.ACQUIESCED)


class Joined(TextChoices):
    """How several accused, or several modes, stand to one another in one accusation."""

    TOGETHER = "together", "All of them"
    ALTERNATIVES = "alternatives", "One or another of them"


class Polarity(TextChoices):
    IS = "is", "Is"
    MAY_BE = "may_be", "May be"
    IS_NOT = "is_not", "Is not"


class LegalStage(TextChoices):
    ALLEGED = "alleged", "Alleged"
    INVESTIGATED = "investigated", "Investigated"
    CHARGED = "charged", "Charged"
    TRIED = "tried", "Tried"
    CONVICTED = "convicted", "Convicted"
    ACQUITTED = "acquitted", "Acquitted"
    DROPPED = "dropped", "Dropped"


class ResponseKind(TextChoices):
    DENIAL = "denial", "Denial"
    PARTIAL = "partial_acknowledgement", "Partial acknowledgement"
    ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement"
    CLARIFICATION = "clarification", "Clarification"
    CORRECTION = "correction", "Correction"
    RETRACTION = "retraction", "Retraction"
    INQUIRY = "promise_of_inquiry", "Promise of inquiry"
    ASSESSMENT = "assessment", "Assessment of its own"
    UNABLE = "unable_to_verify", "Unable to verify"
    CORROBORATION = "corroboration", "Corroboration"
    JUSTIFICATION = "justification", "Justification"
    DISPUTE = "dispute", "Dispute"
    REFUSAL = "refusal_to_disclose", "Refusal to disclose"
    NO_COMMENT = "no_comment", "No comment"
    NO_REPLY = "no_reply", "No reply"


class Stance(TextChoices):
    SUPPORTS = "supports", "Supports"
    CONTRADICTS = "contradicts", "Contradicts"
    MENTIONS = "mentions", "Mentions"


class ConclusionKind(TextChoices):
    FIGURE = "figure", "Adopted figure"
    PROOF = "proof", "Standard of proof reached"
    STANDING = "standing", "Standing"


class GroundRole(TextChoices):
    RESTS_ON = "rests_on", "Rests on it"
    SET_ASIDE = "set_aside", "Set aside"


# Pure headings of the tree of acts: "released" and "detained" both stand under liberty, and are no family.
HEADINGS = ("liberty",)
