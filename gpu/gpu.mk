# SPDX-License-Identifier: MIT
# gpu.mk: how the CUDA driver is built, and what measures and compares the clock engine; included by
# the Makefile. Without nvcc there is gpu/cuda/cuda_absent.c instead, and everything else is as it was.

# A user may change these: code for these architectures, and PTX for what comes later.
NVCC ?= nvcc
CUDA_ARCH ?= 75 80 90

CUDA := $(realpath $(shell command -v $(NVCC) 2>/dev/null))
# -fmad=false is part of the meaning of the program, as -ffp-contract=off is for the host.
CUDA_MEANING = $(NVCC) -O3 -std=c++17 -fmad=false
CUDA_COMPILE = $(CUDA_MEANING) -Xcompiler -fopenmp,-Wall,-Wextra,-ffp-contract=off $(INCLUDES) \
    $(foreach a,$(CUDA_ARCH),-gencode arch=compute_$a,code=[sm_$a,compute_$a])
# With a planted fault: host code for the stand-in of a device (tests/ptx), so PTX is enough.
CUDA_PLANTED = $(CUDA_MEANING) -Xcompiler -fopenmp,-ffp-contract=off $(INCLUDES) -arch=compute_90 \
    -code=compute_90
CUDA_LIBS := $(if $(CUDA),-L$(CUDA:%/bin/nvcc=%/lib64) -lcudart_static -lstdc++ -ldl -lrt -lpthread)
CUDA_OBJECTS := $(if $(CUDA),$(BUILD)/gpu/cuda/cuda.o)
CUDA_UNUSED := $(if $(CUDA),gpu/cuda/cuda_absent.c)

$(BUILD)/gpu/%.o: gpu/%.cu $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(CUDA_COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/fault-$(FAULT)/gpu/%.o: $(BUILD)/fault-$(FAULT)/src/gpu/%.cu
	@mkdir -p $(@D)
	$(SAY)$(CUDA_PLANTED) -c -o $@ $<

$(BUILD)/fault-$(FAULT)/gpu/%.o: gpu/%.cu $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY)$(CUDA_PLANTED) -c -o $@ $<

.PHONY: kernels gpu

kernels: $(BUILD)/roofline ## registers, spills, bounds, modelled times of kernels to reports/measured/kernels.txt
	@+[ -z '$(LINTED)' ] || $(MAKE) --no-print-directory $(LINTED) $(BUILD)/ptx/trace
	@CUDA_COMPILE='$(CUDA_COMPILE)' ROOFLINE=$< PTX='$(LINTED)' $(if $(LINTED),TRACED=$(BUILD)/ptx/trace \
	    TRACED_PTX=$(BUILD)/ptx/cuda-90.ptx) tests/kernels.sh

gpu: ## all that needs an NVIDIA GPU, to reports/measured/gpu-DEVICE.txt (BUILT=dir DEADLINE=560 OUT=dir)
	@+MAKE='$(MAKE)' NVCC='$(NVCC)' tests/gpu.sh

bits: ## the clock engine gives the same bits by gcc and clang, at -O1 and -O3, for any processor
	@+MAKE='$(MAKE)' tests/bits.sh

canary: ## builds whose flags change arithmetic are refused, all others agree to the bit
	@tests/canary.sh

sweep: $(BUILD)/sweep ## exp and log of the clock engine for all 2^32 floats (minutes)
	@$(BUILD)/sweep

bench: $(BUILD)/bench ## how fast the clock engine is on this machine (minutes)
	@$(BUILD)/bench

measured: $(BUILD)/bench ## write what bench and callgrind count to reports/measured/host.txt
	@BUILD=$(BUILD) tests/measure.sh

# ---- what is carried to a machine with a GPU that has none of our libraries ----

CARRIED := evident edges bench sweep_device
CARRY := $(CARRIED:%=$(BUILD)/carry/%)

# One process there: the ranks that the wheel has, without MPI.
$(CARRY): private MPI :=
$(BUILD)/carry/evident: $(BUILD)/verify/main.o $(BUILD)/wheel/ranks.o $(BUILD)/libevident.a
$(BUILD)/carry/edges: $(BUILD)/tests/edges.o $(BUILD)/libevident.a
$(BUILD)/carry/bench: $(BUILD)/gpu/tools/bench.o $(BUILD)/libevident.a
$(BUILD)/carry/sweep_device: $(BUILD)/gpu/tools/sweep_device.o $(BUILD)/libevident.a

# The path of the program counts for what its libraries want, too: so the older tag.
$(CARRY):
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS) -fopenmp -s -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/lib' -o $@ $^ $(LIBS)

.PHONY: carry

carry: $(if $(CUDA),$(CARRY)) ## what make gpu runs, with its libraries, to build/carry
	$(if $(CUDA),,$(error carry: no $(NVCC)))
	@CUDA_ARCH='$(CUDA_ARCH:%=sm_%)' NVCC='$(NVCC)' tests/carry.sh $(BUILD)/carry $(CARRIED)
