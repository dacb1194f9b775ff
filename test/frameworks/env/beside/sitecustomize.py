"""Lets Python find the packages of another environment behind its own."""

import os
import sys

sys.path.append(os.environ["PACKAGES_BESIDE"])
