"""The rooms of the code and who may enter: layers, the pure and the shell, sizes, state, the top level.

Each rule is a function from a package folder to a list of faults, so that the rules are tested on small bad
packages too. A module that is not written yet is no fault; a module that this table does not know is one.
"""

from __future__ import annotations

import ast
import graphlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# --- The table -------------------------------------------------------------------------------------------

LAYERS = {
    name: layer
    for layer, names in enumerate(
        (
            "__init__",
            # Values and words that know nothing of each other.
            "models memory parts stamps stored ticks codes characters text urls budgets timer yamllines",
            "request manifest pages problems scalars yamlfaults typography marks places sanitise engine parallel",
            "features decoding entries sheets",
            # Reading: YAML and Markdown, then fields, then whole files.
            "settings yamltext phrases slips cache postings signals",
            "reading shortway finish bulk walk",
            "kinds ledger pymarkdown",
            "fields dialect related",
            "markup tables frontmatter",
            "making",
            "config matter",
            "datafiles schema starter",
            "content",
            # The site and its pages.
            "site",
            "trails links lists doubts relations",
            "metadata feeds",
            "catalogue",
            "outline",
            "indexes sitemaps",
            "plan lastplan",
            "fresh",
            # Publishing.
            "templatefaults explain journal refusal replan",
            "output",
            "render",
            "press",
            "publish",
            "amend",
            "build",
            # The preview, from the browser's side to the loop that drives it.
            "ahead watching hosting preview_page",
            "preview_app preview_builds",
            "preview_words",
            "serve advice check terminal merge",
            "cli",
            "__main__",
        )
    )
    for name in names.split()
}
"""A module imports from lower layers only."""

SAME_LAYER: frozenset[tuple[str, str]] = frozenset()
"""The (importer, imported) pairs that may break that rule. Each wants a reason beside it."""

SHELL = frozenset(
    """advice ahead amend build cache check cli content datafiles engine hosting journal merge output parallel
    preview_app preview_builds preview_page press publish refusal replan serve starter terminal timer walk
    watching""".split()
)
"""May touch files, clock, network and processes."""

READERS = frozenset({"render", "request"})
"""May name folders and read the files of the theme, and touch nothing else."""

TERMINAL = frozenset({"cli", "terminal", "__main__"})
"""May print, ask and set the exit status."""

MARKUP = "render"
"""The one module that may call a text safe."""

DATA = frozenset({"theme", "preview"})
"""Folders of an installed package that hold the files of a site, and no modules."""

LINES_IN_A_MODULE = 400
LINES_IN_A_FUNCTION = 40

TOP_LEVEL = frozenset(
    {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "benchmarks",
        "content",
        "digest",
        "output",
        "pyproject.toml",
        "requirements.lock",
        "templates",
        "tests",
    }
)
"""What the repository shows first. Names that start with a dot may be added."""

# A dotted name stands for itself and for everything below it.

READING = frozenset(
    """builtins.open importlib.resources io.open jinja2.FileSystemLoader jinja2.PackageLoader
    jinja2.loaders.FileSystemLoader jinja2.loaders.PackageLoader pathlib.Path pkgutil""".split()
)
TOUCHING = frozenset(
    """_thread aiofiles asyncio ctypes datetime.date.today datetime.datetime.now datetime.datetime.today
    datetime.datetime.utcnow fcntl fileinput ftplib getpass glob http.client http.server httpx io.FileIO
    linecache locale mmap os pathlib.PosixPath pathlib.WindowsPath platform pty random requests resource
    secrets select selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl starlette
    subprocess tempfile time urllib.request uuid.uuid1 uuid.uuid4 uvicorn watchdog webbrowser""".split()
)
SHOWING = frozenset(
    """builtins.SystemExit builtins.breakpoint builtins.exit builtins.input builtins.print builtins.quit
    click curses logging readline rich sys.exit sys.stderr sys.stdin sys.stdout""".split()
)
READING_METHODS = frozenset({"iterdir", "read_bytes", "read_text", "rglob"})
TOUCHING_METHODS = frozenset(
    """hardlink_to lchmod mkdir rmdir symlink_to touch unlink utcnow write_bytes write_text""".split()
)

CONTAINERS = frozenset(
    """builtins.bytearray builtins.dict builtins.list builtins.set collections.ChainMap collections.Counter
    collections.OrderedDict collections.defaultdict collections.deque weakref.WeakKeyDictionary
    weakref.WeakSet weakref.WeakValueDictionary""".split()
)
MUTATING_METHODS = frozenset(
    """add append appendleft clear difference_update discard extend extendleft insert intersection_update pop
    popitem popleft remove reverse setdefault sort symmetric_difference_update update""".split()
)

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
UNESCAPED = re.compile(r"\|\s*safe\b|\bfilter\s+safe\b|\bautoescape\s+false\b")

# --- Reading a package -------------------------------------------------------------------------------------

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module as its text says it, never imported: a bad one must not run to be found."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def origins(self) -> dict[str, str]:
        """What each imported name stands for, wherever in the module it is imported."""
        found = {}
        for part in ast.walk(self.tree):
            if isinstance(part, ast.Import):
                for alias in part.names:
                    first = alias.name.partition(".")[0]
                    found[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(part, ast.ImportFrom):
                for alias in part.names:
                    found[alias.asname or alias.name] = f"{from_what(part)}.{alias.name}"
        return found

    def dotted(self, part: ast.expr) -> str:
        """The full dotted name that an expression reads, or nothing when it is no plain name."""
        if isinstance(part, ast.Name):
            return self.origins.get(part.id, f"builtins.{part.id}")
        if isinstance(part, ast.Attribute) and (base := self.dotted(part.value)):
            return f"{base}.{part.attr}"
        return ""

    @cached_property
    def names(self) -> tuple[tuple[int, str], ...]:
        """Each full name the module imports or reads, with its line."""
        found = []
        for part in ast.walk(self.tree):
            if isinstance(part, ast.Import):
                found += [(part.lineno, alias.name) for alias in part.names]
            elif isinstance(part, ast.ImportFrom):
                found += [(part.lineno, f"{from_what(part)}.{alias.name}") for alias in part.names]
            elif isinstance(part, ast.Name | ast.Attribute) and (name := self.dotted(part)):
                found.append((part.lineno, name))
        return tuple(dict.fromkeys(found))

    @cached_property
    def imported(self) -> dict[str, int]:
        """The modules of the package that this one imports, lazily and for types too, each with a line."""
        found: dict[str, int] = {}
        for line, name in sorted(self.names):
            parts = name.split(".")
            if parts[0] == "digest":
                known = parts[1:] and (parts[1] in LAYERS or self.path.with_name(f"{parts[1]}.py").exists())
                found.setdefault(parts[1] if known else "__init__", line)
            elif parts[-1] in ("import_module", "__import__"):
                found.setdefault("?", line)
        return found


def from_what(part: ast.ImportFrom) -> str:
    """The module a `from` import names; the package is flat, so a leading dot means the package."""
    return ".".join(filter(None, ("digest" if part.level else "", part.module)))


def sources(package: Path) -> list[Source]:
    return [Source(path) for path in sorted(package.glob("*.py"))]


def is_one_of(name: str, banned: frozenset[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in banned)


# --- The rules ---------------------------------------------------------------------------------------------


def unknown_modules(package: Path) -> list[str]:
    """A new module is a new room: it gets its layer before it gets its code."""
    inner = [path.relative_to(package) for path in package.glob("*/**/*.py")]
    return [
        f"digest/{one.name}.py has no layer: add it to LAYERS in tests/test_architecture.py"
        for one in sources(package)
        if one.name not in LAYERS
    ] + [
        f"digest/{path.as_posix()} lies in a folder, but the package is flat: move it up"
        for path in inner
        if path.parts[0] not in DATA
    ]


def upward_imports(package: Path) -> list[str]:
    """Reading the code from layer 0 up must never need a page not yet read."""
    faults = []
    for one in sources(package):
        for other, line in one.imported.items():
            place = f"digest/{one.name}.py:{line}"
            if other == "?":
                faults.append(f"{place} imports by name: write a plain import, so that its layer can be seen")
            elif one.name == other or (one.name, other) in SAME_LAYER:
                continue
            elif LAYERS.get(other, 99) >= LAYERS.get(one.name, -1):
                faults.append(
                    f"{place} imports {other} (layer {LAYERS.get(other)}) from layer {LAYERS.get(one.name)}: "
                    "move what both need to a lower module, or pass the value in"
                )
    return faults


def cycles(package: Path) -> list[str]:
    """Holds whatever the table and its exceptions say."""
    graph = {one.name: one.imported.keys() - {one.name} for one in sources(package)}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [f"modules import each other in a ring: {' < '.join(error.args[1])}; break it at one of them"]
    return []


def touches(package: Path) -> list[str]:
    """Only the shell meets the machine; the rest takes values and returns values."""
    faults = []
    for one in sources(package):
        banned, methods = what_is_closed_to(one.name)
        for line, name in one.names:
            if is_one_of(name, banned):
                plain = name.removeprefix("builtins.")
                faults.append(f"digest/{one.name}.py:{line} uses {plain}: {advice(name)}")
        for part in ast.walk(one.tree):
            match part:
                case ast.Call(func=ast.Attribute(attr=method)) if method in methods:
                    faults.append(f"digest/{one.name}.py:{part.lineno} calls .{method}(): {advice('pathlib')}")
    return faults


def what_is_closed_to(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names and the methods that a module may not use."""
    banned: frozenset[str] = frozenset() if name in TERMINAL else SHOWING
    if name in SHELL or name == "__main__":
        return banned, frozenset()
    if name in READERS:
        return banned | TOUCHING, TOUCHING_METHODS
    return banned | TOUCHING | READING, TOUCHING_METHODS | READING_METHODS


def advice(name: str) -> str:
    if is_one_of(name, SHOWING):
        return "only cli prints, asks and exits; return a value and let cli show it"
    if name.startswith(("time", "datetime")):
        return "only a shell module knows the time; take as-of as an argument"
    return "only a shell module touches the machine; take the text or the value as an argument"


def long_modules(package: Path) -> list[str]:
    return [
        f"digest/{one.name}.py has {lines} lines, more than {LINES_IN_A_MODULE}: split it by responsibility"
        for one in sources(package)
        if (lines := len(one.text.splitlines())) > LINES_IN_A_MODULE
    ]


def long_functions(package: Path) -> list[str]:
    return [
        f"digest/{one.name}.py:{part.lineno} {part.name} has {lines} lines without its docstring, more than "
        f"{LINES_IN_A_FUNCTION}: give a step of it a name of its own"
        for one in sources(package)
        for part in ast.walk(one.tree)
        if isinstance(part, Function) and (lines := length(part)) > LINES_IN_A_FUNCTION
    ]


def length(function: Function) -> int:
    """Lines from `def` to the end; the docstring is free, so that nobody saves on it."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def mutable_state(package: Path) -> list[str]:
    """A module that remembers something makes a second build in one process another build than the first."""
    return [f"digest/{one.name}.py:{line} {what}" for one in sources(package) for line, what in state_in(one)]


def state_in(one: Source) -> Iterator[tuple[int, str]]:
    for part in statements(one.tree.body):
        for target in targets(part):
            if is_container(one, part) and not target.isupper() and target != "__all__":
                yield (
                    part.lineno,
                    f"keeps {target} in the module: make it an UPPER_CASE constant or a value that is passed",
                )
    for inner in ast.walk(one.tree):
        if isinstance(inner, ast.Global):
            yield inner.lineno, f"says global {', '.join(inner.names)}: pass the value and return the new one"
        elif isinstance(inner, ast.expr | ast.stmt) and (name := mutated(inner)):
            yield inner.lineno, f"changes the constant {name}: build a new value and return it"


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those under `if`, `try`, `for` and `with` too."""
    for part in body:
        yield part
        if not isinstance(part, Function | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from statements(getattr(part, name, []))
            for case in [*getattr(part, "handlers", []), *getattr(part, "cases", [])]:
                yield from statements(case.body)


def targets(part: ast.stmt) -> list[str]:
    if isinstance(part, ast.Assign):
        found = part.targets
    elif isinstance(part, ast.AnnAssign) and part.value is not None:
        found = [part.target]
    else:
        return []
    return [name.id for target in found for name in ast.walk(target) if isinstance(name, ast.Name)]


def is_container(one: Source, part: ast.stmt) -> bool:
    value = part.value if isinstance(part, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call):
        return one.dotted(value.func) in CONTAINERS
    return isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)


def mutated(part: ast.expr | ast.stmt) -> str:
    """The UPPER_CASE name that a statement or call changes in place, if it does."""
    match part:
        case ast.Subscript(value=changed, ctx=ast.Store() | ast.Del()) | ast.AugAssign(target=changed):
            pass
        case ast.Call(func=ast.Attribute(value=changed, attr=method)) if method in MUTATING_METHODS:
            pass
        case _:
            return ""
    name = getattr(changed, "attr", getattr(changed, "id", ""))
    return name if name.isupper() else ""


def safe_texts(package: Path) -> list[str]:
    """What is marked safe is not escaped, so the marking stands in one place that everybody can read."""
    return [
        f"digest/{one.name}.py:{line} uses Markup: only digest/{MARKUP}.py may call a text safe"
        for one in sources(package)
        if one.name != MARKUP
        for line, name in one.names
        if name.endswith(".Markup")
    ]


def safe_filters(templates: Path) -> list[str]:
    """A template never switches escaping off, whatever it is given."""
    faults = []
    for path in sorted(templates.rglob("*")):
        if path.suffix not in {".html", ".j2", ".jinja", ".txt", ".xml"}:
            continue
        text = JINJA_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
        faults += [
            f"templates/{path.relative_to(templates).as_posix()}:{text.count(chr(10), 0, found.start()) + 1} "
            f"says {found[0]!r}: take it away; digest/{MARKUP}.py marks the bodies that are safe"
            for found in UNESCAPED.finditer(text)
        ]
    return faults


def untested_modules(package: Path, tests: Path) -> list[str]:
    return [
        f"digest/{one.name}.py has no tests/test_{one.name}.py: write it"
        for one in sources(package)
        if not one.name.startswith("__") and not (tests / f"test_{one.name}.py").exists()
    ]


RULES: tuple[Callable[[Path], list[str]], ...] = (
    unknown_modules,
    upward_imports,
    cycles,
    touches,
    long_modules,
    long_functions,
    mutable_state,
    safe_texts,
)


# --- The package keeps the rules ---------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule: Callable[[Path], list[str]]) -> None:
    faults = rule(ROOT / "digest")
    assert not faults, "\n" + "\n".join(faults)


def test_every_module_has_its_tests() -> None:
    faults = untested_modules(ROOT / "digest", ROOT / "tests")
    assert not faults, "\n" + "\n".join(faults)


def test_templates_never_switch_escaping_off() -> None:
    faults = safe_filters(ROOT / "templates")
    assert not faults, "\n" + "\n".join(faults)


def test_the_table_names_only_its_own_modules() -> None:
    named = SHELL | READERS | TERMINAL | {MARKUP} | {name for pair in SAME_LAYER for name in pair}
    assert named <= LAYERS.keys(), f"no such module in LAYERS: {sorted(named - LAYERS.keys())}"


def test_the_top_level_holds_only_what_it_should() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing says which files belong to the repository")
    listed = subprocess.run(
        [git, "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    strange = sorted(name for name in found - TOP_LEVEL if not name.startswith("."))
    assert not strange, f"move or ignore these at the top level, or add them to TOP_LEVEL: {strange}"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_the_linters_agree(command: str) -> None:
    words = [sys.executable, "-m", *command.split()]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"mend what `{command}` says:\n{run.stdout}{run.stderr}"


# --- The rules find what breaks them -----------------------------------------------------------------------

BAD = {
    "a module without a layer": (unknown_modules, {"gadgets": ""}, "gadgets.py has no layer"),
    "a package in the package": (unknown_modules, {"inner/urls": ""}, "the package is flat"),
    "an import from a higher layer": (upward_imports, {"text": "from digest.site import x"}, "imports site"),
    "an import from its own layer": (upward_imports, {"trails": "import digest.links"}, "imports links"),
    "a lazy import": (upward_imports, {"text": "def f():\n    from digest import cli"}, "text.py:2 imports"),
    "an import for types": (
        upward_imports,
        {"text": "if TYPE_CHECKING:\n    import digest.plan as p"},
        "imports plan",
    ),
    "a relative import": (upward_imports, {"text": "from .plan import x"}, "imports plan"),
    "a relative import of a module": (upward_imports, {"text": "from . import plan"}, "imports plan"),
    "an attribute of the package": (upward_imports, {"text": "import digest\ndigest.cli.f()"}, "imports cli"),
    "an import by name": (
        upward_imports,
        {"text": "from importlib import import_module as i\ni('digest.cli')"},
        "imports by name",
    ),
    "a ring of two": (cycles, {"site": "import digest.plan", "plan": "from digest import site"}, "ring"),
    "a lazy ring": (
        cycles,
        {"site": "def f():\n    from digest.plan import x", "plan": "import digest.site"},
        "ring",
    ),
    "open": (touches, {"text": "x = open('a')"}, "text.py:1 uses open"),
    "os": (touches, {"urls": "import os"}, "uses os"),
    "os.path": (touches, {"urls": "from os.path import join"}, "uses os.path.join"),
    "a path": (touches, {"urls": "from pathlib import Path"}, "uses pathlib.Path"),
    "a path by its module": (touches, {"urls": "import pathlib as p\nx = p.Path('a')"}, "uses pathlib.Path"),
    "a path that came in": (touches, {"urls": "def f(x):\n    return x.read_text()"}, "calls .read_text()"),
    "a process": (touches, {"feeds": "def f():\n    import subprocess"}, "uses subprocess"),
    "a socket": (touches, {"feeds": "from socket import socket"}, "uses socket.socket"),
    "the time": (touches, {"plan": "import time\nx = time.time()"}, "plan.py:2 uses time.time"),
    "now": (touches, {"plan": "from datetime import datetime as d\nx = d.now()"}, "take as-of"),
    "today": (touches, {"plan": "import datetime\nx = datetime.date.today()"}, "datetime.date.today"),
    "a print in the pure": (touches, {"site": "print(1)"}, "only cli prints"),
    "a print in the shell": (touches, {"build": "print(1)"}, "only cli prints"),
    "click.echo": (touches, {"build": "from click import echo"}, "only cli prints"),
    "sys.exit": (touches, {"check": "import sys\nsys.exit(1)"}, "check.py:2 uses sys.exit"),
    "raise SystemExit": (touches, {"check": "raise SystemExit(1)"}, "uses SystemExit"),
    "render that writes": (touches, {"render": "def f(x):\n    x.write_text('')"}, "calls .write_text()"),
    "render with a clock": (touches, {"render": "from time import time"}, "uses time.time"),
    "a long module": (long_modules, {"text": "x = 1\n" * 401}, "401 lines"),
    "a long function": (long_functions, {"text": "def f():\n" + "    x = 1\n" * 40}, "f has 41 lines"),
    "a long method": (
        long_functions,
        {"text": "class A:\n    async def g(self):\n" + "        x = 1\n" * 40},
        "g has 41 lines",
    ),
    "a list": (mutable_state, {"text": "seen = []"}, "keeps seen"),
    "a typed dict": (mutable_state, {"text": "seen: dict[str, int] = {}"}, "keeps seen"),
    "a set by call": (mutable_state, {"text": "if True:\n    seen = set()"}, "text.py:2 keeps seen"),
    "a defaultdict": (
        mutable_state,
        {"text": "from collections import defaultdict as d\n_seen = d(list)"},
        "keeps _seen",
    ),
    "a constant with a new key": (mutable_state, {"text": "A = {}\ndef f():\n    A['x'] = 1"}, "changes the"),
    "a constant that loses a key": (mutable_state, {"text": "A = {}\ndef f():\n    del A['x']"}, "changes"),
    "a constant that grows": (mutable_state, {"text": "A = []\ndef f():\n    A.append(1)"}, "changes"),
    "another's constant": (mutable_state, {"site": "from digest import text\ntext.A.update(x=1)"}, "changes"),
    "a global": (mutable_state, {"text": "x = None\ndef f():\n    global x"}, "says global x"),
    "Markup elsewhere": (safe_texts, {"markup": "from markupsafe import Markup"}, "may call a text safe"),
    "Markup by its module": (safe_texts, {"feeds": "import markupsafe as m\nx = m.Markup('')"}, "feeds.py:2"),
}

GOOD = {
    "from below": (upward_imports, {"site": "from digest import __version__, text\nimport digest.urls"}),
    "itself": (upward_imports, {"__init__": "__version__ = '1'", "text": "import digest"}),
    "the pure": (
        touches,
        {
            "urls": "from pathlib import PurePosixPath\nfrom urllib.parse import quote\n"
            "import datetime\ndef f(x: datetime.time) -> None:\n    x.replace('a', 'b')\n    x.time()"
        },
    ),
    "the shell": (touches, {"output": "import os, time\nfrom pathlib import Path\nPath(open('x')).mkdir()"}),
    "the reader": (touches, {"render": "from pathlib import Path\nx = Path('a').read_text()"}),
    "cli": (touches, {"cli": "import click, sys\nclick.echo(1)\nprint(1)\nsys.exit(open('x'))"}),
    "a full module": (long_modules, {"text": "x = 1\n" * 400}),
    "a full function": (
        long_functions,
        {"text": "def f():\n    '''" + "why\n" * 50 + "    '''\n" + "    x = 1\n" * 39},
    ),
    "constants": (
        mutable_state,
        {
            "text": "A = {'a': 1}\n_B: list[int] = []\n__all__ = ['A']\nc = (1, 2)\nclass D:\n    e = []\n"
            "def f() -> None:\n    x = []\n    x.append(A['a'])\n    x[0] = 1\n    x += [2]"
        },
    ),
    "render": (safe_texts, {"render": "from markupsafe import Markup\nx = Markup('')"}),
}


def written(folder: Path, modules: dict[str, str]) -> Path:
    for name, text in modules.items():
        path = folder / "digest" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "digest"


@pytest.mark.parametrize(("rule", "modules", "said"), BAD.values(), ids=BAD)
def test_a_rule_finds(rule: Callable[[Path], list[str]], modules: dict[str, str], said: str, tmp_path: Path) -> None:
    faults = rule(written(tmp_path, modules))
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize(("rule", "modules"), GOOD.values(), ids=GOOD)
def test_a_rule_lets_pass(rule: Callable[[Path], list[str]], modules: dict[str, str], tmp_path: Path) -> None:
    assert rule(written(tmp_path, modules)) == []


@pytest.mark.parametrize(
    "text",
    ["{{ a|safe }}", "{{ a | safe }}", "{% filter safe %}", "{% autoescape false %}", "{{ a|trim|safe|b }}"],
)
def test_a_template_that_switches_escaping_off_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.html").write_text(f"{{# {{{{ a|safe }}}}\n #}}\n{text}", encoding="utf-8")
    assert [fault.partition(" ")[0] for fault in safe_filters(tmp_path)] == ["templates/part/a.html:3"]


def test_a_template_without_it_passes(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ a|safer }} safe {# |safe #}{% autoescape true %}", encoding="utf-8")
    assert safe_filters(tmp_path) == []


def test_a_module_without_tests_is_found(tmp_path: Path) -> None:
    package = written(tmp_path, {"text": "", "urls": "", "__init__": ""})
    (tmp_path / "test_urls.py").write_text("", encoding="utf-8")
    assert untested_modules(package, tmp_path) == ["digest/text.py has no tests/test_text.py: write it"]
