"""What is not there cannot be attacked; whoever adds it reads here what it has to stand."""

import ast

import pytest
from django.conf import settings
from django.urls import get_resolver

UNPACKS = {"zipfile", "tarfile", "py7zr", "rarfile"}


@pytest.mark.parametrize("app", ["agents", "contactcenter", "interactions"])
def test_s35_no_archive_is_ever_unpacked(app):
    """`../` in the name of a member would write outside the folder it is unpacked to."""
    for file in (settings.BASE_DIR / app).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not UNPACKS & set(names), file
            assert not (isinstance(node, ast.Attribute) and node.attr in ("unpack_archive", "extractall")), file


def _paths(patterns, before=""):
    for pattern in patterns:
        path = before + str(pattern.pattern)
        yield from _paths(pattern.url_patterns, path) if hasattr(pattern, "url_patterns") else [path]


def test_s36_no_page_reads_a_file_by_a_name_in_its_address():
    """Logs are read on the machine; files of customers have tokens, which are looked up in the database."""
    paths = [path for path in _paths(get_resolver().url_patterns) if not path.startswith("admin/")]
    assert "login/" in paths
    assert not [path for path in paths if "<path:" in path or "log" in path.replace("login", "").replace("logout", "")]
