"""Addresses of the pages for readers."""

from django.urls import path

from cases.pages.case import case
from cases.pages.facility import facility
from cases.pages.incident import incident
from cases.pages.official_act import official_act
from cases.pages.perpetrator import party
from cases.pages.place import place
from cases.pages.source import source
from cases.pages.statement import statement
from cases.pages.victim import victim

app_name = "pages"
urlpatterns = [
    path("cases/<str:uid>/", case, name="case"),
    path("facilities/<str:uid>/", facility, name="facility"),
    path("parties/<str:uid>/", party, name="party"),
    path("statements/<str:uid>/", statement, name="statement"),
    path("incidents/<str:uid>/", incident, name="incident"),
    path("places/<str:uid>/", place, name="place"),
    path("victims/<str:uid>/", victim, name="victim"),
    path("official-acts/<str:uid>/", official_act, name="official-act"),
    path("sources/<str:uid>/", source, name="source"),
]
