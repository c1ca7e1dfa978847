# tests.mk: how the tests are built and run; included by the Makefile.

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

# The first line of a unit test says what it is linked with:
#   // links: src/spool/*.c src/base/*.c; libs: glib-2.0 gio-2.0; flags: -lfoo
unit_links = $(shell sed -nE '1s@^/[/*] *links: *([^;*]*[^;]*).*@\1@; 1s@ *\*/.*@@; 1p' $(1) | cut -d';' -f1)
unit_part  = $(shell sed -nE '1s@.*; *$(2): *([^;]*).*@\1@; 1s@ *\*/.*@@; 1p' $(1) | grep -v links)

SANITIZE := -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined -Wno-comment
UNIT_CFLAGS := $(filter-out -D_FORTIFY_SOURCE=2 -O2,$(CFLAGS_ALL)) $(SANITIZE)

HEADERS := $(wildcard src/*/*.h filters/*.h filters/*/*.h)
.SECONDEXPANSION:
$(BUILD)/unit/%: tests/unit/%.c $(HEADERS) $$(wildcard $$(call unit_links,tests/unit/%.c))
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(UNIT_CFLAGS)) -Isrc -Ifilters -Itests $(call cflags,glib-2.0 $(call unit_part,$<,libs)) \
	  -o $@ $(filter %.c,$^) $(LDFLAGS_ALL) $(shell pkg-config --libs glib-2.0 $(call unit_part,$<,libs)) $(call unit_part,$<,flags)

unit: $(UNIT_BIN)
	prove --exec '' -j $(shell nproc) $(UNIT_BIN)
.PHONY: unit
