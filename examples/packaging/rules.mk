# rules.mk - what is made for systems to install; the Makefile includes it
COMPLETE_BASH = $(TOOLS:%=$(B)/completions/bash/%)
COMPLETE_ZSH = $(TOOLS:%=$(B)/completions/zsh/_%)
COMPLETE_FISH = $(TOOLS:%=$(B)/completions/fish/%.fish)
UNITS = $(wildcard examples/systemd/*.service examples/systemd/*.timer)
EXAMPLES = $(shell find $(wildcard $(addprefix examples/,as.conf docker-stats \
	leader hpa2conf try/boot.png tune cron runit s6 logrotate pipelines \
	prometheus grafana)) -type f)
COMPLETIONS = $(COMPLETE_BASH) $(COMPLETE_ZSH) $(COMPLETE_FISH)

completions: $(COMPLETIONS)	## build what completes words in bash, zsh and fish

$(COMPLETIONS): $(B)/keys $(TOOLS:%=$(B)/%) $(wildcard examples/completions/*)
	@mkdir -p $(@D)
	$(say) GEN $(@:$(B)/%=%)
	sh examples/completions/generate $(notdir $(@D)) \
	    $(B)/$(patsubst _%,%,$(basename $(notdir $@))) $(B)/keys >$@

$(B)/keys: examples/completions/keys.c $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# DEB_BUILD_OPTIONS=nocheck: without the tests
deb: deps-packaging	## build Debian's package, in build/deb
	sh examples/packaging/deb

deb-test:	## install, try and purge it in a clean Debian, as root
	@ls build/deb/as-tools_*.deb >/dev/null 2>&1 || $(MAKE) deb
	sh examples/packaging/deb-test

image-test:	## build the image and run a tick, as root
	@sh tests/deps packaging integration
	sh examples/packaging/image-test

# as-fetch and as-apply cannot be linked statically: Debian has no libjq.a, nor
# the libraries that its libcurl.a needs (ldap, krb5, ssh2, rtmp, psl), and the
# resolver of glibc loads modules at run time.
FILTERS = $(filter-out as-fetch as-apply $(SCRIPTS),$(TOOLS))
static: deps-packaging	## link the filters with musl, for any Linux, and test them
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory B=build/static CC=musl-gcc \
	    CFLAGS='-O2 -flto=auto' LDFLAGS='-static -s' LIBS=-lm \
	    LIB='$(filter-out lib/filter/% lib/http/%,$(LIB))' \
	    $(FILTERS:%=build/static/%)
	@B="$(CURDIR)/$(B)" S="$(CURDIR)/build/static" bash tests/checks/static

.PHONY: completions deb deb-test image-test static
