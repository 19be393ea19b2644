"""The sentences of a surface by their keys, and those of the engine, in one language."""

from pathlib import Path

from dimderiv.explain import sentences_in
from dimderiv.surfaces.translation.said import translated


class Wording:
    """What says sentences.

    Args:
        folder: with one data file a language, all with the same keys.
        language: `"en"` or `"zh"`.
    """

    def __init__(self, folder: Path, language: str = "en") -> None:
        self.language = language
        self.sentences = sentences_in(folder, language)

    def told(self, sentence: str) -> str:
        """A sentence of the engine, as of an error.

        Args:
            sentence: in English.
        """
        return translated(sentence, self.language)

    def said(self, key: str, **fields: str | int) -> str:
        """A sentence of the folder.

        Args:
            key: which.
            fields: what stands in it.
        """
        return self.sentences[key].format(**fields)
