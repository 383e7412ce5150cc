# SPDX-License-Identifier: MIT
# evident: builds, checks and installs. `make help` lists the targets; all that is built is under
# build/. Needs GNU make. Parallel by itself; -jN or JOBS=N changes how much.

# ---- what a user may change ----

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
FUZZ_SECONDS ?= 600
PYTHON ?= python3
# A planted fault of tests/faults.tsv; 0 is none. Only what its number stands in is built again.
FAULT ?= 0
# WERROR=1: warnings stop the build, as they do where CI is set. V=1: show whole command lines.

# ---- what a user may not change ----

# These flags are part of the meaning of the program, so they stand last on the command line and no
# override reaches them: a fused multiply-add or a reassociated sum would change the numbers that
# are compared bit by bit.
override SEMANTICS := -std=c11 -D_POSIX_C_SOURCE=200809L -fno-fast-math -ffp-contract=off
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wdouble-promotion \
            $(if $(filter-out 0 false,$(CI) $(WERROR)),-Werror)

.DEFAULT_GOAL := all
include gpu/gpu.mk
include tests/tests.mk

# ---- libraries ----

# hdf5 goes by the name hdf5-serial where no alternative was chosen.
HDF5 := $(shell pkg-config --exists hdf5 2>/dev/null && echo hdf5 || echo hdf5-serial)
PACKAGES := mpfr jansson sqlite3 libxxhash zlib sndfile fftw3 $(HDF5)
# -isystem: warnings are for our own text.
FOREIGN := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
INCLUDES = $(PLANTED:%=-I%) -I. $(FOREIGN)
# Arb is part of FLINT 3; before, it is flint-arb (Debian 12) or arb. The first that links is it.
ARB = $(eval ARB := $$(shell for names in "-lflint" "-lflint-arb -lflint" "-larb -lflint"; do \
    echo 'void arb_init(void *); int main(void) { arb_init(0); }' | \
    $(CC) -w -x c - -o /dev/null $$$$names 2>/dev/null && echo $$$$names && break; done))$(ARB)
LIBS = $(ARB) $(shell pkg-config --libs $(PACKAGES) $(MPI)) $(CUDA_LIBS) -lm

# MPI spreads a run over machines; where it is not installed, a run stays on one.
MPI := $(shell pkg-config --exists ompi-c 2>/dev/null && echo ompi-c)

# ---- sources and objects ----

OUT := $(if $(filter-out 0,$(FAULT)),$(BUILD)/fault-$(FAULT),$(BUILD))
PROGRAM := $(OUT)/evident
LIBRARY := $(BUILD)/libevident.a
# gpu/clock/*.c are compiled for binary32 and for binary64; gpu/tools/ are programs of their own.
OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cases/*.c cases/*/*.c verify/*.c verify/*/*.c \
                   ref/*/*.c) $(filter-out gpu/tools/% $(CUDA_UNUSED),$(wildcard gpu/*.c gpu/*/*.c))) $(CUDA_OBJECTS) \
           $(patsubst %.c,$(BUILD)/%.double.o,$(wildcard gpu/clock/*.c))
include tests/faults.mk
MAIN := $(BUILD)/verify/main.o
TESTS := $(addprefix $(BUILD)/tests/,$(sort $(notdir $(basename $(wildcard tests/*/t_*.c)))))
COMPILE = $(CC) $(CFLAGS) -fopenmp $(WARNINGS) $(INCLUDES) $(SEMANTICS)

# A build says one line when it begins; V=1 shows every command.
SAY = $(if $(V),,@)

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
.DELETE_ON_ERROR:
.PHONY: all tests check checked verify lint bits canary sweep bench measured install uninstall
.PHONY: clean help FORCE

all: $(PROGRAM) $(LIBRARY) $(OUT)/evident.1 $(OUT)/evident.bash ## build build/evident, its manual page and build/libevident.a (default)

tests: $(TESTS) ## build the unit tests

# It asks a program of the tests.
$(addsuffix /tests/t_program_grid,$(sort $(BUILD) $(OUT))): | $(BUILD)/tests/hostile

# Other flags build everything again, another prefix only what knows it, other sources the library.
$(BUILD)/flags: PLANTED =
$(BUILD)/flags: STAMP = $(COMPILE) $(MPI) $(CUDA_COMPILE)
$(BUILD)/flags: BEGIN = echo 'building $(words $(OBJECTS)) objects, then $(PROGRAM) (V=1 shows the commands)'; \
    pkg-config --print-errors --exists $(PACKAGES) || { echo 'install these (.ci/setup does)'; exit 1; };
$(BUILD)/prefix: STAMP = $(PREFIX)
$(BUILD)/members: STAMP = $(OBJECTS)
$(BUILD)/flags $(BUILD)/prefix $(BUILD)/members: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(STAMP))' | cmp -s - $@ || { $(BEGIN) \
	    printf '%s\n' '$(subst ','\'',$(STAMP))' > $@; }

$(BUILD)/cases/shared.o: $(BUILD)/prefix
$(BUILD)/cases/shared.o: private PLACE = -DEVIDENT_SHARE='"$(PREFIX)/share/evident"'

# A run remembers how its program was built.
$(BUILD)/verify/store/store_facts.o: private PLACE = -DEVIDENT_FLAGS='"$(CC) $(CFLAGS)"'

ifneq ($(MPI),)
$(BUILD)/verify/run/ranks.o: private PLACE = -DEVIDENT_MPI $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(MPI)))
endif

$(OUT)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(PLACE) -MMD -MP -c -o $@ $<

# The engine under test is worth a higher level of optimisation; no level changes a bit (make bits).
ENGINE_LEVEL := -O3
$(OUT)/gpu/%.o: private override CFLAGS += $(ENGINE_LEVEL)
$(OUT)/gpu/%.double.o: private PLACE = -DREAL_BITS=64

$(OUT)/gpu/%.double.o: gpu/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(PLACE) -MMD -MP -c -o $@ $<

$(OUT)/%: $(BUILD)/gpu/tools/%.o $(FAULTY) $(LIBRARY)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(LIBS)

$(LIBRARY): $(filter-out $(MAIN),$(OBJECTS)) $(BUILD)/members
	$(SAY)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(PROGRAM): $(MAIN) $(FAULTY) $(LIBRARY)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(LIBS)

# Manual page and completion are what the program says of itself.
$(OUT)/evident.1 $(OUT)/evident.bash: $(PROGRAM)
	$(SAY)$(PROGRAM) help $(if $(filter %.1,$@),--man,--completion) > $@

$(OUT)/evident-%: $(MAIN) $(FAULTY) $(LIBRARY)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $(MAIN) $(FAULTY) $$(find $(BUILD)/fault-$* -name '*.o') $(LIBRARY) $(LIBS)

# A test runs once for every time that it is built, and what it spends is spent in the library. Those
# that compute by themselves are worth more.
TEST_LEVEL := -O0
$(addprefix $(BUILD)/tests/,oracle t_oracle t_exp_log t_ref_grid_limit t_ref_grid_variant hostile edges): private TEST_LEVEL :=

$(BUILD)/tests/%: %.c $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(TEST_LEVEL) $(shell pkg-config --cflags check) -MMD -MP -o $@ $< $(LIBRARY) \
	    $(LDFLAGS) $(shell pkg-config --libs check) $(LIBS)

$(OUT)/tests/%: $(BUILD)/tests/%.o $(FAULTY) $(LIBRARY)
	$(SAY)mkdir -p $(@D) && $(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) \
	    $(shell pkg-config --libs check) $(LIBS)
include tests/ptx/ptx.mk verify/python/wheel.mk
-include $(OBJECTS:.o=.d) $(TESTS:=.d)

# ---- checking ----

check: ## install what is missing, build, run every test, lint
	@.ci/setup
	@+$(MAKE) --no-print-directory checked

# A second make, so that it sees the libraries that the setup has just installed.
checked: all tests $(LINTED) $(if $(CUDA),carry)
	@EVIDENT=$(abspath $(PROGRAM)) tests/python.sh && python=0 || python=1; \
	    EVIDENT=$(PROGRAM) EVIDENT_CARRY=$(BUILD)/carry JOBS=$(JOBS) tests/run.sh $(TESTS) && c=0 || c=1; \
	    PTX='$(LINTED)' tests/lint.sh && exit $$((python + c))

verify: ## install what is missing, build, run the CI suite, write reports/out/index.html
	@.ci/setup
	@+$(MAKE) --no-print-directory all
	@mkdir -p reports/out && $(PROGRAM) verify ci --store reports/out/runs.sqlite --report reports/out

lint: $(LINTED) ## rules of the house that no compiler checks
	@PTX='$(LINTED)' tests/lint.sh

# ---- installing ----

SHARE = $(DESTDIR)$(PREFIX)/share/evident
PUBLIC = $(filter-out %/internal.h %/format.h %/hdf5_file.h,$(wildcard cases/*.h)) cases/spikes/spikes.h ref/ref.h ref/reference/mistake.h gpu/gpu.h verify/verify.h
COMPLETION = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/evident
PC_LINES = 'prefix=$(PREFIX)' 'Name: evident' 'Version: 0.1' 'Requires: $(PACKAGES) $(MPI)' \
    'Description: proven gradients of spiking networks and their independent check' \
    'Cflags: -I$${prefix}/include/evident' 'Libs: -L$${prefix}/lib -levident $(ARB) $(CUDA_LIBS) -fopenmp -lm'

install: all ## install below PREFIX=/usr/local (DESTDIR= is put before it)
	install -D -t $(DESTDIR)$(PREFIX)/bin $(PROGRAM)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(LIBRARY)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(OUT)/evident.1
	install -D -m 644 $(OUT)/evident.bash $(COMPLETION)
	for header in $(PUBLIC); do install -D -m 644 $$header $(DESTDIR)$(PREFIX)/include/evident/$$header || exit 1; done
	install -D -m 644 -t $(SHARE)/reports reports/*.gp reports/*.css reports/*.js reports/*.html reports/workflow.yml \
	    $(wildcard reports/measured/kills.tsv)
	install -D -m 644 -t $(SHARE)/suites verify/suites/*
	install -D -m 644 -t $(SHARE)/examples cases/examples/*.json verify/exec/examples/eventprop.c
	for room in regression training; do install -D -m 644 -t $(SHARE)/$$room cases/$$room/*.json || exit 1; done
	install -D -m 644 -t $(SHARE)/data cases/data/digits.h5 cases/data/README.md
	install -D -m 644 -t $(SHARE) cases/case.schema.json
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	printf '%s\n' $(PC_LINES) > $(DESTDIR)$(PREFIX)/lib/pkgconfig/evident.pc

uninstall: ## take away what install put there, by the same PREFIX and DESTDIR
	rm -f $(DESTDIR)$(PREFIX)/bin/evident $(DESTDIR)$(PREFIX)/lib/libevident.a \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/evident.pc $(COMPLETION) $(DESTDIR)$(PREFIX)/share/man/man1/evident.1
	rm -rf $(DESTDIR)$(PREFIX)/include/evident $(SHARE)

clean: ## remove build/
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	    while IFS='|' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done
