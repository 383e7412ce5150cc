# SPDX-License-Identifier: MIT
# ptx.mk: the CUDA driver on a machine without a GPU: gpu/cuda/cuda.cu as nvcc compiles it, its kernels
# from PTX to C (translate.py), a stand-in of the runtime (standin.h); included by the Makefile. Without
# nvcc, or Python, there is nothing to run, and t_ptx says so.

ifneq ($(and $(CUDA),$(shell command -v $(PYTHON) 2>/dev/null)),)

PTX_CODES := 80 90
PTX_TEXTS := $(PTX_CODES:%=$(OUT)/ptx/cuda-%.ptx)
PTX_OBJECTS := $(PTX_CODES:%=$(OUT)/ptx/kernels-%.o) $(patsubst %,$(BUILD)/ptx/%.o,machine stream runtime)
PTX_COMPILE = $(COMPILE) -isystem $(CUDA:%/bin/nvcc=%/include)
# The stand-in takes the place of the runtime: what it lacks does not link.
PTX_LIBS = $(filter-out -lcudart_static,$(LIBS))

$(OUT)/ptx/cuda-%.ptx: $(firstword $(wildcard $(OUT)/src/gpu/cuda/cuda.cu) gpu/cuda/cuda.cu) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(CUDA_MEANING) $(INCLUDES) -arch=compute_$* -ptx -MMD -MP -MF $@.d -o $@ $<

# All code that a user gets.
LINTED := $(sort $(PTX_TEXTS) $(CUDA_ARCH:%=$(BUILD)/ptx/cuda-%.ptx))

# Two steps, so that what is not translated leaves nothing behind.
$(OUT)/ptx/kernels-%.c: $(OUT)/ptx/cuda-%.ptx tests/ptx/translate.py
	$(SAY)$(PYTHON) tests/ptx/translate.py $* $< > $@

# Level 1 keeps the many registers of a kernel off the small stack of its threads.
$(OUT)/ptx/kernels-%.o: $(OUT)/ptx/kernels-%.c tests/ptx/machine.h gpu/emulate/emulate.h
	$(SAY)$(PTX_COMPILE) -O1 -g0 -w -Werror=implicit-function-declaration -c -o $@ $<

$(BUILD)/ptx/traced.o: $(BUILD)/ptx/kernels-90.c tests/ptx/trace.h tests/ptx/machine.h gpu/emulate/emulate.h
	$(SAY)$(PTX_COMPILE) -O1 -g0 -w -Werror=implicit-function-declaration -include tests/ptx/trace.h -c -o $@ $<

$(BUILD)/ptx/%.o: tests/ptx/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(PTX_COMPILE) -MMD -MP -c -o $@ $<

.SECONDARY: $(PTX_TEXTS) $(PTX_CODES:%=$(OUT)/ptx/kernels-%.c)

# evident, edges and bench as they are for a device, on the stand-in.
$(OUT)/ptx/evident: $(MAIN) $(PTX_OBJECTS) $(FAULTY) $(LIBRARY)
$(OUT)/ptx/edges: $(BUILD)/tests/edges.o $(PTX_OBJECTS) $(FAULTY) $(LIBRARY)
$(OUT)/ptx/bench: $(BUILD)/gpu/tools/bench.o $(PTX_OBJECTS) $(FAULTY) $(LIBRARY)
$(OUT)/ptx/evident $(OUT)/ptx/edges $(OUT)/ptx/bench:
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(PTX_LIBS)

# bench whose kernels say what they do: TRACE (trace.c).
$(BUILD)/ptx/trace: $(BUILD)/gpu/tools/bench.o $(BUILD)/ptx/traced.o $(BUILD)/ptx/trace.o \
    $(patsubst $(OUT)/ptx/kernels-90.o,,$(PTX_OBJECTS)) $(LIBRARY)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(PTX_LIBS)

$(OUT)/tests/t_ptx: $(BUILD)/tests/t_ptx.o $(PTX_OBJECTS) $(FAULTY) $(LIBRARY) | $(OUT)/ptx/evident
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(shell pkg-config --libs check) $(PTX_LIBS)

# A trace and its model, of a kernel by hand.
$(OUT)/tests/t_ptx_model: $(BUILD)/tests/t_ptx_model.o $(PTX_OBJECTS) $(BUILD)/ptx/trace.o $(LIBRARY)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -o $@ $^ $(LDFLAGS) $(shell pkg-config --libs check) $(PTX_LIBS)

$(BUILD)/tests/t_ptx.o $(BUILD)/tests/t_ptx_model.o: private PLACE = -DEVIDENT_PTX -isystem $(CUDA:%/bin/nvcc=%/include)

-include $(LINTED:=.d) $(BUILD)/ptx/machine.d $(BUILD)/ptx/stream.d $(BUILD)/ptx/runtime.d \
    $(BUILD)/ptx/trace.d

endif

.PHONY: ptx

ptx: $(BUILD)/tests/t_ptx $(if $(PTX_TEXTS),$(BUILD)/ptx/edges) ## the CUDA driver without a GPU: nvcc's PTX against clock-host, in all orders of the streams
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/ptx.sh
