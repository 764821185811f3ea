"""Synthesizes apps and printed examples with the AwsSolutions pack of whichever cdk-nag is here.

Usage: python tools/peers/synthesis.py FOLDER

Each goes into a folder of FOLDER with its templates, and ``findings.json`` has what the pack finds.
It needs this project's dependencies and cdk-nag, 2 or 3, and nothing else: it runs in two
environments.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import sys
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
# Beside the examples: workflows that these do not show, such as a sweep over a file.
MORE = ((ROOT / "tests" / "support" / "pipelines_app.py", EXAMPLES / "all_trainers"),)
# Those who use this library have a cdk.json too, which is where the CDK's feature flags stand.
CONTEXT = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
PACK = "AwsSolutions"
OLD = 2
TYPE = "aws:cdk:cloudformation:type"


def programs() -> Iterator[tuple[str, Path, Callable[[], object]]]:
    """All that is synthesized: its name, the folder that it runs in, and what runs it."""
    scripts = [ROOT / "app.py", *sorted(EXAMPLES.glob("*/app.py"))]
    for script, home in [*((script, script.parent) for script in scripts), *MORE]:
        name = script.relative_to(ROOT).with_suffix("").as_posix().replace("/", "-")
        yield name, home, partial(runpy.run_path, str(script), run_name="__main__")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL), 1):
            name = f"{page.stem}-{number}"
            yield name, ROOT, partial(exec, compile(block, name, "exec"), {"__name__": "example"})


def add_pack(app: Any, version: int) -> None:  # noqa: ANN401 - jsii's own types differ by version
    """Have the pack look at an app when it is synthesized, in the way that its version wants."""
    import aws_cdk as cdk
    import cdk_nag

    nag: Any = cdk_nag
    if version == OLD:
        reports = [nag.NagReportFormat.JSON]
        cdk.Aspects.of(app).add(nag.AwsSolutionsChecks(report_formats=reports))
    else:
        cdk.Validations.of(app).add_plugins(nag.AwsSolutionsChecks(app))


def found_in(assembly: Path, version: int) -> Iterator[tuple[str, str, str]]:
    """What was found in a cloud assembly: rule, path of the resource, and message.

    With version 3 that is what the CDK's own validation found, too.
    """
    if version == OLD:
        for report in sorted(assembly.glob(f"{PACK}-*-NagReport.json")):
            for line in json.loads(report.read_text(encoding="utf-8"))["lines"]:
                if line["compliance"] in ("Non-Compliant", "UNKNOWN"):
                    yield line["ruleId"], line["resourceId"], line["ruleInfo"]
        return
    report = assembly / "validation-report.json"
    for plugin in json.loads(report.read_text(encoding="utf-8"))["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                path = construct["constructPath"]
                yield violation["ruleName"], path, violation["description"]


def types_in(assembly: Path) -> dict[str, str]:
    """The type of each resource, by its construct's path."""
    found: dict[str, str] = {}

    def look(node: dict[str, Any]) -> None:
        kind = node.get("attributes", {}).get(TYPE)
        if kind:
            found[node["path"]] = kind
        for child in node.get("children", {}).values():
            look(child)

    look(json.loads((assembly / "tree.json").read_text(encoding="utf-8"))["tree"])
    return found


def synthesize(folder: Path, version: int) -> list[dict[str, str]]:
    """Synthesize everything into ``folder``; what the pack found."""
    import aws_cdk as cdk

    app_class: Any = cdk.App
    make = app_class.__init__
    made: list[cdk.App] = []
    assembly = folder

    def make_with_pack(app: cdk.App, **options: Any) -> None:  # noqa: ANN401 - handed on
        context = CONTEXT | (options.pop("context", None) or {})
        options["outdir"] = str(assembly)
        make(app, context=context, **options)
        add_pack(app, version)
        made.append(app)

    app_class.__init__ = make_with_pack
    found: list[dict[str, str]] = []
    for name, home, run in programs():
        assembly = folder / name
        made.clear()
        os.chdir(home)
        # What examples print is not what this tool says, and findings end version 3's synthesis
        # with this error, once everything is written.
        with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(RuntimeError):
            run()
        if len(made) != 1 or not (assembly / "validation-report.json").is_file():
            raise SystemExit(
                f"{name} is not one app that is synthesized, and validated, to its end"
            )
        if version == OLD and not list(assembly.glob(f"{PACK}-*-NagReport.json")):
            raise SystemExit(f"{name}: cdk-nag {version} left no report in {assembly}")
        types = types_in(assembly)
        for rule, path, message in found_in(assembly, version):
            kind = types.get(path, "")
            found.append(
                {"in": name, "rule": rule, "type": kind, "place": path, "message": message}
            )
    return found


def main() -> int:
    """Synthesize; 0 when everything was, whatever was found."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True)
    sys.path.insert(0, str(ROOT))
    version = int(metadata.version("cdk-nag").partition(".")[0])
    found = synthesize(folder, version)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "findings.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
