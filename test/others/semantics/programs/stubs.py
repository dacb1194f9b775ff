"""Modules that a program imports but its loss never reaches, such as those that draw or read images."""
import importlib.abc
import importlib.machinery
import sys
import types


class _Absent:
    """Anything asked of an absent module. While the program is imported it may be called, as decorators are; then no more."""

    sealed = False

    def __init__(self, *_):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent()

    def __setattr__(self, name, value):
        pass

    def __call__(self, *_, **__):
        if _Absent.sealed:
            raise RuntimeError("the loss called a module that is not installed")
        return _Absent()

    def __or__(self, other):
        return self

    def __mro_entries__(self, bases):
        return ()


class _Module(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if any(name == stub or name.startswith(stub + ".") for stub in self.names):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _Module(spec.name)

    def exec_module(self, module):
        pass


def stub(*names):
    """Makes these modules, and all below them, importable."""
    sys.meta_path.insert(0, _Finder(names))


def seal():
    """Once the program is imported: from here on, a call into a stub is an error."""
    _Absent.sealed = True
