"""What the template of a report needs to set two languages side by side."""

from django import template

from cases.reports import parts

register = template.Library()
register.filter(parts.sides)
