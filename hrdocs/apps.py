from django.apps import AppConfig


class HrdocsConfig(AppConfig):
    name = "hrdocs"
    verbose_name = "Records and people"

    def ready(self) -> None:
        from hrdocs.wording import translate_model_texts

        translate_model_texts()
