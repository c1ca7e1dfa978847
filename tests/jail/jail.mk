# jail.mk: test builds of the mail server with hostile readers, one with the jail and one without; included by tests.mk.
# The switch is which functions the linker puts in place: the product has none.
JAIL_DIR := $(BUILD)/tests/jail
JAIL_BIN := $(JAIL_DIR)/on/shouwen-filter $(JAIL_DIR)/off/shouwen-filter $(JAIL_DIR)/attacks
JAIL_OBJ := $(call obj,$(FLT_SRC) $(BASE_SRC))
comma    := ,
wrap      = $(patsubst %,-Wl$(comma)--wrap=%,$(1))

$(JAIL_DIR)/on/shouwen-filter: tests/jail/hostile.c $(JAIL_OBJ)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_FLT)) $(LDFLAGS_ALL) $(call wrap,reader_for sniff_mime) -o $@ $^ $(call libs,$(PKG_MAIL)) $(LIBS_MAIL)
$(JAIL_DIR)/off/shouwen-filter: tests/jail/hostile.c $(JAIL_OBJ)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_FLT)) -DJAIL_OFF $(LDFLAGS_ALL) $(call wrap,reader_for sniff_mime policy_enter \
	  policy_enter_child memory_limit setrlimit close_range setgroups setresgid setresuid kill) -o $@ $^ $(call libs,$(PKG_MAIL)) $(LIBS_MAIL)
$(JAIL_DIR)/attacks: tests/jail/attacks.c $(call obj,$(BASE_SRC) $(wildcard src/door/*.c src/conf/*.c))
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS_SRC)) $(LDFLAGS_ALL) -o $@ $^ $(call libs,$(PKG_BASE) jansson) -lm
