"""The admin's menu, in the order in which an analyst thinks."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from hrdocs.access import is_staff_reader
from hrdocs.joining import waiting
from hrdocs.models import User

_GROUPS = (
    (_("What happened"), (
        ("cases_case", _("Cases"), "folder_open"), ("cases_incident", _("Incidents"), "event"),
        ("cases_facility", _("Facilities"), "domain"), ("cases_place", _("Places"), "place"),
        ("cases_victim", _("Victims"), "person"), ("cases_harm", _("Harms"), "healing"),
    )),
    (_("Who says so"), (
        ("sources_source", _("Sources"), "description"), ("cases_estimate", _("Estimates"), "tag"),
        ("cases_allegation", _("Allegations"), "campaign"), ("cases_response", _("Responses"), "reply"),
        ("cases_characterisation", _("Characterisations"), "gavel"), ("cases_citation", _("Citations"), "format_quote"),
    )),
    (_("Who"), (
        ("sources_party", _("Parties"), "groups"), ("cases_operation", _("Operations"), "badge"),
        ("cases_affiliation", _("Affiliations"), "account_tree"), ("cases_officialact", _("Official acts"), "account_balance"),
        ("sources_informant", _("Informants"), "record_voice_over"),
    )),
    (_("What we conclude"), (
        ("cases_conclusion", _("Conclusions"), "task_alt"), ("hrdocs_reviewdecision", _("Review decisions"), "rule"),
        ("hrdocs_notice", _("Notices"), "notifications"), ("hrdocs_match", _("Possible duplicates"), "join_inner"),
    )),
    (_("House"), (
        ("hrdocs_term", _("Vocabularies"), "menu_book"), ("cases_upload", _("Bring in sheets"), "upload_file"),
        ("cases_import", _("Imports"), "input"), ("cases_dataset", _("Data sets of others"), "dataset"),
        ("hrdocs_user", _("Accounts"), "manage_accounts"), ("hrdocs_team", _("Teams"), "diversity_3"),
        ("hrdocs_grant", _("Grants"), "key"), ("hrdocs_accessrequest", _("Requests for access"), "how_to_reg"),
        ("hrdocs_invitation", _("Invitations"), "mail"), ("hrdocs_apitoken", _("API tokens"), "vpn_key"),
        ("hrdocs_doorevent", _("The door"), "door_front"), ("hrdocs_release", _("Releases"), "inventory_2"),
        ("hrdocs_manifest", _("Files taken"), "download"), ("procrastinate_procrastinatejob", _("Jobs"), "engineering"),
        ("hrdocs_madefile", _("Files being made"), "hourglass"),
    )),
)  # fmt: skip


def _works_on_records(request: HttpRequest) -> bool:
    return is_staff_reader(request.user)


ENTERING = {"title": _("Enter what a source says"), "icon": "post_add", "permission": _works_on_records,
            "link": reverse_lazy("admin:cases_statement_entering")}  # fmt: skip


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of links, each link only for those who may open it."""
    groups = [{"title": title, "separator": True, "items": [_item(request, *link) for link in links]} for title, links in _GROUPS]
    return [{"items": [ENTERING]}, *groups]


def _item(request: HttpRequest, name: str, title: Any, icon: str) -> dict[str, Any]:
    app, _, model = name.partition("_")

    def allowed(request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.has_perm(f"{app}.view_{model}")

    badge = {"badge": str(number)} if name == "hrdocs_accessrequest" and allowed(request) and (number := waiting()) else {}
    return {**badge, "title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}_changelist"), "permission": allowed}
