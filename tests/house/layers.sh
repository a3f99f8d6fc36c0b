#!/bin/sh
# Goal of this test: includes go down only, every library has one door, and no
# program's own objects refer to what it must not be able to do
# (tests/house/layers.py).
exec python3 tests/house/layers.py
