"""docs/cluster.md: its three commands, run as they stand but for a free port; what else it says is checked by name."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.commands import command_line
from tests.end_to_end.test_cluster import ENVIRONMENT, ended

pytest.importorskip("distributed")
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
COMMANDS = re.search(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL).group(1).splitlines()


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_the_commands_work(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    port = free_port()
    scheduler, worker, sweep = (shlex.split(command.replace("8786", port)) for command in COMMANDS)
    assert [scheduler[:2], worker[:2], sweep[:2]] == [["dask", "scheduler"], ["dask", "worker"],
                                                      ["asymmetric-alliances", "sweep"]]
    running = []
    try:
        for words in (scheduler, worker):
            module = f"distributed.cli.dask_{words[1]}"
            running.append(subprocess.Popen([sys.executable, "-m", module, *words[2:], "--no-dashboard"],
                                            env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True))
        from distributed import Client

        with Client(f"tcp://127.0.0.1:{port}", timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        with pytest.raises(SystemExit) as left:
            command_line.main(sweep[1:])
        assert left.value.code == 0, capsys.readouterr().err
    finally:
        for process in reversed(running):
            ended(process)
    assert Path("results/cluster/runs.csv").is_file()


def test_every_file_that_is_linked_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert links and [link for link in links if not (ROOT / "docs" / link).exists()] == []
