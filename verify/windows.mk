# Read by the Makefile: the verifier for Windows (x86-64), one static file, and
# the list of what is in it.
#
# It is the Linux verifier's own source but for the files named here, which stand
# for those that ask the system (io.c is the same everywhere).  Its libraries are
# built from Debian's source packages, and nothing in it can open a socket: none
# of them has that code.

WINDOWS := $(B)/azcustody-verify.exe
WINDOWS_CC := x86_64-w64-mingw32-gcc
WINDOWS_LIBS := $(B)/win/libraries

# What only other programs use, or what is replaced.
WINDOWS_NOT := \
	evidence/age_encrypt.c \
	evidence/age_file.c \
	evidence/checkpoint.c \
	evidence/clock_sample_local.c \
	evidence/cms_key_sign.c \
	evidence/cms_sign.c \
	evidence/ed25519_key_sign.c \
	evidence/ed25519_sign.c \
	evidence/err_errno.c \
	evidence/frames_pool.c \
	evidence/frames_write.c \
	evidence/io_linux.c \
	evidence/ledger_append.c \
	evidence/package_append.c \
	evidence/package_publish.c \
	evidence/package_resume.c \
	evidence/package_seal.c \
	evidence/package_work.c \
	evidence/package_write.c \
	evidence/process.c \
	evidence/sandbox.c \
	evidence/secret_ask.c \
	evidence/secret_env.c \
	evidence/signer_sign.c \
	evidence/signing.c \
	evidence/spool.c

WINDOWS_SRC := \
	evidence/err_errno_windows.c \
	evidence/io_windows.c \
	evidence/io_windows_bytes.c \
	evidence/io_windows_path.c \
	evidence/process_windows.c \
	evidence/sandbox_windows.c

# Formats are judged by the compiler of the other system: this one takes those
# of C11 for errors.
WINDOWS_FLAGS := -std=c11 -D__USE_MINGW_ANSI_STDIO=1 -D_WIN32_WINNT=0x0A00 \
	-DUNICODE -D_UNICODE -D_FILE_OFFSET_BITS=64 -DLIBARCHIVE_STATIC \
	-DSODIUM_STATIC -DXML_STATIC -I. -I$(B)/win/include \
	$(filter-out -Wformat=2,$(WARN)) -Wno-format -O2 -fstack-protector-strong \
	-ftrivial-auto-var-init=zero -fno-strict-aliasing \
	-fno-delete-null-pointer-checks -ffile-prefix-map=$(CURDIR)=.
WINDOWS_LINK := -municode -static -s -fstack-protector-strong -Wl,--no-insert-timestamp,--gc-sections \
	-Wl,--dynamicbase,--nxcompat,--high-entropy-va

win = $(patsubst %.c,$(B)/win/%.o,$(1))

$(WINDOWS_LIBS): verify/windows_libraries.sh verify/debian_source.sh
	$(Q)verify/windows_libraries.sh $(B)/win
	$(Q)touch $@

$(B)/win/%.o: %.c $(WINDOWS_LIBS) Makefile verify/windows.mk
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC   $< for Windows")
	$(Q)$(WINDOWS_CC) $(WINDOWS_FLAGS) $(IDENTITY) -MMD -MP -c -o $@ $<

$(B)/win/evidence/version.o: IDENTITY = -DAZCUSTODY_VERSION='"$(VERSION)"' \
	-DAZCUSTODY_COMMIT='"$(COMMIT)"'

$(B)/win/libevidence.a: $(call win,$(WINDOWS_SRC) $(filter-out $(WINDOWS_NOT),$(EVIDENCE_SRC)))
	$(Q)rm -f $@ && x86_64-w64-mingw32-ar rcsD $@ $^

$(WINDOWS): $(call win,$(VERIFY_SRC) verify/main_windows.c) $(B)/win/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(WINDOWS_CC) $(WINDOWS_LINK) -Wl,-Map=$@.map -o $@ $^ -L$(B)/win/lib \
	    -larchive -lzstd -lcrypto -lsodium -lcjson -lexpat -lpthread \
	    -lbcrypt -lntdll -ladvapi32 -lcrypt32

$(WINDOWS).spdx.json: $(WINDOWS) verify/sbom.sh
	$(if $(V),,@echo "  SBOM $@")
	$(Q)verify/sbom.sh $(WINDOWS) $(VERSION) $(B)/win >$@

# The test of io.h, which is one for every system.
$(B)/win/tests/unit/test_io.exe: $(B)/win/tests/unit/test_io.o $(B)/win/libevidence.a
	$(Q)$(WINDOWS_CC) $(filter-out -municode,$(WINDOWS_LINK)) -o $@ $^ \
	    -lpthread -lntdll

verify-windows:
	tests/install.sh build windows
	$(MAKE) $(WINDOWS) $(WINDOWS).spdx.json

.PHONY: verify-windows
