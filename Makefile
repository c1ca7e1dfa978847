# shouwen: the one Makefile. `make help` lists the targets.
CC       ?= cc
PREFIX   ?= /usr/local
BUILD    ?= build
VERSION  := $(shell sed -n 's/.*SHOUWEN_VERSION "\(.*\)"/\1/p' src/base/version.h)

# --- what Debian must provide -------------------------------------------------------------------------------------
DEPS_BUILD := gcc make pkg-config libglib2.0-dev libgmime-3.0-dev libetpan-dev libxml2-dev libarchive-dev libgsf-1-dev \
              libmagic-dev libpoppler-glib-dev libcairo2-dev libfontconfig-dev libfreetype-dev libleptonica-dev libtesseract-dev libsqlite3-dev libjansson-dev libseccomp-dev libxlsxwriter-dev \
              libical-dev libmicrohttpd-dev libsodium-dev
DEPS_RUN   := glib-networking poppler-data tesseract-ocr-chi-sim tesseract-ocr-eng ca-certificates libmagic1
DEPS_TEST  := fonts-arphic-uming python3 perl openssl dovecot-imapd exim4-daemon-light spamassassin clang libclang-rt-14-dev mandoc python3-openpyxl chromium chromium-driver
DEPS_BENCH := isync libreoffice-writer-nogui libreoffice-calc-nogui pandoc docx2txt odt2txt unrtf antiword catdoc poppler-utils \
              tesseract-ocr fonts-arphic-uming 7zip
DEPS_QUALITY := poppler-utils fontconfig fonts-arphic-uming

# --- flags --------------------------------------------------------------------------------------------------------
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Werror
HARDEN   := -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection
OPT      ?= -O2
PKG_BASE := glib-2.0 gio-2.0 gio-unix-2.0 libseccomp
PKG_MAIN := $(PKG_BASE) sqlite3 jansson xlsxwriter libmicrohttpd libsodium
PKG_MAIL := $(PKG_BASE) gmime-3.0 libxml-2.0 libarchive libgsf-1 jansson
# pkg-config adds two libraries of libical that are not wanted.
LIBS_MAIL := -lmagic -lical -lm
PKG_PAGE := $(PKG_MAIL) poppler-glib cairo-ft fontconfig freetype2 lept
PKG_OCR  := $(PKG_PAGE) tesseract
# Headers of libraries are not ours to keep warning-free.
cflags    = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))
libs      = $(shell pkg-config --libs $(1) 2>/dev/null)
CFLAGS_ALL := -std=gnu11 -g $(OPT) $(WARN) $(HARDEN) $(CFLAGS) -D_GNU_SOURCE -DSHOUWEN_PREFIX='"$(PREFIX)"' -MMD -MP
LDFLAGS_ALL := -pie -Wl,-z,relro,-z,now $(LDFLAGS)
CFLAGS_SRC := $(CFLAGS_ALL) -Isrc $(call cflags,$(PKG_MAIN))
CFLAGS_FLT := $(CFLAGS_ALL) -Ifilters -Isrc $(call cflags,$(PKG_OCR))

# --- sources ------------------------------------------------------------------------------------------------------
BASE_SRC := $(wildcard src/base/*.c)
MAIN_SRC := $(filter-out $(BASE_SRC),$(wildcard src/*.c src/*/*.c))
# What needs poppler, cairo or Leptonica is linked into the page server and the OCR server, what needs Tesseract too into
# the OCR server only; filters/readers/reader.h says how a reader finds out.
PAGE_SRC := $(wildcard filters/readers/pdf*.c filters/readers/picture_*.c filters/page/seal*.c filters/answers/render*.c)
OCR_SRC  := $(wildcard filters/readers/picture.c filters/page/ocr*.c filters/page/scan*.c)
FLT_SRC  := $(filter-out $(PAGE_SRC) $(OCR_SRC),$(wildcard filters/*.c filters/*/*.c))
obj       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
FILTERS  := $(addprefix $(BUILD)/,shouwen-filter shouwen-filter-page shouwen-filter-ocr)
PROGRAMS := $(BUILD)/shouwen $(FILTERS)

all: $(PROGRAMS) $(BUILD)/filters $(BUILD)/config $(BUILD)/web

# Uninstalled, the programs find kinds and letters beside themselves.
$(BUILD)/filters $(BUILD)/config:
	@mkdir -p $(BUILD)
	ln -sfn $(CURDIR)/$(@F) $@
$(BUILD)/web:
	@mkdir -p $(BUILD)
	ln -sfn $(CURDIR)/src/desk/web $@

$(BUILD)/shouwen: $(call obj,$(MAIN_SRC) $(BASE_SRC))
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_MAIN)) -letpan -lm
$(BUILD)/shouwen-filter: $(call obj,$(FLT_SRC) $(BASE_SRC))
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_MAIL)) $(LIBS_MAIL)
$(BUILD)/shouwen-filter-page: $(call obj,$(FLT_SRC) $(PAGE_SRC) $(BASE_SRC))
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_PAGE)) $(LIBS_MAIL)
$(BUILD)/shouwen-filter-ocr: $(call obj,$(FLT_SRC) $(PAGE_SRC) $(OCR_SRC) $(BASE_SRC))
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_OCR)) $(LIBS_MAIL)
$(BUILD)/obj/src/ledger/open.o: src/ledger/schema.sql
$(BUILD)/obj/src/ledger/migrate.o: src/ledger/to-3.sql
$(BUILD)/obj/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_SRC) -c -o $@ $<
# Loops over all pixels of a page, which the compiler turns into vector instructions.
$(BUILD)/obj/filters/page/lines.o $(BUILD)/obj/filters/readers/pdf_pixels.o: OPT += -O3
$(BUILD)/obj/filters/%.o: filters/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_FLT) -c -o $@ $<

-include $(patsubst %.o,%.d,$(call obj,$(MAIN_SRC) $(BASE_SRC) $(FLT_SRC) $(PAGE_SRC) $(OCR_SRC)))
include tests/tests.mk

# --- for people ---------------------------------------------------------------------------------------------------
# What is missing is installed by root or sudo; other systems get the list.
deps:
	@tests/install-deps $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)

# The flags above are read before `deps` has run, so what builds is a second make.
demo: deps
	@$(MAKE) --no-print-directory all
	@tests/demo start $(BUILD)
demo-stop:
	@tests/demo stop $(BUILD)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/shouwen $(DESTDIR)$(PREFIX)/etc/shouwen \
	  $(DESTDIR)$(PREFIX)/share/shouwen/kinds $(DESTDIR)$(PREFIX)/share/shouwen/letters $(DESTDIR)$(PREFIX)/share/shouwen/calendar \
	  $(DESTDIR)$(PREFIX)/share/shouwen/web $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install $(BUILD)/shouwen $(DESTDIR)$(PREFIX)/bin/
	install $(FILTERS) $(DESTDIR)$(PREFIX)/libexec/shouwen/
	install -m 644 filters/kinds/* $(DESTDIR)$(PREFIX)/share/shouwen/kinds/
	install -m 644 config/letters/* $(DESTDIR)$(PREFIX)/share/shouwen/letters/
	install -m 644 config/calendar/* $(DESTDIR)$(PREFIX)/share/shouwen/calendar/
	cd src/desk/web && find . -type f ! -name '.*' -exec install -D -m 644 '{}' '$(DESTDIR)$(PREFIX)/share/shouwen/web/{}' ';'
	install -m 644 config/shouwen.conf $(DESTDIR)$(PREFIX)/etc/shouwen/shouwen.conf.sample
	install -m 644 src/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 src/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/

clean:
	rm -rf $(BUILD)

help:
	@echo 'all        both programs into $(BUILD)/'
	@echo 'deps       install the Debian packages (root or sudo)'
	@echo 'demo       take sample mail into a ledger and print the queue; demo-stop ends what it left running'
	@echo 'test       everything: units under sanitizers, golden mails, real servers, jail, crash matrix, lint'
	@echo 'unit lint rooms asan   parts of it'
	@echo 'fuzz       look for failures in everything that reads, SECONDS=60 each, ONLY="message mbox"'
	@echo 'quality    how well 172 labelled documents are understood; fails when worse than recorded'
	@echo 'bench      speed beside mbsync and beside converters of documents, as ratios'
	@echo 'a11y       axe-core looks at every page of the desk in a real browser (npm; skipped without network)'
	@echo 'install    to PREFIX ($(PREFIX)), honouring DESTDIR'
	@echo 'clean      remove $(BUILD)/'

.PHONY: all deps demo demo-stop install clean help
.DELETE_ON_ERROR:
