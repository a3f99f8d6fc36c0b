# Read by the Makefile: how tests, tools and fuzz targets are linked, and what
# runs them.  Their sources stand there, by name.

.SECONDEXPANSION:

# Fuzz targets are built by "make clang", which see.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(FUZZ_SRC))

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $$(call testable,$$@) $(B)/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) $(LINK) -fsanitize=fuzzer -o $@ $^ $(COLLECT_LIBS) -lyajl \
	    -lsqlite3 -lpq -lmaxminddb -lpthread

$(B)/tests/%: $(B)/tests/%.o $$(call testable,$$@) $(B)/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) $(LINK) -o $@ $^ $(COLLECT_LIBS) -lyajl -lsqlite3 -lpq \
	    -lmaxminddb -lpthread

PARALLEL := -j$(shell nproc)

check-fast: all $(UNITS) $(TOOLS)
	B=$(B) tests/run.sh fast

# A build that fails is told by the test that asks for it.
check:
	tests/install.sh build check
	$(MAKE) $(PARALLEL) WERROR=1 all units tools
	-@$(MAKE) -s clang
	B=$(B) tests/run.sh all

check-long:
	tests/install.sh build check
	$(MAKE) $(PARALLEL) WERROR=1 all units tools
	-@$(MAKE) -s clang
	B=$(B) LONG=1 tests/run.sh all

# Everything once more by clang, with its sanitizers and without a warning: what
# tests/house/{build,sanitize,fuzz}.sh run and judge.
clang:
	@mkdir -p $(B)/clang
	$(MAKE) $(PARALLEL) B=$(B)/clang CC=clang CFLAGS='-O1 -g' WERROR=1 \
	    SANITIZE=fuzzer-no-link,address,undefined all units tools fuzzers \
	    >$(B)/clang/log 2>&1

units: $(UNITS)

tools: $(TOOLS)

fuzzers: $(FUZZERS)

bench:
	tests/install.sh build demo bench
	$(MAKE) $(PARALLEL) all tools
	B=$(B) tests/bench/bench.sh
	B=$(B) tests/bench/verify.sh

demo:
	tests/install.sh build demo
	$(MAKE) $(PARALLEL) all
	B=$(B) tests/demo.sh

.PHONY: check check-fast check-long clang units tools fuzzers demo bench
