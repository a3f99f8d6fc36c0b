"""Every option that README types is one that the program's --help has."""
import re
import subprocess
import sys


def helped(program: str, words: list[str]) -> str:
    done = subprocess.run([program] + words + ["--help"], capture_output=True,
                          text=True, check=False)
    return done.stdout


def main() -> int:
    bad = 0
    text = open("README.md").read()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    for line in blocks.replace("\\\n", " ").splitlines():
        m = re.match(r"\s*(azcustody-\w+)(?:\s+([a-z]+)(?=\s))?", line)
        if not m:
            continue
        program = f"{sys.argv[1]}/{m.group(1)}"
        known = set(re.findall(r"--[a-z][a-z-]*", helped(program, [])))
        if m.group(2):
            known |= set(re.findall(r"--[a-z][a-z-]*",
                                    helped(program, [m.group(2)])))
        for option in re.findall(r"(?<=\s)--[a-z-]+", line):
            if option not in known:
                print(f"# README: {m.group(1)} has no {option}")
                bad = 1
    return bad


sys.exit(main())
