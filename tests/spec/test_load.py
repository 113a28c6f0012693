"""From files to one Project, or to everything that is wrong with them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SHOP, Complaints, Write
