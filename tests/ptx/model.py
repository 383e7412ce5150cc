#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long a block takes for the instructions of a trace (trace.c): a model, not a measurement.

    model.py PTX STEPS NAME TRACE BLOCKS...    a row for each of BLOCKS, of all launches of TRACE
    model.py --assumed                         what is above the table

BLOCKS blocks run beside each other on one multiprocessor; instructions are those of one of them.

Every warp issues its instructions in the order of the PTX, each as soon as its operands are there
(a scoreboard) and its unit is free; a scheduler issues one instruction a cycle, of the warp that is
ready first. What ptxas makes of PTX is not known here: an instruction of 64 bits is two, what it
folds into others (parameters, moves, extensions to 64 bits, addresses) is none.
"""
import heapq
import re
import sys
from collections import OrderedDict

import translate

# Cycles from issue to use: after Jia et al. 2018 (arXiv:1804.06826) for arithmetic and shuffles, Luo
# et al. 2024 (arXiv:2402.13499) for memory of the H100, both second-hand, their tables not looked up;
# barrier, branch and divisions are guesses.
LATENCY = {'alu': 4, 'fma': 4, 'dp': 8, 'xu': 16, 'shuffle': 24, 'vote': 12}
SHARED, L1, L2, BARRIER, BRANCH = 33, 41, 263, 30, 8
# Cycles that an instruction of a warp keeps its unit: 32 lanes by results a cycle and scheduler of
# the CUDA C++ Programming Guide, compute capability 9.0.
OCCUPIED = {'alu': 2, 'fma': 2, 'fp': 1, 'dp': 2, 'xu': 8, 'vote': 2}
L2_BYTES = 64             # a cycle into a multiprocessor
L1_SECTORS = 192 * 1024 // 32 # of 256 KiB, what is left beside shared memory
SCHEDULERS, CLOCK = 4, 1.98e9
# A division is a routine: instructions, cycles.
ROUTINE = {'div.rn.f32': (10, 45), 'div.rn.f64': (20, 160), 'rcp.rn.f64': (12, 100),
           'sqrt.rn.f32': (10, 45), 'sqrt.rn.f64': (20, 160), 'div.u32': (16, 70),
           'rem.u32': (18, 80), 'div.s32': (20, 80), 'rem.s32': (20, 80), 'div.u64': (70, 280),
           'rem.u64': (70, 280), 'div.s64': (80, 300), 'rem.s64': (80, 300)}


class Instruction:
    """unit None: nothing is issued. slots: instructions that the scheduler issues for it."""
    def __init__(self, opcode, predicate, operands):
        parts = opcode.split('.')
        head, of = parts[0], parts[-1]
        self.opcode, self.kind, self.slots, self.latency = opcode, 'plain', 1, 0
        self.reads, self.writes = [], []
        registers = [re.findall(r'%[A-Za-z]+\d+', x) for x in operands]
        stores = head == 'st' or head in ('bar', 'barrier', 'bra', 'ret')
        if registers and not stores:
            self.writes = registers[0]
            registers = registers[1:]
        self.reads = [r for x in registers for r in x]
        if predicate:
            self.reads += [predicate] + ([] if stores else self.writes)
        wide = of.endswith('64') and not of.startswith('f')
        self.unit = 'alu'
        if head in ('ld', 'st'):
            self.kind = 'load' if head == 'ld' else 'store'
            self.unit = None if 'param' in parts else 'memory'
        elif head in ('mov', 'cvta') or opcode in ('cvt.u64.u32', 'cvt.u32.u64', 'not.pred'):
            self.unit = None
        elif head in ('bar', 'barrier'):
            self.kind = 'warp' if 'warp' in parts else 'barrier'
        elif head in ('bra', 'ret'):
            self.kind = 'branch'
        elif head == 'shfl':
            self.kind = self.unit = 'shuffle'
        elif head == 'vote':
            self.unit = 'vote'
        elif opcode in ROUTINE:
            self.unit = 'dp' if of == 'f64' else 'fma'
            self.slots, self.latency = ROUTINE[opcode]
        elif of == 'f64' and head != 'selp':
            self.unit = 'xu' if head == 'cvt' else 'dp'
        elif head == 'cvt' and 'f64' in parts or head in ('popc', 'clz'):
            self.unit = 'xu'
        elif of == 'f32' and head in ('add', 'sub', 'mul'):
            self.unit = 'fp'
        elif head in ('mul', 'mad'):
            self.unit = 'fma'
            self.slots = 4 if wide else 1
        elif wide or (of == 'f64' and head == 'selp'):
            self.slots = 2
        self.latency = self.latency or LATENCY.get(self.unit if self.unit != 'fp' else 'fma', 0)


def fold(instruction, products):
    """A constant that is added to an address is part of the access; a sum with a product of 32 bits
    is part of the product, whose registers are in products."""
    if instruction.opcode == 'mul.wide.u32':
        products.update(instruction.writes)
    elif instruction.opcode in ('add.s64', 'add.u64'):
        if len(instruction.reads) < 2 or products.intersection(instruction.reads):
            instruction.unit = None


def read_ptx(path):
    """{line: Instruction} of all kernels."""
    found, products = {}, set()
    with open(path, encoding='ascii') as file:
        source = re.sub(r'//[^\n]*', '', file.read())
    for m in translate.HEADER.finditer(source):
        body = source[m.end():source.index('\n}', m.end())]
        for line, text in translate.statements(body, source.count('\n', 0, m.end()) + 1):
            m2 = re.fullmatch(r'(?:@!?(%p\d+)\s+)?([a-z][\w.:]*)\s*(.*)', text, re.S)
            if m2 and not text.endswith(':') and not text.startswith('.'):
                found[line] = Instruction(m2[2], m2[1], translate.operands(m2[3]))
                fold(found[line], products)
    return found


def read_trace(path, ptx):
    """A launch a time: [warp][k] = (instruction, passes over shared memory or 0, sectors)."""
    warps = []
    with open(path, encoding='ascii') as file:
        for text in file:
            if text == '=\n':
                if warps:
                    yield warps
                warps = []
                continue
            word = text.split()
            warp = int(word[0])
            while len(warps) <= warp:
                warps.append([])
            waves = int(word[4]) if len(word) > 3 and word[3] == 's' else 0
            sectors = [int(x, 16) for x in word[4:]] if len(word) > 3 and word[3] == 'g' else ()
            warps[warp].append((ptx[int(word[1])], waves, sectors))
    yield warps


class Multiprocessor:
    def __init__(self):
        self.sector = OrderedDict() # in L1: the cycle at which it is there
        self.memory_free = self.l2_free = 0
        self.missed = 0

    def load(self, block, sectors, now):
        """The cycle at which the last of them is there. Blocks share nothing."""
        there = now + L1
        for sector in sectors:
            sector = (block, sector)
            if sector in self.sector:
                self.sector.move_to_end(sector)
                there = max(there, self.sector[sector])
                continue
            self.missed += 1
            self.l2_free = max(self.l2_free, now) + 32 / L2_BYTES
            self.sector[sector] = self.l2_free + L2
            there = max(there, self.l2_free + L2)
            if len(self.sector) > L1_SECTORS:
                self.sector.popitem(last=False)
        return there


class Warp:
    def __init__(self, block, scheduler, steps):
        self.block, self.scheduler, self.steps = block, scheduler, steps
        self.at, self.next, self.ready = 0, 0, {}


def operands_ready(warp):
    """When its next instruction that is issued can be. None: at its end."""
    ready = warp.ready
    while warp.at < len(warp.steps):
        instruction = warp.steps[warp.at][0]
        when = 0
        for register in instruction.reads:
            when = max(when, ready.get(register, 0))
        if instruction.unit:
            return max(when, warp.next)
        for register in instruction.writes:
            ready[register] = when
        warp.at += 1
    return None


def run(warps_of_block, blocks):
    """(cycles, issued, multiprocessor) of a launch."""
    machine = Multiprocessor()
    free = [0] * SCHEDULERS
    units = [dict.fromkeys(OCCUPIED, 0) for _ in free]
    warps, waiting = [], [[] for _ in range(blocks)]
    issued = last = 0
    for block in range(blocks):
        for k, steps in enumerate(warps_of_block):
            warps.append(Warp(block, (block * len(warps_of_block) + k) % SCHEDULERS, steps))
    heap = []
    for k, warp in enumerate(warps):
        when = operands_ready(warp)
        if when is not None:
            heap.append((when, when, k))
    heapq.heapify(heap)
    while heap:
        now, since, k = heapq.heappop(heap)
        warp = warps[k]
        instruction, waves, sectors = warp.steps[warp.at]
        scheduler, unit = warp.scheduler, instruction.unit
        when = max(now, free[scheduler])
        if unit in OCCUPIED:
            when = max(when, units[scheduler]['fma' if unit == 'fp' else unit])
        elif waves or sectors or unit == 'shuffle':
            when = max(when, machine.memory_free)
        if when > now:
            heapq.heappush(heap, (when, since, k)) # it keeps its place: nobody starves
            continue
        slots = instruction.slots
        free[scheduler] = now + slots
        warp.next = now + slots
        issued += slots
        done = now + slots - 1 + instruction.latency
        if unit in OCCUPIED:
            units[scheduler]['fma' if unit == 'fp' else unit] = now + slots * OCCUPIED[unit]
        elif waves:
            machine.memory_free = now + waves
            done = now + SHARED + waves - 1
        elif sectors:
            machine.memory_free = now + (len(sectors) + 3) // 4
            if instruction.kind == 'load':
                done = machine.load(warp.block, sectors, now)
        elif unit == 'shuffle':
            machine.memory_free = now + 1
        for register in instruction.writes:
            warp.ready[register] = done
        warp.at += 1
        last = max(last, now)
        if instruction.kind == 'branch':
            warp.next = now + BRANCH
        elif instruction.kind == 'barrier':
            block = warp.block
            waiting[block].append(k)
            if len(waiting[block]) < len(warps_of_block):
                continue
            for other in waiting[block]:
                warps[other].next = now + BARRIER
                ready = operands_ready(warps[other])
                if ready is not None:
                    heapq.heappush(heap, (ready, ready, other))
            waiting[block] = []
            continue
        when = operands_ready(warp)
        if when is not None:
            heapq.heappush(heap, (when, when, k))
    return last, issued, machine


def assumed():
    """Lines of at most 100 columns."""
    units = ', '.join('%s %d' % x for x in LATENCY.items())
    return """Time of a step by a model (tests/ptx/model.py), not measured: the instructions that nvcc's PTX
executes in one trial of bench (256 hidden, 1,000 steps), in their order, on 4 schedulers that issue
one a cycle, each as soon as its operands and its unit are ready. Assumed, in cycles to the use of a
result: %s (alu: whole numbers;
xu: conversions, counting bits); shared memory %d, first-level cache %d (%d KiB), second-level cache
%d; barrier %d, after a branch %d; a division in float32 %d, in whole numbers of 32 bits %d, of 64 bits
%d. Results a cycle of a unit: as in the CUDA C++ Programming Guide for 9.0. Latencies: after
Jia et al. 2018 (arXiv:1804.06826) and Luo et al. 2024 (arXiv:2402.13499), second-hand; barrier, branch,
divisions: guessed. Two
for an instruction of 64 bits, none for moves, parameters, extensions and what ptxas adds to an address
or a product in passing. Not in it: what ptxas makes
better or worse of PTX, other multiprocessors at the second-level cache, the start of a launch.

%-15s %7s %10s %12s %8s %8s %8s
%-15s %7s %10s %12s %8s %8s %8s""" % (
        units, SHARED, L1, L1_SECTORS // 32, L2, BARRIER, BRANCH, ROUTINE['div.rn.f32'][1],
        ROUTINE['rem.u32'][1], ROUTINE['rem.u64'][1], '', '', 'blocks', 'warp', 'sectors', '', '',
        'kernel', 'threads', 'beside', 'instructions', 'from L2', 'cycles', 'us')


def main(words):
    if words == ['--assumed']:
        print(assumed())
        return 0
    if len(words) < 5:
        print(__doc__, file=sys.stderr)
        return 2
    steps, ptx = int(words[1]), read_ptx(words[0])
    for blocks in map(int, words[4:]):
        cycles = issued = missed = 0
        for warps in read_trace(words[3], ptx):
            took, did, machine = run(warps, blocks)
            cycles, issued, missed = cycles + took, issued + did, missed + machine.missed
        print('%-15s %7d %10d %12.0f %8.0f %8.0f %8.2f' % (
            words[2], 32 * len(warps), blocks, issued / blocks / steps, missed / blocks / steps,
            cycles / steps, 1e6 * cycles / steps / CLOCK))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
