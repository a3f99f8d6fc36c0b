# Read by the Makefile: how tests, tools and fuzz targets are linked, and what
# runs them.  Their sources stand there, by name.

.SECONDEXPANSION:

# Fuzz targets are built by tests/house/fuzz.sh: B=build/fuzz CC=clang
# SANITIZE=fuzzer-no-link,address,undefined.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(FUZZ_SRC))

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $$(call testable,$$@) $(B)/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) $(LINK) -fsanitize=fuzzer -o $@ $^ $(COLLECT_LIBS) -lyajl \
	    -lsqlite3 -lpq -lpthread

$(B)/tests/%: $(B)/tests/%.o $$(call testable,$$@) $(B)/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) $(LINK) -o $@ $^ $(COLLECT_LIBS) -lyajl -lsqlite3 -lpq -lpthread

check-fast: all $(UNITS) $(TOOLS)
	B=$(B) tests/run.sh fast

check:
	tests/install.sh build check
	$(MAKE) WERROR=1 all units tools
	B=$(B) tests/run.sh all

check-long:
	tests/install.sh build check
	$(MAKE) WERROR=1 all units tools
	B=$(B) LONG=1 tests/run.sh all

units: $(UNITS)

tools: $(TOOLS)

fuzzers: $(FUZZERS)

bench:
	tests/install.sh build demo bench
	$(MAKE) all
	B=$(B) tests/bench/bench.sh

demo:
	tests/install.sh build demo
	$(MAKE) all
	B=$(B) tests/demo.sh

.PHONY: check check-fast check-long units tools fuzzers demo bench
