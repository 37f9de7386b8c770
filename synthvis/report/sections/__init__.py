"""The sections of a page: one builder each, and its template of the same name below templates/sections/."""
