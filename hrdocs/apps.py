from django.apps import AppConfig


class HrdocsConfig(AppConfig):
    name = "hrdocs"
    verbose_name = "Records and people"

    def ready(self) -> None:
        from hrdocs import checks  # noqa: F401 - registers itself
        from hrdocs.wording import translate_model_texts

        translate_model_texts()
