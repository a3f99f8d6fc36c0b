# Read by the Makefile: the verifier as one static binary to hand over, with the
# list of what is in it (SPDX 2.3).
#
# libcrypto brings code that could open sockets or load modules.  None of our
# objects refers to it (tests/house/layers.sh), and the kernel is told before
# anything is read (evidence/sandbox.c); the linker's warnings about it are
# about that code.

#
# Debian has a static archive of each library but cJSON, which is built here from
# Debian's own source of the version that is installed.

STATIC := $(B)/azcustody-verify-static
STATIC_CJSON := $(B)/static/libcjson.a
STATIC_LIBS := -L$(B)/static $(VERIFY_LIBS) -lnettle -lacl -llzma -llz4 -lbz2 -lz -lxml2 \
	-licuuc -licudata -lstdc++ -lm

$(STATIC_CJSON): verify/cjson.sh
	$(if $(V),,@echo "  LIB  $@")
	$(Q)CC="$(CC)" CFLAGS="$(HARDEN) $(CFLAGS)" verify/cjson.sh $@

$(STATIC): $(call obj,$(VERIFY_SRC)) $(B)/libevidence.a $(STATIC_CJSON)
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) -static-pie -Wl,-z,relro,-z,now,-z,noexecstack \
	    -Wl,--build-id=none,--no-warnings,--gc-sections -s -Wl,-Map=$@.map \
	    -o $@ $(filter-out $(STATIC_CJSON),$^) -Wl,--start-group $(STATIC_LIBS) -Wl,--end-group -lpthread

$(STATIC).spdx.json: $(STATIC) verify/sbom.sh
	$(if $(V),,@echo "  SBOM $@")
	$(Q)verify/sbom.sh $(STATIC) $(VERSION) >$@

verify-static:
	tests/install.sh build static
	$(MAKE) $(STATIC) $(STATIC).spdx.json

.PHONY: verify-static
