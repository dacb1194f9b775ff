"""Darknet's configuration files, as far as detectors need them."""


def sections(path):
    """The sections of a file: (kind, options) in order."""
    found = []
    for line in open(path, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line.startswith("["):
            found.append((line.strip("[]"), {}))
        elif "=" in line:
            key, value = line.split("=", 1)
            found[-1][1][key.strip()] = value.strip()
    return found


def sources(here, text):
    """The places of the layers that a route or shortcut names, counted back where negative."""
    return [here + i if i < 0 else i for i in map(int, text.split(","))]
