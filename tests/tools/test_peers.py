"""Findings of other tools are explained by a list of reasons, which explains nothing else."""

from __future__ import annotations

from pathlib import Path

from tools import peers_table
from tools.peers.reasons import Explained, Finding, Reason, read_reasons

BUCKET = Reason(tools=("checkov",), rule="R1", type="AWS::S3::Bucket", reason="why", place="Own")


def found(**members: str) -> Finding:
    usual = {"tool": "checkov", "rule": "R1", "type": "AWS::S3::Bucket", "place": "a/Own"}
    return Finding(**{**usual, "message": "text", **members})


def test_the_document_shows_the_reasons() -> None:
    part = peers_table.PART
    is_written = part.document.read_text(encoding="utf-8") == part.written()
    assert is_written, f"docs/peers.md is stale; write it anew with: {part.command}"


def test_a_finding_is_explained_by_tool_rule_type_and_place() -> None:
    others = [
        found(tool="cfn-lint"),
        found(rule="R2"),
        found(type="AWS::SNS::Topic"),
        found(place="a/Other"),
    ]
    result = Explained([found(), found(rule="R1[Resource::*]"), *others], [BUCKET])
    assert result.unexplained == others
    assert result.explained == 2
    assert result.rows() == [("checkov", "R1", 2, "why")]
    assert result.stale == []


def test_a_reason_that_explains_nothing_is_stale_for_each_of_its_tools() -> None:
    both = Reason(tools=("checkov", "cfn-lint"), rule="R1", type="AWS::S3::Bucket", reason="why")
    result = Explained([found()], [both])
    assert result.stale == [("cfn-lint", both)]


def test_reasons_may_ask_for_a_part_of_the_message(tmp_path: Path) -> None:
    file = tmp_path / "reasons.toml"
    text = 'tools = ["checkov"]\nrule = "R1"\ntype = "T"\nreason = "why"\nsays = "Item"\n'
    file.write_text(f"[[reasons]]\n{text}")
    (reason,) = read_reasons(file)
    assert reason.explains(found(type="T", message="an Item here"))
    assert not reason.explains(found(type="T"))
