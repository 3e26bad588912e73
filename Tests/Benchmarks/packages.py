"""Times packing, installing, verifying and removing beside the floor and other package managers.

  packages.py PLACE    CHARTER and FLOOR name the programs; UV may; ROUNDS, FILES and BIG say how much

Every program does each step once a round, in a folder that is new: ext4 is slow where much was removed a
moment ago, and that would be the measurement. Rounds are interleaved, so that a busy moment of the machine
hits all alike; what a step left behind is on the disk before the next begins. A figure is the median of the
rounds in milliseconds, a ratio the median of the ratios of the rounds.
"""
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

CHARTER, FLOOR, UV = (os.environ.get(name, "") for name in ("CHARTER", "FLOOR", "UV"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
FILES = int(os.environ.get("FILES", "1000"))
BIG = int(os.environ.get("BIG", "500"))
CANARY = pathlib.Path(__file__).parent.parent / "Canary"
STEPS = ("pack", "install", "verify", "remove")
TIERS = "--force-script-chrootless --no-triggers"


def run(*words, at=None, quiet=True, state=None):
    environment = dict(os.environ)
    if state:
        environment["XDG_STATE_HOME"] = str(state)
    done = subprocess.run(
        [str(word) for word in words], cwd=at, env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        text = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{text}")
    return done.stdout


def write_tree(place, count, big):
    """Texts of a few thousand words, or one file that compresses a little: the same ones each time."""
    dice = random.Random(1)
    place.mkdir(parents=True)
    if big:
        # Lines, since the law has an opinion about what is no text; half of each repeats.
        with open(place / "big.txt", "wb") as out:
            for _ in range(big):
                out.write(dice.randbytes(1 << 18).hex().encode() + b"-" * ((1 << 19) - 1) + b"\n")
        return
    words = [f"w{dice.randrange(4000)}" for _ in range(200_000)]
    for index in range(count):
        folder = place / f"d{index % 20:02}"
        folder.mkdir(exist_ok=True)
        start, length = dice.randrange(190_000), dice.randrange(600, 2_400)
        lines = (
            " ".join(words[start + at : start + at + 8]) for at in range(0, length, 8)
        )
        (folder / f"f{index}.txt").write_text("\n".join(lines) + "\n")


class Floor:
    name = "the floor (C)"

    def __init__(self, tree, place):
        self.tree = tree

    def prepare(self, place):
        self.file, self.live = place / "package", place / "live"

    def pack(self):
        run(FLOOR, "pack", self.tree, self.file)

    def install(self):
        run(FLOOR, "install", self.file, self.live)

    def verify(self):
        run(FLOOR, "verify", self.file, self.live)

    def remove(self):
        run(FLOOR, "remove", self.file, self.live)


class Charter:
    name = "charter package"

    def __init__(self, tree, place):
        """One root where the package is authored and one that takes it, as patterns for every round."""
        self.pattern = place / "charter"
        self.pattern.mkdir()
        state = self.pattern / "state"
        author, taker = self.pattern / "author", self.pattern / "taker"
        for root in (author, taker):
            run(CHARTER, "init", root, "--id", root.name, state=state)
        shutil.copytree(tree, author / "agents/canary/files")
        for name in ("README.md", "tests", "src", "08_commit.md"):
            source, target = CANARY / "files" / name, author / "agents/canary" / name
            if source.is_dir():
                ignored = shutil.ignore_patterns(".file_registry.csv")
                shutil.copytree(source, target, ignore=ignored)
            else:
                shutil.copy(source, target)
        for kind in ("SPEC", "PKG"):
            folder = "specs" if kind == "SPEC" else "packages"
            text = (CANARY / f"{kind}-CANARY.json").read_text().replace("VERSION", "1.0.0")
            (author / f"registries/{folder}/{kind}-CANARY.json").write_text(text)
        documents = ("registries/specs/SPEC-CANARY.json", "registries/packages/PKG-CANARY.json")
        run(CHARTER, "owner", "assign", *documents, "--package", "PKG-REGISTRIES", at=author, state=state)
        run(CHARTER, "owner", "assign", "agents/canary", "--package", "PKG-CANARY", at=author, state=state)
        run(CHARTER, "registry", "compile", "--accept", at=author, state=state)
        listed = run(CHARTER, "package", "signer", "list", "--json", at=author, state=state)
        key = json.loads(listed)["builder_key"]
        run(CHARTER, "package", "signer", "add", key, at=author, state=state)
        run(CHARTER, "package", "signer", "add", key, at=taker, state=state)

    def prepare(self, place):
        for name in ("author", "taker", "state"):
            run("cp", "-a", self.pattern / name, place / name)
        self.place, self.state = place, place / "state"

    def call(self, root, *words):
        run(CHARTER, *words, at=self.place / root, state=self.state)

    def pack(self):
        self.call("author", "package", "pack", "PKG-CANARY", "--output", "../dist")

    def install(self):
        self.call("taker", "package", "install", "../dist/canary-1.0.0.tar.zst")

    def verify(self):
        self.call("taker", "integrity", "installed", "PKG-CANARY")

    def remove(self):
        self.call("taker", "package", "uninstall", "PKG-CANARY")


class Dpkg:
    name = "dpkg-deb, dpkg"

    def __init__(self, tree, place):
        self.tree = place / "deb"
        (self.tree / "DEBIAN").mkdir(parents=True)
        shutil.copytree(tree, self.tree / "opt/bench")
        (self.tree / "DEBIAN/control").write_text(
            "Package: bench\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: x\n"
        )
        sums = subprocess.run(
            "find opt -type f -print0 | xargs -0 md5sum", shell=True, cwd=self.tree, check=True,
            stdout=subprocess.PIPE,
        )
        (self.tree / "DEBIAN/md5sums").write_bytes(sums.stdout)

    def prepare(self, place):
        self.file, self.root = place / "p.deb", place / "root"
        for name in ("info", "updates"):
            (self.root / "var/lib/dpkg" / name).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()

    def dpkg(self, *words):
        run("dpkg", f"--root={self.root}", *TIERS.split(), *words)

    def pack(self):
        run("dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "-b", self.tree, self.file)

    def install(self):
        self.dpkg("-i", self.file)

    def verify(self):
        self.dpkg("--verify", "bench")

    def remove(self):
        self.dpkg("-P", "bench")


class Tar:
    name = "tar | zstd, sync, mv"

    def __init__(self, tree, place):
        self.tree = tree

    def prepare(self, place):
        self.place = place

    def shell(self, text):
        run("bash", "-euo", "pipefail", "-c", text, at=self.place)

    def pack(self):
        self.shell(f"tar -C '{self.tree}' -cf - . | zstd -q -3 -o p.tzst && sync -d p.tzst")

    def install(self):
        self.shell("mkdir st && tar -C st --zstd -xf p.tzst && sync -f st && mv st live && sync -f .")

    def remove(self):
        self.shell("mv live trash && rm -rf trash")


class Wheel:
    """Built once, since pip has no builder of its own; installed without being made durable."""

    def __init__(self, tree, place):
        self.source = place / self.folder
        package = self.source / "benchpk"
        shutil.copytree(tree, package)
        (package / "__init__.py").touch()
        (self.source / "pyproject.toml").write_text(
            '[project]\nname = "benchpk"\nversion = "1"\n[build-system]\nrequires = ["uv_build"]\n'
            'build-backend = "uv_build"\n[tool.uv.build-backend]\nmodule-root = ""\n'
        )
        run(UV, "build", "-q", "--wheel", "-o", self.source / "out", self.source)

    @property
    def wheel(self):
        return next((self.source / "out").glob("*.whl"))


class Uv(Wheel):
    name, folder = "uv wheel, not durable", "uv"

    def prepare(self, place):
        self.place = place
        run(UV, "venv", "-q", place / "v")
        os.environ.pop("VIRTUAL_ENV", None)

    def uv(self, *words):
        run(UV, "pip", words[0], "-q", "--offline", "--python", self.place / "v", *words[1:])

    def pack(self):
        run(UV, "build", "-q", "--offline", "--wheel", "-o", self.place / "o", self.source)

    def install(self):
        self.uv("install", "--no-deps", "--no-cache", "--link-mode", "copy", self.wheel)

    def remove(self):
        self.uv("uninstall", "benchpk")


class Pip(Wheel):
    name, folder = "pip wheel, not durable", "pip"

    def prepare(self, place):
        run(sys.executable, "-m", "venv", place / "v")
        self.pip_program = place / "v/bin/pip"

    def pip(self, *words):
        run(self.pip_program, words[0], "-q", "--disable-pip-version-check", *words[1:])

    def install(self):
        self.pip("install", "--no-index", "--no-deps", "--no-compile", self.wheel)

    def remove(self):
        self.pip("uninstall", "-y", "benchpk")


def settle(place):
    run("sync", "--file-system", place)


def measure(title, tree, place, classes, rounds):
    """Interleaved rounds, then a table."""
    competitors = []
    for one in classes:
        home = place / f"pattern-{one.__name__}"
        home.mkdir()
        competitors.append(one(tree, home))
    folders = place / "rounds"
    folders.mkdir()
    # Each child of such a folder goes to another part of the disk.
    subprocess.run(["chattr", "+T", folders], stderr=subprocess.DEVNULL)
    figures = {one.name: {step: [] for step in STEPS} for one in competitors}
    for index in range(rounds):
        for one in competitors:
            if sys.stderr.isatty():
                print(f"\r\033[K{title}: round {index + 1} of {rounds}, {one.name}", end="", file=sys.stderr)
            home = folders / f"{type(one).__name__}{index}"
            home.mkdir()
            one.prepare(home)
            for step in STEPS:
                if not hasattr(one, step):
                    continue
                settle(place)
                start = time.perf_counter()
                getattr(one, step)()
                figures[one.name][step].append((time.perf_counter() - start) * 1000)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    report(title, figures)
    shutil.rmtree(folders)


def report(title, figures):
    floor = figures[Floor.name]
    print(f"\n{title}")
    print(f"{'':26}" + "".join(f"{step:>18}" for step in STEPS))
    for name, steps in figures.items():
        cells = ""
        for step in STEPS:
            if not steps[step]:
                cells += f"{'-':>18}"
                continue
            ratio = statistics.median(a / b for a, b in zip(steps[step], floor[step]))
            cells += f"{statistics.median(steps[step]):>9.0f} ms {ratio:>5.2f}x"
        print(f"{name:26}{cells}")


def main():
    place = pathlib.Path(sys.argv[1])
    place.mkdir(parents=True)
    others = [Dpkg, Tar]
    if os.access(UV, os.X_OK):
        others += [Uv, Pip]
    else:
        print("uv is not here; make setup-bench installs it", file=sys.stderr)
    write_tree(place / "small", FILES, 0)
    size = sum(file.stat().st_size for file in (place / "small").rglob("*") if file.is_file())
    small = place / "s"
    small.mkdir()
    measure(
        f"{FILES:,} files of {size / 1e6:.1f} MB; x: as many times the floor",
        place / "small", small, [Floor, Charter] + others, ROUNDS,
    )
    if BIG:
        write_tree(place / "big", 0, BIG)
        big = place / "b"
        big.mkdir()
        measure(
            f"one file of {BIG} MB", place / "big", big, [Floor, Charter] + others, max(1, ROUNDS // 3)
        )


main()
