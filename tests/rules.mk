# rules.mk - make's longer and rarer tests; the Makefile includes it
# What the tests start: a server that misbehaves, the naive rule, a stopwatch,
# as-decide without its fast ways
$(B)/faultd: tests/faults/faultd.c
$(B)/rule: tests/yardstick/rule.c
$(B)/latency: tests/bench/latency.c
$(B)/faultd $(B)/rule $(B)/latency: $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(B)/libas.a -lm

$(B)/decide-full: $(wildcard cmd/as-decide/*) tests/checks/full.c $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) -lm

slow: deps	## run the tests of the suites that make test leaves out
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" sh tests/run slow

# LONG=1: cron too, which takes two minutes
integration: deps-integration	## run the tools against real systems, started here
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" LONG="$(LONG)" sh tests/integration/run

# LONG=1: what takes minutes at full length
faults: deps-faults $(B)/failmalloc.so leaks	## run the catalogue of faults
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" LONG="$(LONG)" tests/faults/run

$(B)/failmalloc.so: tests/faults/failmalloc.c
	@mkdir -p $(B)
	$(say) LINK $(@F)
	$(CC) -O2 -Wall -Wextra -shared -fPIC -o $@ $< -ldl

leaks:	## build sanitized tools whose allocations can fail, for faults
	@mkdir -p $(B)/leaks
	@$(CC) -O1 -Wall -Wextra -DWRAP -c -o $(B)/leaks/failmalloc.o \
	    tests/faults/failmalloc.c
	@$(MAKE) --no-print-directory -j$(JOBS) B=$(B)/leaks tools \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer \
	    -fsanitize=address,undefined -fno-sanitize-recover=all" \
	    LDFLAGS="$(CURDIR)/$(B)/leaks/failmalloc.o \
	    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	    -Wl,--wrap=strdup,--wrap=strndup"

# SHORT=1: in two minutes
bench: deps-ci all $(B)/latency	## measure what a tick and a line cost
	@B="$(CURDIR)/$(B)" bash tests/bench/run $(if $(SHORT),short)

# TRACES=DIR: other loads
yardstick: all	## compare deciders on loads: what each pays and loses
	@B="$(CURDIR)/$(B)" bash tests/yardstick/run $(if $(TRACES),"$(abspath $(TRACES))")

picture: all	## draw the picture of README
	@PATH="$(CURDIR)/$(B):$$PATH" sh examples/try/picture \
	    >examples/try/boot.png

instructions: all	## count the instructions of as-decide on a line
	@B="$(CURDIR)/$(B)" sh tests/bench/instructions

properties: all $(B)/decide-full	## check what holds for every stream
	@B="$(CURDIR)/$(B)" bash tests/checks/properties 250000
	@B="$(CURDIR)/$(B)" bash tests/checks/usual 250000 1

DAYS = 30
soak: all	## run DAYS (30) of ticks at high speed: does memory grow?
	@B="$(CURDIR)/$(B)" bash tests/checks/soak $(DAYS)

sanitize:	## run the suites under ASan and UBSan
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/sanitize all \
	    CFLAGS="-O1 -g -Werror -fno-omit-frame-pointer \
	    -fsanitize=address,undefined -fno-sanitize-recover=all"
	@SANITIZED=1 B="$(CURDIR)/build/sanitize" sh tests/run

coverage: deps-ci deps-faults	## report the lines that no test runs
	@mkdir -p build/coverage
	@find build/coverage -name '*.gcda' -exec rm -f {} +
	@$(CC) -std=c11 -O2 -Wall -Wextra -c -o build/coverage/flush.o \
	    tests/checks/coverage.c
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/coverage all \
	    build/coverage/failmalloc.so CFLAGS="-O0 -g --coverage" \
	    LDFLAGS="$(CURDIR)/build/coverage/flush.o \
	    -Wl,--wrap=_exit,--wrap=kill,--wrap=prctl,--wrap=setrlimit"
	@B="$(CURDIR)/build/coverage" sh tests/checks/coverage

SECONDS = 10
FUZZ = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZED = -O1 -g -fno-lto -fno-sanitize-recover=all -fsanitize=address,undefined
fuzz:	## feed any bytes to the parsers, SECONDS (10) each
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/fuzz CC=clang AR=ar \
	    CFLAGS='$(FUZZED),fuzzer-no-link' $(FUZZ:%=build/fuzz/%)
	@B="$(CURDIR)/build/fuzz" sh tests/fuzz/run $(SECONDS)

$(FUZZ:%=$(B)/%): $(B)/%: tests/fuzz/%.c \
    $(filter-out %/as-forecast.c,$(wildcard cmd/as-forecast/*)) $(B)/libas.a
	$(say) LINK $(@F)
	clang $(AS_CFLAGS) -Icmd/as-forecast $(FUZZED),fuzzer -o $@ \
	    $(filter %.c %.a,$^) $(LIBS)

lint:	## check the style and the warnings of C, sh and manual pages
	@SOURCES="$(SOURCES)" MAN="$(MAN)" sh tests/checks/lint

.PHONY: slow integration faults leaks bench yardstick picture instructions \
	properties soak sanitize coverage fuzz lint
