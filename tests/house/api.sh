#!/bin/sh
# Goal of this test: the headers are contracts (tests/house/api.py).
exec python3 tests/house/api.py
