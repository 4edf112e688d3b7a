"""A product's page from the shop's cache, against nginx sending the same bytes as a file."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

PAGE = "/api/products/show?id="
CONNECTIONS = 64


def require_tools():
    sys.exit("to do")


@contextmanager
def pages(shop, home, skipped):
    yield None
