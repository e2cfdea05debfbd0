"""Addresses. Everything above this floor is named by string."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.module_loading import import_string
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from hrdocs.lists.looks import looks_of

ENDPOINTS = {
    "cases": "cases.api.CaseViewSet",
    "incidents": "cases.api.IncidentViewSet",
    "places": "cases.api.PlaceViewSet",
    "facilities": "cases.api.FacilityViewSet",
    "perpetrators": "cases.api.PerpetratorViewSet",
    "victims": "cases.api.VictimViewSet",
    "harms": "cases.api.HarmViewSet",
    "operations": "cases.api.OperationViewSet",
    "affiliations": "cases.api.AffiliationViewSet",
    "official-acts": "cases.api.OfficialActViewSet",
    "statements": "cases.api.StatementViewSet",
    "estimates": "cases.api.EstimateViewSet",
    "allegations": "cases.api.AllegationViewSet",
    "characterisations": "cases.api.CharacterisationViewSet",
    "responses": "cases.api.ResponseViewSet",
    "citations": "cases.api.CitationViewSet",
    "figures": "cases.api.FigureViewSet",
    "parties": "sources.api.PartyViewSet",
    "publishers": "sources.api.PublisherViewSet",
    "sources": "sources.api.SourceViewSet",
    "vocabularies": "hrdocs.vocabularies.TermViewSet",
}

# The page of a record for readers, by the beginning of its uid; other kinds have none of their own.
PAGES = {
    "CAS": "pages:case", "INC": "pages:incident", "FAC": "pages:facility", "PLC": "pages:place", "VIC": "pages:victim",
    "PTY": "pages:party", "SRC": "pages:source", "ACT": "pages:official-act",
    **dict.fromkeys(("EST", "ALL", "CHR", "RSP", "CIT"), "pages:statement"),
}  # fmt: skip

# How lists are shown besides as tables.
LOOKS = {"entries": "hrdocs.lists.pages.entries", "map": "cases.looks.on_a_map.page", "timeline": "cases.looks.in_time.page"}


class Addresses(DefaultRouter):
    """The addresses of records. The root names that of their changes too, which is one page and has no records."""

    def get_api_root_view(self, api_urls: Any = None) -> Any:
        named = super().get_api_root_view(api_urls).initkwargs["api_root_dict"]
        return self.APIRootView.as_view(api_root_dict={**named, "changes": "changes-list"})


router = Addresses()
router.include_format_suffixes = False
for name, viewset in ENDPOINTS.items():
    router.register(name, import_string(viewset), basename=name)
router.register("exports", import_string("hrdocs.taken.ManifestViewSet"), basename="exports")
router.register("releases", import_string("hrdocs.taken.ReleaseViewSet"), basename="releases")

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}hrdocs/icon.svg")),  # asked for beside plain JSON
    path("", import_string("hrdocs.pages.start"), name="start"),
    path("", include("hrdocs.door.urls")),
    path("join/", import_string("hrdocs.joining_pages.ask"), name="join"),
    path("join/<str:key>/", import_string("hrdocs.joining_pages.accept_invitation"), name="accept"),
    path("account/tokens/", import_string("hrdocs.token_pages.tokens"), name="tokens"),
    path("account/tokens/<int:pk>/revoke/", import_string("hrdocs.token_pages.revoke_own"), name="revoke-token"),
    path("account/searches/", import_string("hrdocs.search_pages.saved"), name="searches"),
    path("account/searches/<int:pk>/", import_string("hrdocs.search_pages.change"), name="change-search"),
    path("account/files/", import_string("hrdocs.making_files.pages.files"), name="files"),
    path("account/files/<int:pk>/", import_string("hrdocs.making_files.pages.change"), name="change-file"),
    path("account/files/<int:pk>/download/", import_string("hrdocs.making_files.pages.download"), name="download-file"),
    path("i18n/setlang/", import_string("hrdocs.languages.choose"), name="set_language"),
    path("admin/understood/", admin.site.admin_view(import_string("hrdocs.admin.echo.understood")), name="understood"),
    path("admin/unsaved/", admin.site.admin_view(import_string("hrdocs.admin.unsaved.keep")), name="unsaved"),
    path("admin/unsaved/discard/", admin.site.admin_view(import_string("hrdocs.admin.unsaved.discard")), name="unsaved-discard"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/changes/", import_string("hrdocs.following.ChangeViewSet").as_view({"get": "list"}), name="changes-list"),
    path("api/v1/", include(router.urls)),
    path("explore/", import_string("hrdocs.lists.explorer.explore"), name="explore"),
    path("explore/entries/", import_string("hrdocs.lists.explorer.explore"), name="explore-entries"),
    path("explore/table/", import_string("hrdocs.lists.explorer.as_tables"), name="explore-table"),
    path("explore/map/", import_string("cases.looks.everything.on_a_map"), name="explore-map"),
    path("explore/points/", import_string("cases.looks.everything.points"), name="explore-points"),
    path("explore/timeline/", import_string("cases.looks.everything.in_time"), name="explore-timeline"),
    path("lists/", import_string("hrdocs.lists.pages.lists"), name="lists"),
    *(path(f"{name}/", import_string("hrdocs.lists.pages.records")(name), name=f"records-{name}") for name in ENDPOINTS),
    *(path(f"{name}/file/", import_string("hrdocs.lists.pages.taken")(name), name=f"taken-{name}") for name in ENDPOINTS),
    *(
        path(f"{name}/{look.name}/", import_string(LOOKS[look.name])(name), name=look.route(name))
        for name, viewset in ENDPOINTS.items()
        for look in looks_of(import_string(viewset).shape)
        if look.name
    ),
    *(
        path(f"{name}/points/", import_string("cases.looks.on_a_map.points")(name), name=f"points-{name}")
        for name, viewset in ENDPOINTS.items()
        if import_string(viewset).shape.point
    ),
    path("map/ground.geojson", import_string("cases.looks.on_a_map.ground"), name="ground"),
    path("releases/", import_string("hrdocs.release_pages.releases"), name="releases"),
    path("releases/<int:number>/", import_string("hrdocs.release_pages.release"), name="release"),
    path("custody/", include("sources.pages")),
    path("sources/<str:uid>/copies/<str:sha256>/", import_string("sources.evidence.pages.kept_copy"), name="kept-copy"),
    path("", include("cases.pages.urls")),
]

handler404 = "hrdocs.nowhere.nothing_here"
