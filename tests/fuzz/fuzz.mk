# fuzz.mk: what is fed with anything; included by tests.mk.
#
# tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput. Its first line says what it is linked with, as in a unit test, and with
# `seeds:` which other files of the tests are good to begin with:
#   // links: src/source/mbox_split.c src/base/*.c; libs: glib-2.0; flags: -lm; seeds: tests/golden/*.eml
# Beside it: seeds/NAME/ (begin with these), regressions/NAME/ (what once failed), NAME.dict (words to try).
#
# `make fuzz SECONDS=600 ONLY="mbox record"` looks for new failures and leaves them in build/fuzz/NAME/. `make test` only feeds
# the seeds and regressions to build/unit/fuzz_NAME, an ordinary program.
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRC))
FUZZ_BIN   := $(patsubst %,$(BUILD)/fuzz/%/fuzz,$(FUZZ_NAMES))
FUZZ_UNIT  := $(patsubst %,$(BUILD)/unit/fuzz_%,$(FUZZ_NAMES))
FUZZ_CC    ?= clang
FUZZ_CFLAGS = $(filter-out -fcf-protection -fstack-protector-strong,$(UNIT_CFLAGS)) -Isrc -Ifilters -Itests
SECONDS    ?= 60
ONLY       ?= $(FUZZ_NAMES)

$(BUILD)/fuzz/%/fuzz: tests/fuzz/fuzz_%.c $(HEADERS) $$(wildcard $$(call unit_links,tests/fuzz/fuzz_%.c))
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(call cflags,glib-2.0 $(call unit_part,$<,libs)) \
	  -o $@ $(filter %.c,$^) $(LDFLAGS_ALL) $(call libs,glib-2.0 $(call unit_part,$<,libs)) $(call unit_part,$<,flags)

$(BUILD)/unit/fuzz_%: $(BUILD)/san/tests/fuzz/fuzz_%.o tests/fuzz/replay.c $$(call san,$$(wildcard $$(call unit_links,tests/fuzz/fuzz_%.c)))
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -DSEEDS='"$(call unit_part,tests/fuzz/fuzz_$*.c,seeds)"' $(call cflags,glib-2.0) -o $@ $^ $(LDFLAGS_ALL) \
	  $(call libs,glib-2.0 $(call unit_part,tests/fuzz/fuzz_$*.c,libs)) $(call unit_part,tests/fuzz/fuzz_$*.c,flags)

fuzz: deps
	@$(MAKE) --no-print-directory fuzzed
fuzzed: $(patsubst %,$(BUILD)/fuzz/%/fuzz,$(ONLY))
	tests/fuzz/run $(BUILD) $(SECONDS) $(ONLY)

.PHONY: fuzz fuzzed
