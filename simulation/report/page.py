"""The page: one HTML file with its style and its pictures inside, which asks for nothing anywhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from simulation.errors import ResultsError
from simulation.report import record
from simulation.report.sections import remarks_of, sections_of
from simulation.report.source import Subject
from simulation.study.manifest import RECORD

PAGE = Path(__file__).parent / "page"
TEMPLATE = "report.html.j2"


def page_of(subject: Subject) -> str:
    """The report on a folder as the text of an HTML file; every text in it is escaped.

    Raises `ResultsError` if the folder is damaged.
    """
    environment = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    try:
        return environment.get_template(TEMPLATE).render(
            title=title_of(subject), kind=subject.kind, folder=subject.path.resolve().name, manifest=subject.manifest,
            remarks=remarks_of(subject), sections=sections_of(subject))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, UndefinedError) as error:
        raise ResultsError(f"{subject.path}: the manifest and the tables are not those of {subject.kind}"
                           f" ({type(error).__name__}: {' '.join(str(error).split())})") from None


def title_of(subject: Subject) -> str:
    """What stands above the page: the study's title, else the scenario's, else the name of the results; of a study of
    the record what was done with which powers and years."""
    if subject.kind == RECORD:
        return record.title(subject)
    study = subject.manifest.get("study")
    title = study.get("title") if isinstance(study, dict) else ""
    titles = [title, *(" · ".join(dict.fromkeys(own.title for own in subject.scenarios if own.title)),)]
    return next(filter(None, titles), str(subject.manifest.get("name", subject.path.name)))
