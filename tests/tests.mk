# SPDX-License-Identifier: MIT
# tests.mk: where the sources of tests are, and checks that take longer than `make check`; included
# by the Makefile.

# Tests stand in the rooms that they are about, their programs beside each other.
vpath %.c tests $(sort $(dir $(wildcard tests/*/t_*.c)))

$(BUILD)/tests/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(PLACE) -MMD -MP -c -o $@ $<

# Its allocations fail on demand.
%/tests/t_memory: private LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free

# Its reference is told where to look by wrong guesses.
%/tests/t_sabotage: private LDFLAGS += -Wl,--wrap=hint_crossing,--wrap=hint_root,--wrap=queue_pop,--wrap=tournament_first

# Likewise its witness.
%/tests/t_witness_forecast: private LDFLAGS += -Wl,--wrap=witness_forecast,--wrap=witness_forecast_certain

.PHONY: sanitize valgrind fuzz faults mutate kills train-kills browser throughput oracle digits hostile retrace beside-torch nightly

sanitize: ## all tests under the address, undefined-behaviour and leak sanitizers, then valgrind
	@+MAKE='$(MAKE)' BUILD=$(BUILD) tests/sanitize.sh address valgrind

valgrind: ## a few tests under valgrind
	@+MAKE='$(MAKE)' BUILD=$(BUILD) tests/sanitize.sh valgrind

nightly: all tests ## every case with every shape, of the tests that take some of them in `make check`
	@EVIDENT_WHOLE=1 EVIDENT=$(PROGRAM) JOBS=$(JOBS) tests/run.sh \
	    $(addprefix $(BUILD)/tests/,$(notdir $(basename $(shell grep -l 'include "tests/whole.h"' tests/*/t_*.c))))

fuzz: ## feed the reader of cases with broken text for FUZZ_SECONDS=600 (needs clang)
	@+MAKE='$(MAKE)' BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/sanitize.sh fuzz

faults: all ## plant every fault of tests/faults.tsv; each must be caught by two kinds of check
	@+MAKE='$(MAKE)' BUILD=$(BUILD) JOBS=$(JOBS) tests/faults.sh

mutate: all tests ## force every condition of ref/ true, then false (two hours); explain what nobody sees
	@+MAKE='$(MAKE)' BUILD=$(BUILD) tests/mutate.py --jobs $(JOBS)

kills: all ## kill a campaign KILLS=1000 times, resume it, compare its store with one left alone
	@BUILD=$(BUILD) tests/kills.sh

train-kills: all $(BUILD)/tests/same_training ## kill a training KILLS=100 times, resume it, compare its checkpoint with one left alone
	@BUILD=$(BUILD) tests/train_kills.sh

-include $(BUILD)/tests/same_training.d

browser: all ## open pages in a headless browser: console, links, a phone, light, dark, print
	@BUILD=$(BUILD) tests/browser.sh

throughput: all ## cases a second in one process and in two, to reports/measured/throughput.txt
	@BUILD=$(BUILD) tests/throughput.sh

oracle: all $(BUILD)/tests/oracle ## compare 500 unseen cases with a third simulator (tests/oracle.h)
	@EVIDENT=$(PROGRAM) $(BUILD)/tests/oracle

-include $(BUILD)/tests/oracle.d

digits: all ## 1,000 unseen cases at 20, 60 and 200 digits: those of the former stand in the latter
	@EVIDENT=$(PROGRAM) tests/digits.py --jobs $(JOBS)

hostile: all $(BUILD)/tests/hostile ## wrong gradients of a program with a fixed step: none passes, no right one fails
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/hostile.sh

retrace: all ## retrace an epoch of the EventProp paper's own training; SEEDS=0,1,2,3,4 for all
	@EVIDENT=$(PROGRAM) $(PYTHON) tests/retrace.py --jobs $(JOBS)

beside-torch: all ## trials a second of a training and of PyTorch, to reports/measured/beside-torch.txt
	@EVIDENT=$(PROGRAM) $(PYTHON) tests/beside_torch.py
