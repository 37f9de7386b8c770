"""The table of formats says what the registry says."""

from __future__ import annotations

from doc_pages import DOCS

from synthvis.data.contents import Content
from synthvis.data.formats.registry import all_formats


def test_the_table_is_that_of_the_registry() -> None:
    lines = (DOCS / "reference" / "formats.md").read_text().splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    names = [cell.strip("`") for cell in table[0][1:]]
    writable = {name: one for name, one in all_formats().items() if one.can_write}
    assert set(names) == set(writable)
    held = {row[0]: dict(zip(names, row[1:], strict=True)) for row in table[1:]}
    assert held.keys() == {content.value for content in Content}
    for content in Content:
        for name in names:
            assert held[content.value][name] == ("yes" if content in writable[name].holds else "-"), (content, name)
