# SPDX-License-Identifier: Apache-2.0
"""Our binary and the newest restic, in turn, on the same input: medians and ratios of wall time, CPU time and peak memory.

    run [--runs 3] [--rows first,small,…] [--output results.md]

Both programs get the same arguments; each has a cache directory of its own. A row passes when no median is above restic's.
"""

import argparse
import os
import pathlib
import platform
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import data

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))) / "velero-swift"
RESTIC = [str(CACHE / "restic-newest/restic")]
OURS = [str(ROOT / ".build-release/release/velero"), "restic"]
PROGRAMS = {"ours": OURS, "restic": RESTIC}


class Measured:
    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def run(command, environment, cwd=None):
    """Wall and CPU seconds and peak resident MiB of one process, from the kernel's own accounting."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{output.read().decode(errors='replace')}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs, self.rows = work, runs, []
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(work), "TZ": "UTC", "RESTIC_PASSWORD": "benchmark",
            "AWS_ACCESS_KEY_ID": "AKIABENCH" + secrets.token_hex(8).upper(), "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
        }

    def environment_of(self, name):
        return self.environment | {"RESTIC_CACHE_DIR": str(self.work / f"cache-{name}")}

    def row(self, title, arguments, *, prepare=None, cleanup=None, cwd=None):
        """Runs `arguments(name, run)` of both programs in turn; `prepare` and `cleanup` are not timed."""
        results = {name: [] for name in PROGRAMS}
        for number in range(self.runs + 1):
            for name, program in PROGRAMS.items():
                if prepare:
                    prepare(name, number)
                os.sync()
                measured = run(program + arguments(name, number), self.environment_of(name), cwd)
                if number > 0:  # the first pair warms file caches
                    results[name].append(measured)
                if cleanup:
                    cleanup(name, number)
        self.rows.append((title, results))
        print(self.line(title, results), flush=True)

    @staticmethod
    def line(title, results):
        cells = [title]
        for figure, form in (("wall", "{:.2f}"), ("cpu", "{:.2f}"), ("peak", "{:.0f}")):
            ours, theirs = (statistics.median(getattr(run, figure) for run in results[name]) for name in ("ours", "restic"))
            cells += [form.format(ours), form.format(theirs), f"{ours / theirs:.2f}"]
        return "| " + " | ".join(cells) + " |"

    def new_repository(self, path, name):
        """A fresh repository, the same for both programs: how costly the password is to check varies from one `init` to the next."""
        template = self.work / "template"
        if not template.exists():
            subprocess.run(RESTIC + ["-r", str(template), "init"], env=self.environment_of("restic"), check=True, capture_output=True)
        shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.environment_of(name)["RESTIC_CACHE_DIR"], ignore_errors=True)
        shutil.copytree(template, path)

    def local(self, label, source):
        """First backup, unchanged second run, restore."""
        repositories = {}

        def fresh(name, number):
            repositories[name] = str(self.work / f"repository-{name}")
            self.new_repository(repositories[name], name)

        target = lambda name: str(self.work / f"restored-{name}")
        clear = lambda name, _: shutil.rmtree(target(name), ignore_errors=True)
        self.row(f"first backup, {label}", lambda name, _: ["-r", repositories[name], "backup", "."], prepare=fresh, cwd=source)
        self.row(f"unchanged second backup, {label}", lambda name, _: ["-r", repositories[name], "backup", "."], cwd=source)
        self.row(f"restore, {label}", lambda name, _: ["-r", repositories[name], "restore", "latest", "--target", target(name)],
                 prepare=clear, cleanup=clear)
        for name in PROGRAMS:
            shutil.rmtree(repositories[name])

    def s3(self, label, source):
        store = self.work / "objects"
        # Made before the server starts: it remembers directories and would not see what others put into them.
        for name in PROGRAMS:
            for number in range(self.runs + 1):
                self.new_repository(store / f"{name}-{number}" / "prefix", name)
        log = open(self.work / "s3.log", "w+")
        keys = f'"{self.environment["AWS_ACCESS_KEY_ID"]},{self.environment["AWS_SECRET_ACCESS_KEY"]}"'  # a list of quoted pairs
        server = subprocess.Popen(
            [str(CACHE / "venv/bin/rclone"), "serve", "s3", "--addr", "127.0.0.1:0", "--vfs-cache-mode", "off", str(store)],
            env=os.environ | {"RCLONE_AUTH_KEY": keys, "RCLONE_CONFIG": "/dev/null"}, stdout=log, stderr=log)
        try:
            endpoint = None
            for _ in range(200):
                found = re.search(r"\[(http://127\.0\.0\.1:\d+)", open(log.name).read())
                if found:
                    endpoint = found.group(1)
                    break
                time.sleep(0.05)
            if endpoint is None:
                sys.exit("the S3 server did not start")
            repositories = {}

            def fresh(name, number):
                if name in repositories:
                    shutil.rmtree(store / f"{name}-{number - 1}")
                repositories[name] = f"s3:{endpoint}/{name}-{number}/prefix"
                shutil.rmtree(self.environment_of(name)["RESTIC_CACHE_DIR"], ignore_errors=True)

            target = lambda name: str(self.work / f"restored-{name}")
            clear = lambda name, _: shutil.rmtree(target(name), ignore_errors=True)
            self.row(f"first backup to S3, {label}", lambda name, _: ["-r", repositories[name], "backup", "."], prepare=fresh, cwd=source)
            self.row(f"unchanged second backup to S3, {label}", lambda name, _: ["-r", repositories[name], "backup", "."], cwd=source)
            self.row(f"restore from S3, {label}", lambda name, _: ["-r", repositories[name], "restore", "latest", "--target", target(name)],
                     prepare=clear, cleanup=clear)
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(store)

    def opening(self, blobs):
        """A backup of one small file: what it takes to open a big repository, with the index cached and without."""
        source = self.work / "one-file"
        source.mkdir()
        (source / "file").write_bytes(b"small\n")
        repositories = {}
        for name in PROGRAMS:
            repositories[name] = str(self.work / f"big-{name}")
        data.big_repository(repositories["restic"], RESTIC[0], self.environment_of("restic"), blobs)
        shutil.copytree(repositories["restic"], repositories["ours"])
        count = f"{blobs // 1_000_000} million blobs" if blobs >= 1_000_000 else f"{blobs:,} blobs"
        backup = lambda name, _: ["-r", repositories[name], "backup", "--force", "."]
        self.row(f"open {count}, warm cache", backup, cwd=source)
        self.row(f"open {count}, no cache", lambda name, number: backup(name, number) + ["--no-cache"], cwd=source)
        for path in repositories.values():
            shutil.rmtree(path)


def machine():
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read()).group(1)) >> 20
    system = re.search(r'PRETTY_NAME="(.*)"', open("/etc/os-release").read())
    return (f"{os.cpu_count()} cores of {model.group(1) if model else platform.processor()}, {memory} GiB of memory, "
            f"{system.group(1) if system else platform.system()}, Linux {platform.release().split('-')[0]}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3, help="counted runs of each program, after one that is not counted")
    options.add_argument("--rows", default="random,text,small,s3,s3small,open", help="which groups of rows to run")
    options.add_argument("--scale", type=float, default=1, help="shrinks the input, for a quick look")
    options.add_argument("--output", default=str(ROOT / "benchmarks/results.md"))
    arguments = options.parse_args()
    groups = arguments.rows.split(",")
    work = pathlib.Path(tempfile.mkdtemp(prefix="velero-bench-"))
    try:
        bench = Bench(work, arguments.runs)
        mebibytes, files = int(1024 * arguments.scale), int(50_000 * arguments.scale)
        sources = {}
        for group, label, make in (
            ("random", f"{mebibytes} MiB random file", lambda path: data.random_file(path / "random.bin", mebibytes)),
            ("text", f"{mebibytes} MiB text file", lambda path: data.text_file(path / "text.log", mebibytes)),
            ("small", f"{files:,} small files", lambda path: data.small_files(path, files)),
        ):
            if not {group, {"random": "s3", "small": "s3small"}.get(group)} & set(groups):
                continue
            path = work / f"source-{group}"
            path.mkdir()
            make(path)
            sources[group] = (label, path)
        header = ("| | ours, wall s | restic | ratio | ours, CPU s | restic | ratio | ours, peak MiB | restic | ratio |\n"
                  "|---|---|---|---|---|---|---|---|---|---|")
        print(header)
        for group in ("random", "text", "small"):
            if group in groups:
                bench.local(*sources[group])
        for group, source in (("s3", "random"), ("s3small", "small")):
            if group in groups:
                bench.s3(*sources[source])
        if "open" in groups:
            bench.opening(int(2_000_000 * arguments.scale) // 50_000 * 50_000 or 50_000)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    version = subprocess.run(RESTIC + ["version"], capture_output=True, text=True).stdout.split()[1]
    text = [
        "# Comparison with restic", "",
        f"Medians of {arguments.runs} runs of each program in turn after one that is not counted, restic {version}, local repository on",
        f"the same disk unless S3 (`rclone serve s3` on loopback). {machine()}.", "",
        header, *(bench.line(*row) for row in bench.rows), "",
        "Made by `make bench`. Ratios below 1 are better than restic; they carry over to other machines better than seconds.", "",
    ]
    pathlib.Path(arguments.output).write_text("\n".join(text))


if __name__ == "__main__":
    main()
