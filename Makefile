# make demo: watch it work    make test: prove it    make install: keep it
# make help: everything else; its text stands behind the ## of each target
VERSION = 0.1.0
CC = gcc
AR = gcc-ar
CFLAGS = -O2 -g -flto=auto
PKG_CONFIG = pkg-config
PREFIX = /usr/local
DESTDIR =
DATADIR = $(PREFIX)/share
DOCDIR = $(DATADIR)/doc/as-tools
UNITDIR = $(PREFIX)/lib/systemd/system
ZSHDIR = $(DATADIR)/zsh/site-functions
B = build
JOBS = $(shell nproc)

HEADERS = $(wildcard lib/*.h lib/*/*.h)
LIB = $(wildcard lib/*.c lib/*/*.c)
FLOORS = $(addprefix -I,lib $(filter-out %.h %.c %.md,$(wildcard lib/*)))
TOOLS = $(basename $(notdir $(wildcard cmd/as-*)))
SCRIPTS = $(basename $(notdir $(wildcard cmd/as-*/as-*.sh)))
APP = $(B)/demo-app
MAN = $(wildcard man/*)
SOURCES = $(wildcard cmd/*.c cmd/*/*.[ch]) $(LIB) $(HEADERS) \
	$(wildcard examples/*/*.[ch] tests/*/*.c)

AS_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wconversion -DAS_VERSION='"$(VERSION)"' $(FLOORS) \
	-ffile-prefix-map='$(CURDIR)=.' $(CPPFLAGS) $(CFLAGS)
CURL = $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
MHD = $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null || \
	echo -lmicrohttpd)
LIBS = -Wl,--as-needed $(CURL) -ljq -lm

# Each step prints one short line; V=1 prints the commands instead, -s nothing.
ifeq ($(filter-out 0,$(V)),)
.SILENT:
say = $(if $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS)))),:,printf '%-4s %s\n')
else
say = @:
endif

all: tools completions $(APP) $(B)/faultd $(B)/rule	## build it; what make alone does

tools: $(TOOLS:%=$(B)/%)	## build the tools alone

$(B)/lib/%.o: lib/%.c $(HEADERS)
	@mkdir -p $(@D)
	$(say) CC $<
	$(CC) $(AS_CFLAGS) -c -o $@ $<

$(B)/libas.a: $(LIB:%.c=$(B)/%.o)
	@rm -f $@
	$(say) AR $(@F)
	$(AR) rcs $@ $^

# A tool is cmd/as-NAME.c or all of cmd/as-NAME; of the library it has what it
# asks for, and of other libraries, too
.DELETE_ON_ERROR:
.SECONDEXPANSION:
$(B)/as-%: $$(wildcard cmd/as-$$*.c cmd/as-$$*/*) $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LIBS)

# A script is made of its parts: as-NAME.sh comes first, and main.sh last.
$(SCRIPTS:%=$(B)/%): $(B)/%: $$(wildcard cmd/$$*/*.sh) Makefile
	@mkdir -p $(B)
	$(say) GEN $(@F)
	sed 's/@VERSION@/$(VERSION)/' \
		$(filter-out %/main.sh Makefile,$^) $(filter %/main.sh,$^) >$@
	chmod 755 $@

$(APP): $(wildcard examples/app/*.[ch]) $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(MHD) $(LIBS)

deps:	## install the packages of Debian that are missing, as root
	@sh tests/deps

# for ci, integration, faults or packaging
deps-%:
	@sh tests/deps $*

demo: deps	## watch a day of an application in 40 seconds
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@PATH="$(CURDIR)/$(B):$$PATH" sh examples/demo

test: deps	## run the suites, without the tests that take seconds
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" sh tests/run '!slow'

# FILE:PLACE of each file, by which it is installed and taken back
put = $(foreach file,$(1),$(file):$(2)/$(notdir $(file)))
INSTALLED = $(call put,$(TOOLS:%=$(B)/%),$(PREFIX)/bin) \
	$(foreach n,1 5 7,$(call put,$(filter %.$(n),$(MAN)),$(DATADIR)/man/man$(n))) \
	$(call put,$(wildcard examples/profiles/*),$(DATADIR)/as-tools/profiles) \
	$(call put,$(COMPLETE_BASH),$(DATADIR)/bash-completion/completions) \
	$(call put,$(COMPLETE_ZSH),$(ZSHDIR)) \
	$(call put,$(COMPLETE_FISH),$(DATADIR)/fish/vendor_completions.d) \
	$(call put,$(UNITS),$(UNITDIR)) $(call put,README.md,$(DOCDIR)) \
	$(foreach file,$(EXAMPLES),$(file):$(DOCDIR)/$(file))

install: tools completions	## install below PREFIX (/usr/local), in DESTDIR
	@for pair in $(INSTALLED); do file=$${pair%%:*} mode=644; \
	    [ ! -x "$$file" ] || mode=755; \
	    install -D -m $$mode "$$file" "$(DESTDIR)$${pair#*:}" || exit; done
	@for pair in $(filter examples/% README.md:%,$(INSTALLED)); do \
	    sed -i -e 's,/usr/local/bin/,$(PREFIX)/bin/,' \
	    -e 's,/usr/local/share/doc/as-tools/,$(DOCDIR)/,' \
	    "$(DESTDIR)$${pair#*:}" || exit; done

# and directories of our own that are empty then
uninstall:	## remove what make install put there
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$${pair#*:}"; done
	@for dir in $(DATADIR)/as-tools $(DOCDIR); do \
	    [ ! -d "$(DESTDIR)$$dir" ] || find "$(DESTDIR)$$dir" -depth \
	    -type d -empty -delete; done

clean:	## remove build
	rm -rf build

help:	## print this list
	@sed -n 's/^\([a-z-]*\):.*	## /\1	/p' $(MAKEFILE_LIST) | expand -t 14
	@echo 'V=1 prints the commands of each step.'

include tests/rules.mk examples/packaging/rules.mk

.PHONY: all tools deps demo test install uninstall clean help
