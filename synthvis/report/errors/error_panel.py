"""What a section of worst errors shows, whatever the task."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ErrorGroup", "ErrorPanel", "ErrorPicture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPicture:
    """An error as a picture.

    Attributes:
        uri: Data URI of the image or a crop of it; None where its file is not there.
        caption: What is wrong.
        source: Which image it is of.
        overlay_svg: Boxes and points over the picture; empty without.
        ground_truth_uri: Data URI of the map that the picture should have given, to stand beside it.
    """

    uri: str | None
    caption: str
    source: str
    overlay_svg: str = ""
    ground_truth_uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """Errors of one kind under a title."""

    title: str
    pictures: tuple[ErrorPicture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPanel:
    """The worst errors on one set.

    Attributes:
        about: Which errors these are, in sentences.
        groups: The errors.
        nothing: The sentence that stands in their place where there are none.
        has_boxes: Whether boxes are drawn, so that their colours are explained.
        is_wide: Whether pictures are whole scenes, which need more room than a crop.
    """

    about: str
    groups: tuple[ErrorGroup, ...]
    nothing: str
    has_boxes: bool = False
    is_wide: bool = False

    @classmethod
    def of_one_kind(cls, title: str, pictures: tuple[ErrorPicture, ...], *, about: str, nothing: str) -> ErrorPanel:
        """A panel of a single group, which is left out where it is empty."""
        groups = (ErrorGroup(title=title, pictures=pictures),) if pictures else ()
        return cls(about=about, groups=groups, nothing=nothing)
