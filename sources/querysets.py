"""Questions that the sources floor answers, as queryset methods that chain."""

from django.db.models import Exists, OuterRef

from hrdocs.access import VisibleQuerySet


class PartyQuerySet(VisibleQuerySet):
    def publishing(self, user: object) -> "PartyQuerySet":
        """Parties that publish, carry or republish a source which `user` may see."""
        from sources.models import SourcePublisher

        shown = SourcePublisher.objects.visible_to(user).filter(party=OuterRef("pk"))
        return self.filter(Exists(shown))


class PublisherQuerySet(PartyQuerySet):
    """A publisher is whoever a visible source makes one: a role, not a table."""

    def visible_to(self, user: object) -> "PublisherQuerySet":
        return super().visible_to(user).publishing(user)
