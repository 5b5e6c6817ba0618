# rules.mk - make's longer and rarer tests; the Makefile includes it
deps-ci deps-integration deps-faults:
	@sh tests/deps $(@:deps-%=%)

# What the tests start: a server that misbehaves, the naive rule, a stopwatch
$(B)/faultd: tests/faults/faultd.c
$(B)/rule: tests/yardstick/rule.c
$(B)/latency: tests/bench/latency.c
$(B)/faultd $(B)/rule $(B)/latency: $(B)/libas.a
	$(say) LINK $(@F)
	$(CC) $(AS_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(B)/libas.a -lm

# What make test leaves: tests that wait, or do much
slow: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" sh tests/run slow

# The same tools against real systems, started here; LONG=1: cron, two minutes
integration: deps-integration
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" LONG="$(LONG)" sh tests/integration/run

# All that FAULTS.md lists, counted by its ids; LONG=1: at full length
faults: deps-faults $(B)/failmalloc.so leaks
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B="$(CURDIR)/$(B)" LONG="$(LONG)" tests/faults/run

$(B)/failmalloc.so: tests/faults/failmalloc.c
	@mkdir -p $(B)
	$(say) LINK $(@F)
	$(CC) -O2 -Wall -Wextra -shared -fPIC -o $@ $< -ldl

# For torture.bats: sanitized tools in which allocations of our own can fail
leaks:
	@mkdir -p $(B)/leaks
	@$(CC) -O1 -Wall -Wextra -DWRAP -c -o $(B)/leaks/failmalloc.o \
	    tests/faults/failmalloc.c
	@$(MAKE) --no-print-directory -j$(JOBS) B=$(B)/leaks tools \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer \
	    -fsanitize=address,undefined -fno-sanitize-recover=all" \
	    LDFLAGS="$(CURDIR)/$(B)/leaks/failmalloc.o \
	    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	    -Wl,--wrap=strdup,--wrap=strndup"

bench: deps-ci all $(B)/latency
	@B="$(CURDIR)/$(B)" bash tests/bench/run

# Deciders on loads, with replicas that take their time; TRACES=DIR
yardstick: all
	@B="$(CURDIR)/$(B)" bash tests/yardstick/run $(if $(TRACES),"$(abspath $(TRACES))")

# The one in README: what three deciders do on a load
picture: all
	@PATH="$(CURDIR)/$(B):$$PATH" sh examples/try/picture \
	    >examples/try/boot.png

instructions: all
	@B="$(CURDIR)/$(B)" sh tests/bench/instructions 820

# What holds for every stream, on a million random lines
properties: all
	@B="$(CURDIR)/$(B)" bash tests/checks/properties 250000

# Days of ticks at raised speed: whether anything grows, or is lost
DAYS = 30
soak: all
	@B="$(CURDIR)/$(B)" bash tests/checks/soak $(DAYS)

# The same suite again, with the sanitizers looking on
sanitize:
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/sanitize all \
	    CFLAGS="-O1 -g -Werror -fno-omit-frame-pointer \
	    -fsanitize=address,undefined -fno-sanitize-recover=all"
	@SANITIZED=1 B="$(CURDIR)/build/sanitize" sh tests/run

# The same suite again: which lines of lib and cmd it runs
coverage: deps-ci deps-faults
	@mkdir -p build/coverage
	@find build/coverage -name '*.gcda' -exec rm -f {} +
	@$(CC) -std=c11 -O2 -Wall -Wextra -c -o build/coverage/flush.o \
	    tests/checks/coverage.c
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/coverage all \
	    build/coverage/failmalloc.so CFLAGS="-O0 -g --coverage" \
	    LDFLAGS="$(CURDIR)/build/coverage/flush.o \
	    -Wl,--wrap=_exit,--wrap=kill,--wrap=prctl,--wrap=setrlimit"
	@B="$(CURDIR)/build/coverage" sh tests/checks/coverage

# Any bytes as input, under the sanitizers; SECONDS each
SECONDS = 10
FUZZ = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZED = -O1 -g -fno-lto -fno-sanitize-recover=all -fsanitize=address,undefined
fuzz:
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/fuzz CC=clang AR=ar \
	    CFLAGS='$(FUZZED),fuzzer-no-link' $(FUZZ:%=build/fuzz/%)
	@B="$(CURDIR)/build/fuzz" sh tests/fuzz/run $(SECONDS)

$(FUZZ:%=$(B)/%): $(B)/%: tests/fuzz/%.c \
    $(filter-out %/as-forecast.c,$(wildcard cmd/as-forecast/*)) $(B)/libas.a
	$(say) LINK $(@F)
	clang $(AS_CFLAGS) -Icmd/as-forecast $(FUZZED),fuzzer -o $@ \
	    $(filter %.c %.a,$^) $(LIBS)

lint:
	@SOURCES="$(SOURCES)" MAN="$(MAN)" sh tests/checks/lint

.PHONY: deps-ci deps-integration deps-faults slow integration faults leaks \
	coverage bench yardstick picture instructions properties soak sanitize fuzz lint
