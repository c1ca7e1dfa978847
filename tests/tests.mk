# tests.mk: how the tests are built and run; included by the Makefile.

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

# The first line of a unit test says what it is linked with:
#   // links: src/spool/*.c src/base/*.c; libs: glib-2.0 gio-2.0; flags: -lfoo
unit_links = $(shell sed -nE '1s@^/[/*] *links: *([^;*]*[^;]*).*@\1@; 1s@ *\*/.*@@; 1p' $(1) | cut -d';' -f1)
unit_part  = $(shell sed -nE '1s@.*; *$(2): *([^;]*).*@\1@; 1s@ *\*/.*@@; 1p' $(1) | grep -v links)

SANITIZE := -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
UNIT_CFLAGS = $(filter-out -D_FORTIFY_SOURCE=2 -O2 -MMD -MP,$(CFLAGS_ALL)) $(SANITIZE) -Wno-comment
HEADERS  := $(wildcard src/*/*.h filters/*.h filters/*/*.h tests/*.h)

# Every source is compiled once with the sanitizers, and linked into each test that names it.
san = $(patsubst %.c,$(BUILD)/san/%.o,$(1))
$(BUILD)/san/src/ledger/open.o: src/ledger/schema.sql
$(BUILD)/san/src/ledger/migrate.o: src/ledger/to-3.sql
$(BUILD)/san/filters/page/%.o: SANITIZE += -O2 # pixels
$(BUILD)/san/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -MMD -MP -Isrc -Ifilters -Itests $(call cflags,$(PKG_MAIN) $(PKG_OCR)) -c -o $@ $<
-include $(shell find $(BUILD)/san -name '*.d' 2>/dev/null)

.SECONDEXPANSION:
.SECONDARY:
$(BUILD)/unit/%: $(BUILD)/san/tests/unit/%.o $$(call san,$$(wildcard $$(call unit_links,tests/unit/%.c)))
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ $(LDFLAGS_ALL) $(call libs,glib-2.0 $(call unit_part,tests/unit/$*.c,libs)) $(call unit_part,tests/unit/$*.c,flags)

include tests/fuzz/fuzz.mk

unit: $(UNIT_BIN) $(FUZZ_UNIT)
	prove --exec '' -j $(shell nproc) $(UNIT_BIN) $(FUZZ_UNIT)

$(BUILD)/tests/shim.so: tests/crash/shim.c
$(BUILD)/tests/probe.so: tests/jail/probe.c
$(BUILD)/tests/shim.so $(BUILD)/tests/probe.so:
	@mkdir -p $(@D)
	$(CC) -shared -fPIC -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o $@ $<

$(BUILD)/tests/verbs: tests/e2e/verbs.c $(call obj,$(BASE_SRC) $(wildcard src/door/*.c src/conf/*.c))
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_SRC)) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_BASE) jansson) -lm

include tests/jail/jail.mk

# The import rule of src/README.md, read from the #include lines.
rooms:
	tests/rooms

lint: rooms
	mandoc -Tlint -W warning src/man/*.1 src/man/*.5
	tests/lint

# Everything once more with the other compiler, for its warnings only.
clang:
	$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/clang all

# Both programs under the sanitizers, for trying things by hand.
asan:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPT="-O1 -fsanitize=address,undefined" HARDEN=-fPIE all

test: deps
	@$(MAKE) --no-print-directory -j$(shell nproc) tested
tested: all lint clang $(UNIT_BIN) $(FUZZ_UNIT) $(BUILD)/tests/shim.so $(BUILD)/tests/probe.so $(BUILD)/tests/verbs $(JAIL_BIN)
	tests/run $(BUILD)

$(BUILD)/tests/engine-bench: tests/bench/engine.c $(call obj,$(wildcard filters/engine/*.c) filters/record.c filters/page/xhtml.c \
                              filters/readers/html.c $(BASE_SRC))
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_FLT)) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_MAIL)) -lm

$(BUILD)/tests/ledger-bench: tests/bench/ledger.c $(call obj,$(wildcard src/ledger/*.c) src/decide/export.c src/decide/sheet.c \
                              $(wildcard src/conf/*.c) $(BASE_SRC))
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_SRC)) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_MAIN)) -lm

bench: deps
	@tests/install-deps $(DEPS_BENCH)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory $(BUILD)/tests/engine-bench $(BUILD)/tests/ledger-bench
	tests/bench/ledger $(BUILD)
	tests/bench/desk $(BUILD)
	tests/bench/engine $(BUILD)
	tests/bench/documents $(BUILD)
	tests/bench/run $(BUILD)

quality: deps-quality
	@$(MAKE) --no-print-directory all
	tests/quality/run $(BUILD)
	tests/bounces/run $(BUILD)
deps-quality: deps
	@tests/install-deps $(DEPS_QUALITY)

# How accessible the desk is: every page, both themes, both languages. Not part of `test`: axe-core comes from npm.
a11y: all
	tests/browser/axe $(BUILD)

.PHONY: a11y unit rooms lint clang asan test tested bench quality deps-quality
