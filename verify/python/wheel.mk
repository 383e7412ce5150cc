# SPDX-License-Identifier: MIT
# wheel.mk: the Python package with the program in it, as one file for pip; included by the Makefile.

WHEEL := $(BUILD)/wheel
.PHONY: wheel check-wheel

# For one machine, without MPI; its libraries are looked for beside it, theirs too.
$(WHEEL)/ranks.o: verify/run/ranks.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) -MMD -MP -c -o $@ $<

$(WHEEL)/evident: private MPI :=
$(WHEEL)/evident: $(MAIN) $(WHEEL)/ranks.o $(LIBRARY)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(LIBS) \
	    -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/lib'

-include $(WHEEL)/ranks.d

wheel: all $(WHEEL)/evident ## build/wheel/evident_snn-*.whl: for pip, with the program and its libraries
	@+$(MAKE) --no-print-directory install DESTDIR=$(abspath $(WHEEL))/root >/dev/null
	@PYTHON=$(PYTHON) verify/python/wheel.sh $(WHEEL) $(abspath $(WHEEL))/root$(PREFIX)/share/evident

check-wheel: wheel ## install it in a fresh environment; no compiler, no library of this machine is used
	@PYTHON=$(PYTHON) tests/wheel.sh $(WHEEL)
