"""The command line as a program: every word it prints and its exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sites
from programs import Run, digest, environment

FILES: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes"),
    "content/summaries/2025-05-12.yaml": (
        "date: 2025-05-12\nitems:\n- {title: Story, url: 'https://e.example/', topics: [world]}\n"
    ),
}
KINDS = "1 article, 1 edition, 1 topic page, 1 archive page, 4 indexes, 1 page, 10 feeds, 2 sitemaps, 3 static files\n"
DEAD: dict[str, str | bytes | None] = {
    "content/articles/2025-05-11-vote.md": sites.article("Council votes", body="See [it](/zebra/).")
}
DEAD_TOLD = """\
content/articles/2025-05-11-vote.md:7:5: error: there is no page at /zebra/ [dead-link]
    7 | See [it](/zebra/).
      |     ^
    → mend the address, or take the link out
1 error. Nothing was published.
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder that holds a small site called ``site``."""
    sites.write(tmp_path / "site", FILES)
    return tmp_path


# --- build -------------------------------------------------------------------------------------------------


def test_a_good_build_says_what_it_did(site: Path) -> None:
    first = digest("build", "site", cwd=site)
    assert first == Run(0, "", f"{KINDS}26 written, 0 unchanged, 0 removed, in S s. The site is in site/output\n")
    second = digest("build", cwd=site / "site")
    assert second == Run(0, "", f"{KINDS}0 written, 26 unchanged, 0 removed, in S s. The site is in output\n")


def test_quiet_says_nothing_of_a_good_build(site: Path) -> None:
    assert digest("build", "site", "--quiet", cwd=site) == Run(0, "", "")


def test_an_error_is_told_with_its_place_and_nothing_is_published(site: Path) -> None:
    sites.write(site / "site", DEAD)
    assert digest("build", "site", cwd=site) == Run(1, "", DEAD_TOLD)
    assert digest("build", "site", "--quiet", cwd=site) == Run(1, "", DEAD_TOLD)
    assert not (site / "site/output").exists()


def test_a_warning_is_told_and_the_site_is_published_unless_warnings_count(site: Path) -> None:
    sites.write(site / "site", {"content/articles/map.png": b"png"})
    told = (
        "content/articles/map.png: {}: nothing reads this file [unknown-file]\n"
        "    → pictures and other files belong in content/static/; what is no part of the site, outside content/\n"
    )
    strict = digest("build", "site", "--strict", cwd=site)
    assert strict == Run(1, "", told.format("error") + "1 error. Nothing was published.\n")
    found = digest("build", "site", "--quiet", cwd=site)
    assert found == Run(0, "", told.format("warning") + "1 warning.\n")


def test_errors_and_warnings_are_counted_apart(site: Path) -> None:
    dead = sites.article("Council votes", body="[a](/a/) [b](/b/)")
    sites.write(site / "site", {"content/articles/2025-05-11-vote.md": dead, "content/articles/map.png": b"png"})
    found = digest("build", "site", cwd=site)
    assert found.err.endswith("\n2 errors, 1 warning. Nothing was published.\n")


def test_problems_come_as_json_on_stdout(site: Path) -> None:
    sites.write(site / "site", DEAD)
    found = digest("build", "site", "--format", "json", cwd=site)
    assert (found.code, found.err) == (1, "1 error. Nothing was published.\n")
    assert json.loads(found.out) == {
        "version": 1,
        "problems": [
            {
                "path": "content/articles/2025-05-11-vote.md", "line": 7, "column": 5, "severity": "error",
                "code": "dead-link", "text": "there is no page at /zebra/",
                "hint": "mend the address, or take the link out",
            }
        ],
    }  # fmt: skip


def test_problems_come_as_annotations_for_github(site: Path) -> None:
    sites.write(site / "site", DEAD)
    assert digest("build", "site", "--format", "github", cwd=site) == Run(
        1,
        "::error file=content/articles/2025-05-11-vote.md,line=7,col=5,title=dead-link::"
        "there is no page at /zebra/%0Amend the address, or take the link out\n",
        "1 error. Nothing was published.\n",
    )


def test_without_problems_the_forms_for_machines_are_empty_but_sound(site: Path) -> None:
    assert json.loads(digest("build", "site", "--format", "json", "--quiet", cwd=site).out)["problems"] == []
    assert digest("build", "site", "--format", "github", "--quiet", cwd=site) == Run(0, "", "")


def test_explain_says_of_every_page_why_it_was_rendered_again(site: Path) -> None:
    digest("build", "site", cwd=site)
    sites.write(site / "site", {"content/articles/2025-05-11-vote.md": sites.article("Council votes", body="Other.")})
    assert digest("build", "site", "--explain", cwd=site) == Run(
        0,
        "",
        "rendered  2025/05/vote/index.html: text changed\n"
        + "".join(
            f"rendered  {folder}{name}: text of “Council votes” changed\n"
            for folder in ("", "topics/world/")
            for name in ("atom.xml", "feed.json", "feed.xml")
        )
        + KINDS
        + "7 written, 19 unchanged, 0 removed, in S s. The site is in site/output\n",
    )


def test_few_removed_files_are_named_and_many_are_counted(site: Path) -> None:
    sites.write(
        site / "site", {"content/static/a.txt": "a", "content/pages/about.md": "---\ntitle: About\n---\n\nUs.\n"}
    )
    digest("build", "site", cwd=site)
    sites.write(site / "site", {"content/static/a.txt": None})
    found = digest("build", "site", cwd=site)
    assert found.err == (
        "removed   a.txt\n" + KINDS.replace("1 page,", "2 pages,")
        + "0 written, 27 unchanged, 1 removed, in S s. The site is in site/output\n"
    )  # fmt: skip
    sites.write(site / "site", {"content/summaries/2025-05-12.yaml": None})
    found = digest("build", "site", cwd=site)
    assert "\nremoved" not in f"\n{found.err}" or found.err.count("removed   ") <= 5
    assert re.search(r"unchanged, [4-9] removed, in S s\.", found.err)


def test_files_of_others_in_the_output_are_named_and_left_alone(site: Path) -> None:
    for number in range(7):
        sites.write(site / "site", {f"output/mine{number}.txt": "mine"})
    found = digest("build", "site", cwd=site)
    assert found.err.startswith(
        "7 files in site/output not published by digest, left alone: "
        "mine0.txt, mine1.txt, mine2.txt, mine3.txt, mine4.txt, …\n"
    )
    assert len(list((site / "site/output").glob("mine*.txt"))) == 7


def test_a_folder_that_is_no_site_is_a_problem(tmp_path: Path) -> None:
    assert digest("build", cwd=tmp_path) == Run(
        1,
        "",
        "content: error: there is no folder content/ in . [no-site]\n"
        "    → run digest in the folder that holds content/, name that folder, or start a site with: digest init DIR\n"
        "1 error. Nothing was published.\n",
    )


def test_an_output_that_can_not_be_written_is_a_problem(site: Path) -> None:
    (site / "blocked").write_text("a file", encoding="utf-8")
    found = digest("build", "site", "--output", "blocked", cwd=site)
    assert found == Run(
        1,
        "",
        "blocked: error: this can't be the output folder: it is not a folder [bad-output]\n"
        "    → name another: --output DIR\n"
        "1 error. Nothing was published.\n",
    )
    deeper = digest("build", "site", "--output", "blocked/deeper", cwd=site)
    assert (deeper.code, deeper.out) == (1, "")
    assert deeper.err.endswith("1 error. Nothing was published.\n")
    assert "Traceback" not in deeper.err


def test_the_output_may_lie_anywhere_and_the_address_be_another(site: Path) -> None:
    found = digest("build", "site", "--output", "public", "--base-url", "https://other.example/news/", cwd=site)
    assert found.err.endswith("The site is in public\n")
    assert b'href="https://other.example/news/2025/05/vote/"' in (site / "public/2025/05/vote/index.html").read_bytes()


def test_the_clock_is_that_of_the_environment_or_the_option(site: Path) -> None:
    early = digest("build", "site", "--format", "json", cwd=site, env={"SOURCE_DATE_EPOCH": "0"})
    assert [one["code"] for one in json.loads(early.out)["problems"]][-1:] == ["no-content"] or early.code == 0
    found = digest("build", "site", "--as-of", "2025-05-11 12:00", "--jobs", "2", "--no-cache", "--durable", cwd=site)
    assert found.err.startswith("1 article, 1 topic page,")
    late = digest("build", "site", "--drafts", "--as-of", "2025-05-01T00:00+02:00", cwd=site)
    assert late.err.startswith("1 article, 1 edition,")
    now = digest("build", "site", "--quiet", cwd=site, env={"SOURCE_DATE_EPOCH": ""})
    assert now == Run(0, "", "")


# --- Parts -------------------------------------------------------------------------------------------------


def test_parts_are_built_and_put_together(site: Path) -> None:
    wanted = digest("build", "site", "--quiet", cwd=site)
    assert wanted == Run(0, "", "")
    for number in (1, 2):
        found = digest("build", "site", "--shard", f"{number}/2", "--output", f"part-{number}", cwd=site)
        assert (found.code, found.out) == (0, "")
        assert found.err.endswith(
            f" written, 0 unchanged, 0 removed, in S s. Part {number} of 2 of the site is in part-{number}\n"
        )
    assert digest("merge", "part-1", "part-2", "--output", "merged", cwd=site) == Run(
        0, "", "26 written, 0 unchanged, 0 removed, in S s. The site is in merged\n"
    )
    assert sites.tree(site / "merged") == sites.tree(site / "site/output")
    assert digest("merge", "part-2", "part-1", "--output", "merged", "--quiet", cwd=site) == Run(0, "", "")


def test_a_part_that_is_missing_is_told_and_nothing_is_published(site: Path) -> None:
    digest("build", "site", "--shard", "2/2", "--output", "part-2", cwd=site)
    told = "part-2: error: this is part 2 of 2, and part 1 is missing [bad-part]\n    → name the folders of all parts\n"
    assert digest("merge", "part-2", "--output", "merged", cwd=site) == Run(
        1, "", f"{told}1 error. Nothing was published.\n"
    )
    assert not (site / "merged").exists()
    assert digest("merge", "part-2", "--output", "merged", "--format", "github", "--quiet", cwd=site) == Run(
        1,
        "::error file=part-2,line=1,col=1,title=bad-part::"
        "this is part 2 of 2, and part 1 is missing%0Aname the folders of all parts\n",
        "1 error. Nothing was published.\n",
    )


# --- init, new, schema -------------------------------------------------------------------------------------


def test_init_starts_a_site_that_builds_without_a_word_of_complaint(tmp_path: Path) -> None:
    assert digest("init", "my-paper", cwd=tmp_path) == Run(
        0,
        "",
        "wrote my-paper/content/site.yaml\n"
        "wrote my-paper/content/topics.yaml\n"
        "wrote my-paper/content/sources.yaml\n"
        "wrote my-paper/content/pages/about.md\n"
        "wrote my-paper/content/articles/2025/2025-06-10-a-first-article.md\n"
        "wrote my-paper/content/summaries/2025/2025-06-10.yaml\n"
        "wrote my-paper/.gitignore\n"
        "\nNext:  digest build my-paper\n",
    )
    assert digest("build", "my-paper", "--strict", "--quiet", cwd=tmp_path) == Run(0, "", "")


def test_init_touches_no_folder_that_holds_anything(site: Path) -> None:
    found = digest("init", "site", cwd=site)
    assert (found.code, found.out) == (2, "")
    assert found.err.endswith("\nError: site is there already; name a new folder, or an empty one\n")


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("article", "content/articles/2025/2025-06-10-a-bridge-at-last.md"),
        ("summary", "content/summaries/2025/2025-06-10-a-bridge-at-last.yaml"),
        ("edition", "content/summaries/2025/2025-06-10-a-bridge-at-last.yaml"),
    ],
)
def test_new_prints_the_file_that_it_made(site: Path, what: str, path: str) -> None:
    assert digest("new", what, 'A "bridge": at last!', cwd=site / "site") == Run(0, f"{path}\n", "")
    assert digest("build", "site", "--drafts", "--quiet", cwd=site).code == 0
    again = digest("new", what, "A bridge, at last", "--site", "site", cwd=site)
    assert again.code == 2
    assert again.err.endswith(f"Error: site/{path} is there already; choose another title, or edit that file\n")


def test_schema_prints_a_json_schema(tmp_path: Path) -> None:
    found = digest("schema", "site", cwd=tmp_path)
    assert (found.code, found.err) == (0, "")
    assert json.loads(found.out)["title"] == "digest: site"
    assert json.loads(digest("schema", cwd=tmp_path).out)["title"] == "digest: article"


# --- check -------------------------------------------------------------------------------------------------


def test_check_tells_what_a_build_would_and_touches_no_output(site: Path) -> None:
    assert digest("check", "site", cwd=site) == Run(0, "", "No problems.\n")
    assert digest("check", "site", "--quiet", cwd=site) == Run(0, "", "")
    sites.write(site / "site", DEAD)
    assert digest("check", cwd=site / "site") == Run(1, "", DEAD_TOLD.replace(" Nothing was published.", ""))
    found = digest("check", "site", "--format", "json", cwd=site)
    assert (found.code, [one["code"] for one in json.loads(found.out)["problems"]]) == (1, ["dead-link"])
    assert not (site / "site/output").exists()


def test_check_counts_warnings_as_errors_where_it_is_asked_to(site: Path) -> None:
    sites.write(site / "site", {"content/articles/2025-05-11-vote.md": sites.article("Council votes", tags="[a, A]")})
    assert digest("check", "site", cwd=site).code == 0
    assert digest("check", "site", "--strict", cwd=site).code == 1
    assert digest("build", "site", cwd=site).code == 0


# --- Help and wrong usage ----------------------------------------------------------------------------------


def test_help_teaches(tmp_path: Path) -> None:
    assert digest("--help", cwd=tmp_path) == Run(
        0,
        """\
Usage: digest [OPTIONS] COMMAND [ARGS]...

  Turn a folder of articles and summaries into a news site.

  Start a site, look at it, publish it:
    digest init mysite            a small site to begin with
    digest new article "A title"  the file for an article, ready to be written
    digest serve mysite           the site in a browser, while it is being written
    digest build mysite           all pages, into mysite/output/

  Every command explains itself: digest build --help.

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
  build    Build the site into its output folder.
  check    Look for problems, without publishing anything.
  init     Start a site in a new folder.
  merge    Put the parts of a site together.
  new      Start an article, a summary or an edition.
  related  Say why entries are related, and what to link.
  schema   Print the JSON Schema of a kind of file.
  serve    Show the site in a browser while it is being written.
""",
        "",
    )


@pytest.mark.parametrize("command", ["build", "check", "init", "merge", "new", "related", "schema", "serve"])
def test_every_command_explains_itself_and_every_option(tmp_path: Path, command: str) -> None:
    found = digest(command, "-h", cwd=tmp_path)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"Usage: digest {command} ")
    bare = re.findall(r"^  (-\S+)(?: \S+)?$", found.out, re.MULTILINE)
    assert bare == [], "these options say nothing of themselves"


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    from digest import __version__

    assert digest("--version", cwd=tmp_path) == Run(0, f"digest {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("bild", "No such command 'bild'."),
        ("build nowhere", "Directory 'nowhere' does not exist."),
        ("build --jobs 0", "0 is not in the range 1<=x<=64."),
        ("build --format xml", "'xml' is not one of 'text', 'json', 'github'."),
        ("build --faster", "No such option"),
        (
            "build --as-of maybe",
            '"maybe" is no date; write 2025-05-11, "2025-05-11 09:30" or 2025-05-11T09:30+01:00',
        ),
        ("build --base-url ftp://x.example/", "ftp: is no scheme for a url here; http and https are allowed"),
        ("build --base-url https://x.example/?a", "the url of a site can't have ? or #"),
        ("build --shard 0/4", "there is no part 0 of 4; write I/N, such as 2/4 for the second of four"),
        ("build --shard 5/4", "there is no part 5 of 4; write I/N, such as 2/4 for the second of four"),
        ("build --shard x", '"x" is no part of a site; write I/N, such as 2/4 for the second of four'),
        ("merge --output a", "Missing argument 'PART...'."),
        ("merge .", "Missing option '--output'."),
        ("merge nowhere --output a", "Directory 'nowhere' does not exist."),
        ("new", "Missing argument"),
        ("new article", "Missing argument 'TITLE'."),
        ("new sonnet x", "'sonnet' is not one of 'article', 'summary', 'edition'."),
        ("new article x", "there is no content/ in .; run this in the site's folder, or name it with --site"),
        ("init", "Missing argument 'DIR'."),
        (
            "schema sonnet",
            'there is no schema "sonnet"; there are: article, page, summary, edition, site, topics, sources',
        ),
        ("serve nowhere", "Directory 'nowhere' does not exist."),
    ],
)
def test_wrong_usage_is_told_and_ends_with_two(tmp_path: Path, words: str, told: str) -> None:
    found = digest(*words.split(), cwd=tmp_path)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("Usage: digest ")
    assert "\nError: " in found.err
    assert told in found.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("epoch", ["soon", "99999999999999999"])
def test_a_clock_that_makes_no_sense_is_wrong_usage(site: Path, epoch: str) -> None:
    found = digest("build", "site", cwd=site, env={"SOURCE_DATE_EPOCH": epoch})
    assert found.code == 2
    assert found.err.endswith(f'Error: SOURCE_DATE_EPOCH is "{epoch}"; seconds since 1970 are meant\n')


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    found = digest(cwd=tmp_path)
    assert found.code == 2
    assert found.err.startswith("Usage: digest [OPTIONS] COMMAND [ARGS]...\n")


# --- A fault of its own ------------------------------------------------------------------------------------

BROKEN = "import digest.build\ndigest.build.build = lambda *_: [][1]\nfrom digest.cli import main\nmain()\n"


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_its_own_is_told_in_two_lines_and_in_full_where_it_is_asked_for(site: Path, debug: str) -> None:
    command = [sys.executable, "-c", BROKEN, "build", "site"]
    env = environment({"DIGEST_DEBUG": debug})
    done = subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    if debug:
        assert "Traceback (most recent call last)" in done.stderr
        assert done.stderr.endswith("IndexError: list index out of range\n")
    else:
        assert done.stderr == (
            "digest: a fault of digest itself (IndexError: list index out of range, at <string>:2).\n"
            "The output folder was left as it was. Please report it; DIGEST_DEBUG=1 shows more.\n"
        )
