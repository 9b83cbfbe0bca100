"""Builds the site: `python -m website`. Whatever MkDocs warns of is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from website.addresses import loaded_from_elsewhere
from website.course import write_course
from website.gallery import write_gallery
from website.pages import ROOT, copy_pages
from website.reference import write_reference

BUILT = ROOT / "build"
PAGES, SITE, WORK = BUILT / "pages", BUILT / "site", BUILT / "work"
CONFIGURATION = ROOT / "website" / "mkdocs.yml"


def main() -> int:
    """Exit status: 0, or 1 where MkDocs finds fault or a page loads something from elsewhere."""
    for folder in (PAGES, SITE, WORK):
        shutil.rmtree(folder, ignore_errors=True)
    copy_pages(PAGES)
    write_reference(PAGES)
    shutil.copytree(ROOT / "scenarios", WORK / "scenarios")
    write_gallery(PAGES, WORK)
    write_course(PAGES, WORK)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file",
                            str(CONFIGURATION)], check=False, env=environment)
    if built.returncode:
        return 1
    elsewhere = loaded_from_elsewhere(SITE)
    for page, address in elsewhere:
        print(f"{page}: loads {address}", file=sys.stderr)
    print(f"site: {(SITE / 'index.html').relative_to(ROOT)}")
    return int(bool(elsewhere))


if __name__ == "__main__":
    sys.exit(main())
