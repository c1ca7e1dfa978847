# shouwen: one Makefile. `make help` lists the targets.
CC       ?= cc
PREFIX   ?= /usr/local
BUILD    ?= build
VERSION  := $(shell sed -n 's/.*SHOUWEN_VERSION "\(.*\)"/\1/p' src/base/version.h)

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Werror
HARDEN   := -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection
OPT      ?= -O2
PKG_BASE := glib-2.0 gio-2.0 gio-unix-2.0 libseccomp
PKG_MAIN := $(PKG_BASE) sqlite3 jansson
PKG_MAIL := $(PKG_BASE) gmime-3.0 libxml-2.0 libarchive libgsf-1 jansson
PKG_PAGE := $(PKG_MAIL) poppler-glib cairo lept
# Third-party headers are not ours to keep warning-free.
cflags    = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1)))
CFLAGS_ALL := -std=gnu11 -g $(OPT) $(WARN) $(HARDEN) $(CFLAGS) -D_GNU_SOURCE -MMD -MP
LDFLAGS_ALL := -pie -Wl,-z,relro,-z,now $(LDFLAGS)
CFLAGS_SRC := $(CFLAGS_ALL) -Isrc $(call cflags,$(PKG_MAIN))
CFLAGS_FLT := $(CFLAGS_ALL) -Ifilters -Isrc $(call cflags,$(PKG_PAGE))
LIBS_SRC  := $(shell pkg-config --libs $(PKG_MAIN)) -letpan
LIBS_MAIL := $(shell pkg-config --libs $(PKG_MAIL)) -lmagic
LIBS_PAGE := $(shell pkg-config --libs $(PKG_PAGE)) -lmagic

BASE_SRC := $(wildcard src/base/*.c)
MAIN_SRC := $(filter-out $(BASE_SRC),$(wildcard src/*.c src/*/*.c))
# Readers of pages (poppler, cairo, Leptonica) are linked into the page server only.
PAGE_ONLY := $(wildcard filters/readers/pdf.c filters/readers/picture.c filters/page/layout.c filters/page/seal.c)
FLT_SRC  := $(filter-out $(PAGE_ONLY) filters/readers/readers.c,$(wildcard filters/*.c filters/*/*.c))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
BASE_OBJ := $(call obj,$(BASE_SRC))
MAIN_OBJ := $(call obj,$(MAIN_SRC))
FLT_OBJ  := $(call obj,$(FLT_SRC))
PAGE_OBJ := $(call obj,$(PAGE_ONLY))

all: $(BUILD)/shouwen $(BUILD)/shouwen-filter $(BUILD)/shouwen-filter-page

$(BUILD)/shouwen: $(MAIN_OBJ) $(BASE_OBJ)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_SRC)
$(BUILD)/shouwen-filter: $(FLT_OBJ) $(BASE_OBJ) $(BUILD)/obj/filters/readers/readers-mail.o
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_MAIL)
$(BUILD)/shouwen-filter-page: $(FLT_OBJ) $(PAGE_OBJ) $(BASE_OBJ) $(BUILD)/obj/filters/readers/readers-page.o
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_PAGE)

$(BUILD)/obj/filters/readers/readers-mail.o: filters/readers/readers.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_FLT) -DSERVER_SIZE=SIZE_MAIL -c -o $@ $<
$(BUILD)/obj/filters/readers/readers-page.o: filters/readers/readers.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_FLT) -DSERVER_SIZE=SIZE_PAGE -c -o $@ $<
$(BUILD)/obj/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_SRC) -c -o $@ $<
$(BUILD)/obj/filters/%.o: filters/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_FLT) -c -o $@ $<

include $(wildcard tests/tests.mk)
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
.PHONY: all
