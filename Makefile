# azcustody: one makefile, not recursive.  Everything that is made stands in $(B).
#
#   make              the four programs
#   make check        install what is missing, build, run every test
#   make check-fast   unit tests and the checks of the house only
#   make demo         a whole case on a real blob service, from nothing
#   make install      into $(DESTDIR)$(PREFIX)

B ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
VERSION := 0.1.0
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wvla -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 \
	-Wdate-time -Wnull-dereference -Wdouble-promotion
ifneq ($(WERROR),)
WARN += -Werror
endif
# _FORTIFY_SOURCE needs optimisation; SANITIZE builds choose their own.
HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection=full -ftrivial-auto-var-init=zero -fno-strict-aliasing \
	-fno-delete-null-pointer-checks -ffile-prefix-map=$(CURDIR)=.
# clang 14 asks to be told twice, and takes a string over two lines in a table
# for a missing comma.
ifneq ($(findstring clang,$(CC)),)
WARN += -Wno-string-concatenation
HARDEN += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
endif
ifeq ($(SANITIZE),)
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
else
HARDEN += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed
ifneq ($(SANITIZE),)
LINK += -fsanitize=$(SANITIZE)
endif
DEFS := -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -I.
# V=1 shows every command.
Q := $(if $(V),,@)

# ---- Sources, by name --------------------------------------------------------

# Those of the library, as it is the longest list.
include evidence/sources.mk

include collect/sources.mk

VERIFY_SRC := \
	verify/arguments.c \
	verify/bag_check.c \
	verify/bag_declaration.c \
	verify/bag_files.c \
	verify/bag_judge.c \
	verify/bag_lists.c \
	verify/bag_report.c \
	verify/bag_text.c \
	verify/bag_walk.c \
	verify/bag_walk_tar.c \
	verify/disclosure_check.c \
	verify/disclosure_files.c \
	verify/disclosure_objects.c \
	verify/disclosure_signers.c \
	verify/extract.c \
	verify/fold.c \
	verify/fold_table.c \
	verify/group_judge.c \
	verify/main.c \
	verify/path_policy.c \
	verify/proof_report.c \
	verify/receipts.c \
	verify/revisit_report.c \
	verify/secret_list.c \
	verify/signature_bounds.c \
	verify/subject.c \
	verify/timeline_check.c \
	verify/timeline_findings.c \
	verify/timeline_rows.c \
	verify/true_name.c \
	verify/timeline_signed.c \
	verify/verb_bag.c \
	verify/verb_disclosure.c \
	verify/verb_ledger.c \
	verify/verb_package.c \
	verify/verb_revisit.c \
	verify/verb_signature.c \
	verify/verb_timeline.c \
	verify/verb_timestamp.c \
	verify/verdict.c \
	verify/verdict_json.c \
	verify/verdict_text.c

LEDGER_SRC := \
	ledger/choice.c \
	ledger/derive.c \
	ledger/derive_bag.c \
	ledger/disclose.c \
	ledger/encrypt.c \
	ledger/enter.c \
	ledger/facts.c \
	ledger/folder.c \
	ledger/form.c \
	ledger/form_entry.c \
	ledger/form_item.c \
	ledger/form_page.c \
	ledger/form_style.c \
	ledger/give_receipt.c \
	ledger/keygen.c \
	ledger/main.c \
	ledger/place.c \
	ledger/show.c \
	ledger/stamp.c

TIMELINE_SRC := \
	timeline/address.c \
	timeline/agent.c \
	timeline/arena.c \
	timeline/build.c \
	timeline/build_load.c \
	timeline/build_options.c \
	timeline/case_bundle.c \
	timeline/certificate.c \
	timeline/classic.c \
	timeline/confine.c \
	timeline/coverage.c \
	timeline/crew.c \
	timeline/csv.c \
	timeline/derive.c \
	timeline/display.c \
	timeline/enrich.c \
	timeline/enrich_export.c \
	timeline/enrich_indicators.c \
	timeline/enrich_inventory.c \
	timeline/enrich_mark.c \
	timeline/enrich_rows.c \
	timeline/enrich_source.c \
	timeline/enrich_stix.c \
	timeline/enrich_tags.c \
	timeline/event.c \
	timeline/event_json.c \
	timeline/explain.c \
	timeline/export.c \
	timeline/export_cell.c \
	timeline/export_row.c \
	timeline/feed.c \
	timeline/findings.c \
	timeline/findings_json.c \
	timeline/fold.c \
	timeline/framing.c \
	timeline/framing_bad.c \
	timeline/framing_between.c \
	timeline/framing_key.c \
	timeline/framing_line.c \
	timeline/framing_value.c \
	timeline/geoip.c \
	timeline/html.c \
	timeline/intern.c \
	timeline/known_secret.c \
	timeline/load.c \
	timeline/logging.c \
	timeline/lot.c \
	timeline/main.c \
	timeline/map.c \
	timeline/map_activity.c \
	timeline/map_classic.c \
	timeline/map_flow.c \
	timeline/map_kind.c \
	timeline/map_look.c \
	timeline/map_nsg.c \
	timeline/map_storage.c \
	timeline/map_traffic.c \
	timeline/map_vnet.c \
	timeline/members.c \
	timeline/navigator.c \
	timeline/network.c \
	timeline/number.c \
	timeline/operation.c \
	timeline/output.c \
	timeline/own.c \
	timeline/parse.c \
	timeline/place.c \
	timeline/policy.c \
	timeline/reader.c \
	timeline/record.c \
	timeline/record_tree.c \
	timeline/report.c \
	timeline/report_chain.c \
	timeline/report_charts.c \
	timeline/report_enrichment.c \
	timeline/report_findings.c \
	timeline/report_tables.c \
	timeline/report_traffic.c \
	timeline/request.c \
	timeline/request_auth.c \
	timeline/request_target.c \
	timeline/row.c \
	timeline/row_batch.c \
	timeline/row_query.c \
	timeline/rule.c \
	timeline/scan.c \
	timeline/schema.c \
	timeline/show.c \
	timeline/skew.c \
	timeline/sql_split.c \
	timeline/store.c \
	timeline/store_postgres.c \
	timeline/store_postgres_bulk.c \
	timeline/store_postgres_run.c \
	timeline/store_sqlite.c \
	timeline/table_export.c \
	timeline/tally.c \
	timeline/traffic.c \
	timeline/tuple.c \
	timeline/twin.c \
	timeline/uri.c \
	timeline/verdict.c \
	timeline/when.c

# What the timeline program carries, the rules above all.
include timeline/embedded.mk

# The sources of unit tests, tools, and fuzz targets, by name as well.
include tests/sources.mk

# ---- Libraries ---------------------------------------------------------------

EVIDENCE_LIBS := -larchive -lzstd -lcrypto -lsodium -lcjson -lexpat -lseccomp
COLLECT_LIBS := $(EVIDENCE_LIBS) -lcurl -lssl
VERIFY_LIBS := $(EVIDENCE_LIBS)
LEDGER_LIBS := $(EVIDENCE_LIBS)
TIMELINE_LIBS := $(EVIDENCE_LIBS) -lyajl -lsqlite3 -lpq -lmaxminddb

# ---- What is made ------------------------------------------------------------

obj = $(patsubst %.c,$(B)/%.o,$(1))

PROGRAMS := $(addprefix $(B)/azcustody-,collect verify ledger timeline)
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(UNIT_SRC))
TOOLS := $(patsubst tests/tools/%.c,$(B)/tests/tools/%,$(TOOL_SRC))

all: $(PROGRAMS)

# Which objects of ours a program really holds, for the check of the layers.
OBJECTS_OF = { echo $(filter %.o,$^); sed -n \
	's,^$(B)/libevidence.a(\([^)]*\.o\)).*,$(B)/evidence/\1,p' $@.map; } | \
	tr ' ' '\n' | sort -u >$@.objects

$(B)/libevidence.a: $(call obj,$(EVIDENCE_SRC))
	$(Q)rm -f $@ && ar rcsD $@ $^

$(B)/azcustody-collect: $(call obj,$(COLLECT_SRC))
$(B)/azcustody-verify: $(call obj,$(VERIFY_SRC))
$(B)/azcustody-ledger: $(call obj,$(LEDGER_SRC))
$(B)/azcustody-timeline: $(call obj,$(TIMELINE_SRC)) $(B)/timeline/embedded.o
$(B)/azcustody-collect: LIBS = $(COLLECT_LIBS)
$(B)/azcustody-verify: LIBS = $(VERIFY_LIBS)
$(B)/azcustody-ledger: LIBS = $(LEDGER_LIBS)
$(B)/azcustody-timeline: LIBS = $(TIMELINE_LIBS)

$(PROGRAMS): $(B)/libevidence.a
	$(if $(V),,@echo "  LINK $@")
	$(Q)$(CC) $(LINK) -Wl,-Map=$@.map -o $@ $(filter %.o,$^) \
	    $(B)/libevidence.a $(LIBS) -lpthread
	$(Q)$(OBJECTS_OF)

# Tests and tools may use every module but a program's main.
TESTABLE := $(call obj,$(filter-out %/main.c,$(COLLECT_SRC) $(VERIFY_SRC) \
	$(LEDGER_SRC)))

$(B)/timeline/embedded.c: timeline/embed.sh $(TIMELINE_EMBED)
	@mkdir -p $(@D)
	$(Q)timeline/embed.sh $(TIMELINE_EMBED) >$@

$(B)/timeline/embedded.o: $(B)/timeline/embedded.c
	$(if $(V),,@echo "  CC   $<")
	$(Q)$(CC) $(DEFS) $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libtestable.a: $(TESTABLE)
	$(Q)rm -f $@ && ar rcsD $@ $^

# The timeline's modules have an archive of their own: programs never meet in
# one binary, so that two of them may each have a record.c.
$(B)/libtimeline.a: $(call obj,$(filter-out %/main.c,$(TIMELINE_SRC))) \
    $(B)/timeline/embedded.o
	$(Q)rm -f $@ && ar rcsD $@ $^

OF_TIMELINE := $(patsubst %.c,$(B)/%,$(shell grep -l '"timeline/' \
	$(UNIT_SRC) $(TOOL_SRC) $(FUZZ_SRC) 2>/dev/null))
testable = $(if $(filter $(1),$(OF_TIMELINE)),$(B)/libtimeline.a,$(B)/libtestable.a)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC   $<")
	$(Q)$(CC) $(DEFS) $(IDENTITY) $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP -c -o $@ $<


# The build's identity stands in one object.
$(B)/evidence/version.o: IDENTITY = -DAZCUSTODY_VERSION='"$(VERSION)"' \
	-DAZCUSTODY_COMMIT='"$(COMMIT)"'

-include $(shell find $(B) -name '*.d' 2>/dev/null)

include tests/checks.mk
include verify/static.mk
include verify/windows.mk

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/azcustody/rules
	install -m 0755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 0644 timeline/rules/*.sql \
	    $(DESTDIR)$(PREFIX)/share/azcustody/rules
	install -m 0644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean:
	rm -rf $(B)

.PHONY: all format install clean
.DELETE_ON_ERROR:
.SECONDARY:
