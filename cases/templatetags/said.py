"""Figures, speakers and accusations, as templates say them."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from cases.difference import Severity
from cases.lettering import reads_leftwards
from cases.pages import wording

register = template.Library()

register.filter("figure_words", wording.figure_words)
register.filter("who_says", wording.who_says)
register.filter("voice", wording.voice)
register.filter("spoken", wording.spoken)
register.filter("publishers", wording.publishers)
register.filter("accused_of", wording.accused_of)
register.filter("is_support", wording.is_support)
register.filter("may_be_support", wording.may_be_support)

_SIGNS = {Severity.NONE: "○", Severity.WORDING: "◔", Severity.MATERIAL: "◑", Severity.REVERSES: "●"}


@register.filter
def sign(severity: Severity) -> str:
    """A sign for how grave a change is, so that colour is not needed to tell."""
    return _SIGNS[severity]


@register.filter
def severity_word(severity: Severity) -> str:
    """The same in a word."""
    return {
        Severity.NONE: gettext("left out"),
        Severity.WORDING: gettext("wording"),
        Severity.MATERIAL: gettext("material"),
        Severity.REVERSES: gettext("reverses the meaning"),
    }[severity]


@register.filter
def get(mapping: dict, key: str) -> object:
    """The entry of a mapping under a key that a variable holds."""
    return mapping.get(key)


@register.filter
def is_web(address: str) -> bool:
    """Whether an address can be a link: nothing but http and https is one."""
    return str(address or "").startswith(("https://", "http://"))


@register.simple_tag
def q(words: str) -> str:
    """The words of a source in the quotation marks of their script, unless they bring their own."""
    words = str(words)
    if any(mark in words for mark in '“”«»"'):
        return format_html('<q dir="auto">{}</q>', words)
    return format_html('<q dir="auto">{}</q>', f"«{words}»" if reads_leftwards(words) else f"“{words}”")
