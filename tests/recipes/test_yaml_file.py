"""Reading and writing recipe files."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.paths import leaves, same_value
from constructs_trainers.recipes.yaml_file import (
    dump_yaml,
    parse_yaml,
    parse_yaml_value,
    read_yaml_file,
)
from tests.support.resolving import refused

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str) -> dict[str, object]:
    found = parse_yaml(text, shown_as="sft.yaml").leaves
    by_path = {".".join(path): value for path, value, _ in found}
    assert len(by_path) == len(found)
    return by_path


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-5", 1e-5),
        ("-2E+3", -2000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", 1000),
        ("2024-05-01", "2024-05-01"),
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("yes", True),
        ("~", None),
        ("", None),
        ("'1e-5'", "1e-5"),
        ("!!str 1", "1"),
        ("1e-5x", "1e-5x"),
        ("=", "="),
        ("<<", "<<"),
        ("[1, [2, {a: 1e3}]]", [1, [2, {"a": 1000.0}]]),
        ("{}", {}),
        ("[]", []),
        ("ü 😀", "ü 😀"),
    ],
)
def test_a_scalar_means_what_its_author_expects(written: str, value: object) -> None:
    found = read(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_the_line_of_its_key() -> None:
    document = parse_yaml("# top\na:\n  b: 1\n\n  c:\n    - 2\nd: 3\n", shown_as="sft.yaml")
    assert document.leaves == ((("a", "b"), 1, 3), (("a", "c"), [2], 5), (("d",), 3, 7))


def test_keys_are_the_text_that_is_written() -> None:
    assert read("true: 1\nnull: 2\n3: 3\non: 4\n") == {"true": 1, "null": 2, "3": 3, "on": 4}


def test_a_duplicate_key_is_refused_with_both_lines() -> None:
    with refused() as refusal:
        read("a:\n  lr: 1\n  seed: 2\n  lr: 3\n")
    assert refusal.only.path == "a.lr"
    assert refusal.only.origin == "sft.yaml:4"
    assert "line 2" in refusal.only.message


def test_duplicate_keys_are_all_named_also_within_lists() -> None:
    with refused() as refusal:
        read("a: 1\na: 2\nb: [{c: 1, c: 2}]\n<<: {x: 1}\n<<: {y: 1}\n")
    assert refusal.paths == ["a", "<<", "b[0].c"]


def test_an_anchor_can_be_used_again() -> None:
    assert read("a: &x [1, 2]\nb: *x\nc: &y {d: 1}\ne: *y\n") == {
        "a": [1, 2],
        "b": [1, 2],
        "c.d": 1,
        "e.d": 1,
    }


def test_keys_of_a_mapping_win_over_those_it_merges() -> None:
    text = "base: &b {lr: 1, seed: 2, opt: {x: 1, y: 2}}\nrun:\n  <<: *b\n  lr: 3\n  opt: {x: 9}\n"
    found = read(text)
    assert {k: v for k, v in found.items() if k.startswith("run")} == {
        "run.lr": 3,
        "run.seed": 2,
        "run.opt.x": 9,
    }


def test_what_is_merged_within_the_mapping_itself_is_no_duplicate() -> None:
    assert read("{a: &x {k: 1}, <<: *x, k: 2}") == {"a.k": 1, "k": 2}
    assert read("a:\n  <<: {k: 1}\n  k: 2\n") == {"a.k": 2}


plain_keys = st.sampled_from(["a", "b", "c", "d"])
merged_mapping = st.dictionaries(plain_keys, st.integers(0, 9), max_size=4)


@given(st.lists(merged_mapping, min_size=1, max_size=3), merged_mapping)
def test_merging_gives_what_a_yaml_reader_gives(
    bases: list[dict[str, int]], own: dict[str, int]
) -> None:
    text = "".join(
        f"b{i}: &b{i} {yaml.dump(b, default_flow_style=True)}" for i, b in enumerate(bases)
    )
    names = ", ".join(f"*b{i}" for i in range(len(bases)))
    text += f"m:\n  <<: [{names}]\n  own: 1\n"
    text += "".join(f"  {key}: {value}\n" for key, value in own.items())
    expected: Any = yaml.safe_load(text)
    assert read(text) == {".".join(path): value for path, value in leaves(expected)}


@pytest.mark.parametrize(
    ("text", "got"),
    [("", "an empty file"), ("# only\n", "an empty file"), ("- a\n", "list"), ("lr\n", "scalar")],
)
def test_what_is_no_mapping_is_refused_by_its_name(text: str, got: str) -> None:
    with refused() as refusal:
        read(text)
    assert got in str(refusal.only.got)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\nb:\n\t- x\n", "sft.yaml:3"),
        ("a: 1\nb: [1, 2\n", "sft.yaml:3"),
        ("a: 1\n---\nb: 1\n", "sft.yaml:2"),
        ("a: 1\nb: *nope\n", "sft.yaml:2"),
        ("a: 1\n<<: 3\n", "sft.yaml:2"),
        ("a: 1\nb: &b [*b]\n", "sft.yaml:2"),
        ("a: 1\nb: &b {c: *b}\n", "sft.yaml:2"),
        ("a: 1\nb: &b {<<: *b}\n", "sft.yaml:2"),
        ("a: 1\n? [x, y]\n: 1\n", "sft.yaml:2"),
        ('a: 1\n"": 1\n', "sft.yaml:2"),
        ('a: "\0"', "sft.yaml"),
    ],
)
def test_bad_yaml_is_refused_with_its_line(text: str, where: str) -> None:
    with refused() as refusal:
        read(text)
    assert where in (refusal.only.path, refusal.only.origin)


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system [ls]",
        "!!python/name:os.system {a: 1}",
        "!!python/tuple [1]",
        "!mine 1",
        "!mine {a: 1}",
        "[!mine {a: 1}]",
        "!!binary aGk=",
        "!!set {a, b}",
        "!!timestamp 2024-01-01",
    ],
)
def test_a_tag_that_makes_another_type_is_refused_with_its_line(value: str) -> None:
    with refused() as refusal:
        read(f"a: 1\nb: {value}\n")
    assert refusal.only.path == "sft.yaml:2"
    assert "tag" in refusal.only.message


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("010", "may be read as 8, as YAML 1.1 does, or as 10"),
        ("020", "may be read as 16, as YAML 1.1 does, or as 20"),
        ("+012", "may be read as 10, as YAML 1.1 does, or as 12"),
        ("-01", "begins with a zero, which YAML 1.1 takes for another base"),
        ("00.5", "begins with a zero, which YAML 1.1 takes for another base"),
        ("0x1F", "may be read as 31, as YAML 1.1 does, or as '0x1F'"),
        ("0b11", "may be read as 3, as YAML 1.1 does, or as '0b11'"),
        ("1:30", "may be read as 90, as YAML 1.1 does, or as '1:30'"),
        ("[1, 010]", "may be read as 8, as YAML 1.1 does, or as 10"),
    ],
)
def test_a_number_that_is_not_written_plainly_is_told_with_both_readings(
    written: str, readings: str
) -> None:
    with refused() as refusal:
        read(f"a:\n  b: {written}")
    assert refusal.only.message == readings
    assert refusal.only.origin == "sft.yaml:2"
    assert str(refusal.only.fix).startswith("write ")


@pytest.mark.parametrize("written", ["0", "-0", "+1", "1_000", "0.5", ".5", "1e-05", "0e0"])
def test_a_number_that_is_written_plainly_is_taken(written: str) -> None:
    assert read(f"a: {written}") == {"a": float(written)}


@pytest.mark.parametrize(
    "value", ["!!int x", "!!bool maybe", "!!float x", "0x_", "0b_", "9" * 5000]
)
def test_a_number_that_cannot_be_read_is_refused_with_its_path(value: str) -> None:
    with refused() as refusal:
        read(f"a:\n  b: {value}\n")
    assert (refusal.only.path, refusal.only.origin) == ("a.b", "sft.yaml:2")
    assert len(refusal.text) < 300


def bomb(first: str, entry: str) -> str:
    lines = [f"a0: &a0 {first}"]
    for i in range(1, 30):
        inside = ", ".join(entry.format(j=j, alias=f"*a{i - 1}") for j in range(10))
        lines.append(f"a{i}: &a{i} " + inside.join("[]" if first[0] == "[" else "{}"))
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb("[x]", "{alias}"),
        bomb("{k: x}", "k{j}: {alias}"),
        "x: &x {k: 1}\n" + "\n".join(f"x{i}: &x{i} {{<<: [*x, *x]}}" for i in range(20_001)),
        "a: " + "[" * 100_000,
        "a: " + "- " * 100_000,
        "- " * 100_000 + "x",
        "a: " + "{a: " * 50_000,
        "\n".join(" " * i + "a:" for i in range(1500)),
        "a: [" + "1," * 200_000 + "1]",
        "a0: &a0 [1]\n" + "\n".join(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 5000)),
    ],
    ids=[
        "lists",
        "mappings",
        "merges",
        "flow",
        "dashes",
        "top",
        "braces",
        "block",
        "long",
        "chain",
    ],
)
def test_a_bomb_is_refused_in_bounded_time_and_memory(text: str) -> None:
    tracemalloc.start()
    started = time.process_time()
    try:
        with refused():
            read(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 5
    assert peak < 200e6


def test_merges_of_merges_stay_small() -> None:
    lines = ["a0: &a0 {k: x}"]
    for i in range(1, 30):
        sources = ", ".join([f"*a{i - 1}"] * 10)
        lines.append(f"a{i}: &a{i} {{<<: [{sources}]}}")
    assert read("\n".join(lines)) == {f"a{i}.k": "x" for i in range(30)}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "sft.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    found = read_yaml_file(file, shown_as="sft.yaml").leaves
    assert found == ((("a",), 1, 1), (("b",), 2, 2))


def test_a_file_that_cannot_be_read_is_refused_by_the_name_the_user_gave(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: \xfc\n")
    for file in (latin, tmp_path / "absent.yaml", tmp_path, tmp_path / "a\0b"):
        with refused() as refusal:
            read_yaml_file(file, shown_as="recipes/sft.yaml")
        assert refusal.only.path == "recipes/sft.yaml"


# What both formats take as it is: control characters are escaped, and not in the same way.
texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2000, exclude_categories=["Cc"]), max_size=8
)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", min_size=1), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcä-", min_size=1, max_size=4), json_values, min_size=1))
def test_json_is_read_as_what_it_says(tree: dict[str, object]) -> None:
    found = parse_yaml(json.dumps(tree, ensure_ascii=False), shown_as="sft.yaml")
    assert {path: value for path, value, _ in found.leaves} == dict(leaves(tree))


@given(st.text("a: -[]{}&*<!#'\"\n\t1eé", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except ValueError:
        with refused():
            read(text)


MISLEADING = ("1e-5", "1e5", "0x1F", "1_000", "yes", "null", "~", "", "2026-01-01", "=", "<<")
SPECIAL = ("a: b", "# c", "{{x}}", "${a}", "[", "- a", "'", '"', " a ", "a\nb", "1:30", ".inf")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    MISLEADING + SPECIAL
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = SCALARS | st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(
    ["1", "yes", "null", "a b", "1e-5", "true", "é"]
)
TREES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4),
    lambda below: st.dictionaries(KEYS, below | VALUES, max_size=4),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_reads_back_to_the_same_values(tree: dict[str, object]) -> None:
    read = parse_yaml(dump_yaml(tree), shown_as="x").leaves
    expected = list(leaves(tree))
    assert [path for path, _, _ in read] == [path for path, _ in expected]
    for (_, found, _), (_, value) in zip(read, expected, strict=True):
        assert same_value(found, value)


def test_a_small_number_stays_a_number_and_its_text_stays_text_for_any_reader() -> None:
    tree = {"lr": 1e-5, "text": "1e-5", "date": "2026-01-01"}
    text = dump_yaml(tree)
    assert text == "lr: 1.0e-05\ntext: '1e-5'\ndate: '2026-01-01'\n"
    assert yaml.safe_load(text) == tree


@pytest.mark.parametrize(
    "text", ["\x85", "a\x85b", "\u2028", "a\n\u2029b", "a\r\nb", "\ufeff", "\x00"]
)
def test_unusual_line_breaks_are_kept(text: str) -> None:
    (leaf,) = parse_yaml(dump_yaml({"a": text}), shown_as="x").leaves
    assert leaf[1] == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("3", 3),
        ("3.0", 3.0),
        ("true", True),
        ("null", None),
        ("", None),
        ("cosine", "cosine"),
        ("'3'", "3"),
        ("s3://bucket/a", "s3://bucket/a"),
        ("[0.9, 0.95]", [0.9, 0.95]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)
def test_a_value_is_read_as_in_a_recipe_file(text: str, value: object) -> None:
    assert same_value(parse_yaml_value(text, shown_as="--override"), value)


@pytest.mark.parametrize("text", ["a: b", "[1", "!!python/none x", "1\nother: 2"])
def test_what_is_no_one_value_is_refused(text: str) -> None:
    with refused():
        parse_yaml_value(text, shown_as="--override")


MENDED = {
    "a tab": ("a:\n\tb: 1\n", "'\\tb: 1'", "a tab stands where YAML takes blanks only"),
    "a tab further down": ("a:\n  b: 1\n\tc: 2\n", "'\\tc: 2'", "a tab stands"),
    "a second document": ("a: 1\n---\nb: 2\n", "'---'", "keep one of the two"),
    "no blank": ("a:\n  b:2e-5\n  c: 1\n", "'  c: 1'", "write a blank after the colon"),
    "a colon in text": ("a: b: c\n", "'a: b: c'", "put the text in quotes"),
    "a sign that means something": ("a: %x\n", "'a: %x'", "put the text in quotes"),
}


@pytest.mark.parametrize(("text", "got", "fix"), MENDED.values(), ids=MENDED)
def test_a_slip_of_the_pen_is_shown_with_what_to_do(text: str, got: str, fix: str) -> None:
    with refused() as refusal:
        parse_yaml(text, shown_as="sft.yaml")
    assert refusal.only.got == got
    assert (refusal.only.fix or "").startswith(fix)
    assert refusal.only.message.startswith("not valid YAML: ")


def test_words_that_are_no_text_are_kept_as_they_were_written() -> None:
    document = parse_yaml("a: NO\nb: on\nc: True\nd: 'no'\n", shown_as="sft.yaml")
    assert [value for _, value, _ in document.leaves] == [False, True, True, "no"]
    assert document.written == {("a",): "NO", ("b",): "on"}
