"""Addresses of the pages for readers."""

from django.urls import path

from cases.pages.case import case, cases
from cases.pages.facility import facilities, facility
from cases.pages.incident import incident
from cases.pages.perpetrator import party
from cases.pages.source import source
from cases.pages.statement import statement

app_name = "pages"
urlpatterns = [
    path("cases/", cases, name="cases"),
    path("cases/<str:uid>/", case, name="case"),
    path("facilities/", facilities, name="facilities"),
    path("facilities/<str:uid>/", facility, name="facility"),
    path("parties/<str:uid>/", party, name="party"),
    path("statements/<str:uid>/", statement, name="statement"),
    path("incidents/<str:uid>/", incident, name="incident"),
    path("sources/<str:uid>/", source, name="source"),
]
