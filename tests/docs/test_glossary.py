"""Words that the glossary replaced do not come back; `python tests/support/old_words.py` counts those that are left."""

from __future__ import annotations

import re

import pytest
from doc_pages import DOCS
from old_words import OLD_WORDS, PLAIN_MEANINGS, OldWord, left_in_names, left_in_texts, public_names


@pytest.mark.parametrize("word", OLD_WORDS, ids=[word.old for word in OLD_WORDS])
def test_an_old_word_is_in_no_public_name_help_or_page(word: OldWord) -> None:
    assert left_in_names(word) + left_in_texts(word) == [], f"the word is {word.new}"


def test_names_of_plain_meaning_are_there() -> None:
    assert {f"{where}: {name}" for name, where in public_names()} >= PLAIN_MEANINGS


def test_the_search_finds_a_word_that_is_there() -> None:
    """Else a slip in a pattern would pass for a word that is gone."""
    assert left_in_names(OldWord("errors", "", r"^SynthvisError$")) == ["synthvis/errors.py: SynthvisError"]
    assert "docs/reference/cli.md" in left_in_texts(OldWord("usage", "", "", r"Usage: synthvis"))


def test_a_term_is_explained_once_and_in_a_sentence_fragment() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (DOCS / "glossary.md").read_text(), flags=re.MULTILINE)
    terms = [term for term, _ in rows if term not in ("term", "---")]
    assert len(terms) > 40
    assert len(set(terms)) == len(terms)
    assert all(not meaning.rstrip().endswith(".") for term, meaning in rows if term in terms)
