# make demo: watch it work    make test: prove it    make install: keep it
VERSION = 0.1.0
CC = gcc
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

AS_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wconversion -DAS_VERSION='"$(VERSION)"' -Ilib \
	-ffile-prefix-map='$(CURDIR)=.' $(CPPFLAGS) $(CFLAGS)

BASE = msg mem privilege start num time args line bytes pairs in seek out table
ENGINE = ini api conf suggest flags profile sections layers config select \
	settings keys policy queue window average rate step metric idle sample \
	app decide fold print zone opening schedule
HTTP = http lanes lane transfer judge secret url ask reply fleet roster tell \
	grid filter plain program paths scan record fence jq compile output \
	lock order target before put owner brake guard act
FORECAST = forecast candidates season errors
SIM = load plant run coproc score runs
PLOT = chart curves page draw gnuplot
OBJ = $(BASE:%=$(B)/%.o) $(ENGINE:%=$(B)/%.o)
CURL = $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
MHD = $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null || \
	echo -lmicrohttpd)
JQ = -ljq

TOOLS = $(basename $(notdir $(wildcard cmd/as-*)))
APP = $(B)/demo-app
MAN = $(wildcard man/*)
SOURCES = $(wildcard cmd/*.c lib/*.[ch] examples/*/*.[ch] tests/*.c)

all: tools completions $(APP) $(B)/faultd $(B)/rule

tools: $(TOOLS:%=$(B)/%)

$(B)/%.o: lib/%.c $(wildcard lib/*.h)
	@mkdir -p $(B)
	$(CC) $(AS_CFLAGS) -c -o $@ $<

# cmd/as-NAME.c and the objects here make a tool
$(B)/as-forecast: $(FORECAST:%=$(B)/%.o)
$(B)/as-metrics: $(B)/prom.o
$(B)/as-plot: $(PLOT:%=$(B)/%.o)
$(B)/as-sim $(B)/as-score: $(SIM:%=$(B)/%.o)
$(B)/as-fetch $(B)/as-apply: LIBS = $(CURL) $(JQ)
$(B)/as-fetch $(B)/as-apply: $(HTTP:%=$(B)/%.o)

$(B)/as-%: cmd/as-%.c $(OBJ)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lm

$(B)/as-loop: cmd/as-loop Makefile
	@mkdir -p $(B)
	sed 's/@VERSION@/$(VERSION)/' cmd/as-loop >$@
	chmod 755 $@

$(B)/rule: tests/rule.c $(OBJ)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

$(APP): $(wildcard examples/app/*.[ch]) $(BASE:%=$(B)/%.o)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(MHD) $(JQ) -lm

$(B)/faultd $(B)/latency: $(B)/%: tests/%.c lib/as.h
	@mkdir -p $(B)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $<

# Debian's packages, by name: see there
deps:
	@sh tests/deps

demo: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@PATH="$(CURDIR)/$(B):$$PATH" sh examples/demo

# without the tests that take a second: make slow
test: deps
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

install: tools completions
	@for pair in $(INSTALLED); do file=$${pair%%:*} mode=644; \
	    [ ! -x "$$file" ] || mode=755; \
	    install -D -m $$mode "$$file" "$(DESTDIR)$${pair#*:}" || exit; done
	@for pair in $(filter examples/% README.md:%,$(INSTALLED)); do \
	    sed -i 's,/usr/local/bin/,$(PREFIX)/bin/,' \
	    "$(DESTDIR)$${pair#*:}" || exit; done

# and directories of our own that are empty then
uninstall:
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$${pair#*:}"; done
	@for dir in $(DATADIR)/as-tools $(DOCDIR); do \
	    [ ! -d "$(DESTDIR)$$dir" ] || find "$(DESTDIR)$$dir" -depth \
	    -type d -empty -delete; done

clean:
	rm -rf build

include examples/packaging/rules.mk tests/rules.mk

.PHONY: all tools deps demo test install uninstall clean
