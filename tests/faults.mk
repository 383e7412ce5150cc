# SPDX-License-Identifier: MIT
# faults.mk: a build with a planted fault (FAULT=N): changed copies of its files (plant.py), found
# before those that they are copies of, and all objects that are made of one, by their lists; the
# rest is that of the build without. Included by the Makefile, before the rules of sources.

PLANTED := $(if $(FAULT:0=),$(OUT)/src)
FAULTY := $(if $(FAULT:0=),$(patsubst $(BUILD)/%.d,$(OUT)/%.o,$(shell \
    planted=$$(tests/plant.py $(FAULT) $(PLANTED) | sed 's/^/ /') && \
    grep -lF "$$planted" $(OBJECTS:.o=.d) 2>/dev/null)))

$(OUT)/%.o: $(OUT)/src/%.c
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(PLACE) -c -o $@ $<

$(OUT)/gpu/%.double.o: $(OUT)/src/gpu/%.c
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $(PLACE) -c -o $@ $<
