"""Words after a command that typer finds unfit: told as every other refusal is, and nothing is begun.

Older releases of typer do not say what they found; their own words are told then.
"""

from __future__ import annotations

import importlib.util
import json

import pytest

from tests.statuses import ROOT, status_of

pytestmark = pytest.mark.skipif(importlib.util.find_spec("typer._coercion") is None, reason="typer is older than 0.29")
STYLISED = ROOT / "scenarios" / "stylised.yaml"


@pytest.mark.parametrize(("words", "line"), [
    (("run", STYLISED, "--seed", "abc"), "--seed: not a whole number; found 'abc'; allowed: a whole number"),
    (("sweep", STYLISED, "--seed", "x"), "--seed: not a whole number; found 'x'; allowed: a whole number"),
    (("sweep", STYLISED, "-j", 0), "--jobs: out of range; found '0'; allowed: 1 or more"),
    (("sweep", STYLISED, "-j", "1.5"), "--jobs: not a whole number; found '1.5'; allowed: 1 or more"),
    (("decompose", STYLISED, "--replications", 2), "--replications: out of range; found '2'; allowed: 5 to 1000000"),
    (("explore", STYLISED, "--port", 70_000), "--port: out of range; found 70000; allowed: 0 to 65535"),
    (("figures", "swept", "--font-size", "big"), "--font-size: not a number; found 'big'; allowed: a number"),
    (("record", "fit", "--data", "x.csv", "--form", "structral"),
     "--form: unknown value; found 'structral'; allowed: additive, structural; did you mean structural?"),
    (("run", STYLISED, "--yers", 3), "no such option: --yers; did you mean --years?"),
    (("run",), "missing argument 'SCENARIO'"),
])
def test_an_unfit_value_is_told_with_what_was_found_and_what_is_allowed(words, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert status_of(*words) == 2
    assert capsys.readouterr().err == f"error: {line}\n"
    assert not list(tmp_path.iterdir())


def test_a_script_is_told_what_was_unfit(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert status_of("sweep", STYLISED, "-j", 0, "--json") == 2
    told = json.loads(capsys.readouterr().out)["error"]
    assert (told["status"], told["file"], told["found"], told["allowed"]) == (2, "--jobs", "'0'", "1 or more")
