"""What the house files promise about versions and dependencies."""

import re
import tomllib
from pathlib import Path

import yaml

from tests.lower_bounds import lowest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9a-z.]*)"
                 r"( ; (sys_platform|python_full_version|implementation_name|platform_python_implementation) .+)?")


def pins():
    """Name and version of every line of the constraints."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = {line: PIN.fullmatch(line) for line in lines if not line.startswith("#")}
    assert [line for line, match in matches.items() if match is None] == []
    return {match["name"]: match["version"] for match in matches.values()}


def required():
    """Names of the distributions that an installation with tests and the site asks for, the build tool among them."""
    extras = PROJECT["optional-dependencies"]
    entries = [*PROJECT["dependencies"], *extras["test"], *extras["docs"]]
    return {re.match(r"[A-Za-z0-9-]+", entry)[0].lower() for entry in entries}


def test_every_requirement_is_pinned_by_name_and_version_alone():
    assert required() - pins().keys() == set()


def test_every_library_of_the_program_has_a_lower_bound_that_the_pin_keeps():
    bounds = [line.split("==") for line in lowest() if "==" in line]
    assert len(bounds) >= len(PROJECT["dependencies"])
    numbers = {name: [int(part) for part in re.findall(r"\d+", version)] for name, version in pins().items()}
    for name, version in bounds:
        assert [int(part) for part in version.split(".")] <= numbers[re.sub(r"\[.*", "", name)], name


def test_citation_and_package_agree_on_version_and_licence():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]


def test_the_changelog_opens_with_the_unreleased_version_and_its_results():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    assert sections[1].startswith("[Unreleased]")
    assert "### Results" in sections[1]
