from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HrdocsConfig(AppConfig):
    name = "hrdocs"
    verbose_name = _("Records and people")

    def ready(self) -> None:
        from hrdocs import checks  # noqa: F401 - registers itself
        from hrdocs.wording import translate_model_texts

        translate_model_texts()
