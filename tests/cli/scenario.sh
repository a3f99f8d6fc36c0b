#!/bin/sh
# Goal of this test: the incident generator keeps its promises: the formats, the
# ground truth, and an intruder that no single value tells.
exec python3 tests/scenario/selftest.py
