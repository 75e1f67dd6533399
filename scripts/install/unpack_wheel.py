"""python3 unpack_wheel.py WHEEL FOLDER: what a C program needs of a TensorFlow wheel.

Writes the libraries into FOLDER/lib and the headers into FOLDER/include, nothing else, and prints the names
of the libraries, one a line. A name that would leave FOLDER ends the program before anything is written.
"""

import os
import re
import shutil
import sys
import zipfile

LIBRARY = re.compile(r"tensorflow/(libtensorflow_(?:cc|framework)[^/\\]*)\Z")
HEADERS = "tensorflow/include/"


def place(name):
    """Where a member belongs, relative to the folder, or None when it is not wanted."""
    library = LIBRARY.match(name)
    if library:
        return os.path.join("lib", library.group(1))
    if name.startswith(HEADERS) and not name.endswith("/"):
        return os.path.join("include", name[len(HEADERS) :])
    return None


def refuse_escapes(members):
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or "" in parts[:-1] or ":" in parts[0]:
            sys.exit("error: the wheel holds a name that leaves its folder: " + member.filename[:200])


def main(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        members = archive.infolist()
        refuse_escapes(members)
        wanted = [(member, place(member.filename)) for member in members]
        wanted = [(member, path) for member, path in wanted if path]
        libraries = [os.path.basename(path) for _, path in wanted if path.startswith("lib" + os.sep)]
        if len(libraries) < 2 or not any(name.startswith("libtensorflow_cc") for name in libraries):
            sys.exit("error: the wheel holds no libtensorflow_cc and libtensorflow_framework")
        for member, path in wanted:
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(member) as source, open(target, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    print("\n".join(libraries))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
