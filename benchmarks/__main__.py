"""Run all benchmarks, or those that are named: ``python -m benchmarks parse publish``."""

from __future__ import annotations

import sys

from benchmarks import archive, articles, commit, crawl, extract, linking, memory, pack, parse, publish, report

ALL = {
    "parse": parse.run,
    "publish": publish.run,
    "link": linking.run,
    "archive": archive.run,
    "extract": extract.run,
    "commit": commit.run,
    "crawl": crawl.run,
    "floor": crawl.run_floor,
    "memory": memory.run,
    "pack": pack.run,
    "articles": articles.run,
    "report": report.run,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    print("| what | ratio | alone | of |")
    print("|---|---|---|---|")
    for name in names or ALL:
        for line in ALL[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
