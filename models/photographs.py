"""Embeddings of photographs, as `recasketch embed -` writes them to standard input, in one file for the program.

    ls -d FOLDER/*.jpg | recasketch embed - --network NETWORK | python3 photographs.py OUT

src/weights/photographs.rs reads the file. Of all photographs every third is kept, in the order of their names.
"""

import gzip
import json
import sys

KEPT = 64
EVERY = 3


def main():
    lines = [json.loads(line) for line in sys.stdin]
    kept = sorted(lines, key=lambda line: line["path"])[: KEPT * EVERY : EVERY]
    if len(kept) != KEPT:
        sys.exit(f"photographs.py: takes at least {KEPT * EVERY} photographs, came {len(lines)}")
    codes = b"".join(bytes(code & 255 for code in line["embedding"]) for line in kept)
    with open(sys.argv[1], "wb") as file:
        file.write(gzip.compress(codes, mtime=0))


if __name__ == "__main__":
    main()
