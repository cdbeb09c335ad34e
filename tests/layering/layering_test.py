"""layering_test.py ROOT: each floor of the house includes only itself and the floors below it, and
proto/ knows no Asio, socket, clock, thread or random source. (It may lock what threads share.)"""
import glob
import os
import re
import sys

# Each floor, and the floors whose public headers it may include.
FLOORS = {
    "proto": {"proto"},
    "src": {"proto", "src"},
    "listener": {"proto", "src", "listener"},
    "client": {"proto", "src", "client"},
    "tools": {"proto", "src", "listener", "client", "tools"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
IMPURE = re.compile(
    r"^(boost/asio\b.*|boost/system/.*asio.*|sys/(socket|un|select|epoll|poll|time)\.h|netinet/.*"
    r"|arpa/inet\.h|netdb\.h|poll\.h|unistd\.h|time\.h|ctime|thread"
    r"|condition_variable|future|random|boost/random.*|openssl/rand\.h)$")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def sources(root, floor):
    for kind in ("hpp", "cpp", "ipp"):
        for path in glob.glob(os.path.join(root, floor, "**", "*." + kind), recursive=True):
            yield path


def headers(root):
    """{name to include it by: the floors that have it}; private headers go by their path below
    their floor."""
    owners = {}
    for floor in FLOORS:
        base = os.path.join(root, floor)
        for path in sources(root, floor):
            name = os.path.relpath(path, base)
            owners.setdefault(re.sub("^include/", "", name), set()).add(floor)
    return owners


def complaints(root):
    owners = headers(root)
    for floor, allowed in sorted(FLOORS.items()):
        for path in sources(root, floor):
            with open(path, encoding="utf-8") as file:
                text = COMMENT.sub("", file.read())
            for name in INCLUDE.findall(text):
                having = owners.get(name, set())
                if having and not having & allowed:
                    yield "%s includes <%s>, which is of %s" % (path, name, sorted(having))
                if name.startswith("parley/") and not having:
                    yield "%s includes <%s>, which no floor has" % (path, name)
                if ".." in name.split("/"):
                    yield "%s includes \"%s\": it reaches out of its folder" % (path, name)
                if floor == "proto" and IMPURE.match(name):
                    yield "%s includes <%s>: proto/ is pure" % (path, name)
            if floor == "proto" and re.search(r"_clock::now|\bthis_thread\b", text):
                yield "%s asks a clock: proto/ is pure" % path
            if floor == "proto" and re.search(r"\basio\b", text):
                yield "%s mentions Asio: proto/ is pure" % path


def main():
    root = sys.argv[1]
    if not headers(root):
        sys.exit("no headers under " + root)
    found = list(complaints(root))
    print("\n".join(found) or "every floor keeps to its own")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
