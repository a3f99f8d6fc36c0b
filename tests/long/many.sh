#!/bin/sh
# Goal of this test: a million blobs in flat memory (tests/cli/collect_many.sh
# says how that is judged).  COUNT may be smaller.
COUNT=${COUNT:-1000000} exec sh tests/cli/collect_many.sh
