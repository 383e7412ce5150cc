#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Translates the PTX that nvcc makes of gpu/cuda/cuda.cu to C, for the threads of gpu/emulate/emulate.h.

    translate.py NAME FILE       to standard output: kernels and their table ptx_kernels_NAME
    translate.py --lint FILE...  only looks for arithmetic that is not that of the host

A register becomes a variable that holds its bits, and an instruction the function of
tests/ptx/machine.h with its name: the instruction says what bits mean. What is not known here is an
error, never a guess: above all a fused multiply-add, and a sum, difference or product that is not
rounded to nearest.
Exit 0: done, 1: found what must not be, 2: could not run.
"""
import re
import sys


class Refused(Exception):
    """An instruction that is not known, or must not be."""


WORD = {'pred': 'uint32_t', '16': 'uint16_t', '32': 'uint32_t', '64': 'uint64_t'}
SPECIAL = {'%tid.x': 'thread', '%ntid.x': 'threads', '%ctaid.x': 'block', '%ctaid.y': 'block_y'}
BYTES = {'8': 1, '16': 2, '32': 4, '64': 8}
SPACES = {'global': 'PTX_GLOBAL', 'shared': 'PTX_SHARED', 'local': 'PTX_LOCAL',
          'param': 'PTX_PARAM'}

# ---- what is known ----

PLAIN = set() # instructions that are a function of their operands, with the name of the function


def known(heads, types):
    PLAIN.update(head + '.' + of for head in heads.split() for of in types.split())


FLOATS, WHOLE, BITS = 'f32 f64', 'u16 s16 u32 s32 u64 s64', 'b16 b32 b64'
ORDER = 'setp.eq setp.ne setp.lt setp.le setp.gt setp.ge '
known('add.rn sub.rn mul.rn div.rn rcp.rn sqrt.rn neg abs selp ' + ORDER +
      'setp.equ setp.neu setp.ltu setp.leu setp.gtu setp.geu setp.num setp.nan', FLOATS)
known('add sub mul.lo mad.lo min max selp ' + ORDER, WHOLE)
known('div rem', 'u32 s32 u64 s64')
known('mul.wide', 'u16 u32 s32')
known('shr', 'u32 s32 u64 s64')
known('and or xor not selp setp.eq setp.ne', BITS)
known('shl popc clz bfi', 'b32 b64')
known('and or xor not', 'pred')
known('prmt', 'b32')
known('cvt', 'u64.u32 u32.u64 s64.s32 u32.u16 u16.u32 u64.u16 f64.f32 rn.f32.f64 rn.f64.u32 '
      'rn.f64.s32 rn.f32.u32 rn.f32.s32 rzi.s32.f64 rzi.s32.f32')


def complaint(opcode):
    """What is wrong with the arithmetic of an instruction, or None."""
    head, *parts = opcode.split('.')
    if not parts or not re.fullmatch(r'b?f(16|32|64)(x2)?', parts[-1]) or head in ('ld', 'st'):
        return None
    if head in ('fma', 'mad'):
        return 'a product and a sum are fused'
    for word in ('ftz', 'approx', 'full', 'sat'):
        if word in parts:
            return 'not exact: ' + word
    if head in ('add', 'sub', 'mul', 'div', 'rcp', 'sqrt') and 'rn' not in parts:
        return 'not said to be rounded to nearest'
    if head in ('rsqrt', 'ex2', 'lg2', 'sin', 'cos', 'tanh'):
        return 'an approximation'
    return None


# ---- PTX as text ----

def statements(body, first_line):
    """(line, text) of every label and instruction; braces of scopes are dropped."""
    at = 0
    for piece in re.finditer(r'\$\w+:|[^;:]+;', body):
        text = piece.group().lstrip(' \t\n{}')
        line = first_line + body.count('\n', 0, piece.end() - len(text))
        gap = body[at:piece.start()]
        if gap.strip(' \t\n{}'):
            raise Refused('line %d: %r is not understood' % (line, gap.strip()))
        at = piece.end()
        text = text.rstrip(';').strip()
        if text and not text.startswith('.pragma'):
            yield line, text
    if body[at:].strip(' \t\n{}'):
        raise Refused('%r is not understood' % body[at:].strip())


def operands(text):
    """Cut at commas outside of {} and []."""
    return [x.strip() for x in re.findall(r'(?:\{[^}]*\}|\[[^\]]*\]|[^,{\[])+', text) if x.strip()]


# ---- one kernel ----

class Kernel:
    def __init__(self, name, parameters, maxntid):
        self.name, self.maxntid = name, maxntid
        self.parameters, self.sizes = [], []
        for kind, parameter, count in parameters:
            self.parameters.append(parameter)
            self.sizes.append(BYTES[kind[1:]] * int(count or 1))
        self.word, self.local, self.used, self.code = {}, [], set(), []

    def register(self, name):
        """The variable of a register, whose class its declaration says."""
        m = re.fullmatch(r'%([A-Za-z]+)\d*', name)
        if not m or m[1] not in self.word:
            raise Refused('operand %s' % name)
        self.used.add(name[1:])
        return 'r_' + name[1:]

    def value(self, x):
        """An operand that is read, as an expression of its bits."""
        if x in SPECIAL:
            return 'emulated_here()->' + SPECIAL[x]
        if x.startswith('%'):
            return self.register(x)
        if re.fullmatch(r'0f[0-9A-Fa-f]{8}', x):
            return 'UINT32_C(0x%s)' % x[2:]
        if re.fullmatch(r'0d[0-9A-Fa-f]{16}', x):
            return 'UINT64_C(0x%s)' % x[2:]
        if re.fullmatch(r'-?\d+|0x[0-9A-Fa-f]+', x):
            whole = int(x, 0)
            small = -2**63 < whole < 2**63
            return 'INT64_C(%d)' % whole if small else 'UINT64_C(%d)' % (whole % 2**64)
        if x in self.parameters:
            return '(uint64_t)(uintptr_t)parameter[%d]' % self.parameters.index(x)
        if x in [name for name, _ in self.local]:
            return '(uint64_t)(uintptr_t)' + x
        if x == 'kernel_shared_memory': # the only one: it stands at the start of its space
            return '0'
        raise Refused('operand %s' % x)

    def address(self, x):
        m = re.fullmatch(r'\[\s*([^+\s\]]+)\s*(?:\+\s*(-?\d+)\s*)?\]', x)
        if not m:
            raise Refused('address %s' % x)
        return '(uint64_t)%s + UINT64_C(%d)' % (self.value(m[1]), int(m[2] or 0) % 2**64)

    def move(self, opcode, line, place, others):
        """ld and st: an address that is looked at, then words to or from there."""
        head, *parts = opcode.split('.')
        of, space, count = parts.pop(), 'PTX_GENERIC', 1
        for part in parts:
            if part in SPACES:
                space = SPACES[part]
            elif part == 'nc' and space == 'PTX_GLOBAL' and head == 'ld':
                space = 'PTX_READ_ONLY'
            elif part in ('v2', 'v4'):
                count = int(part[1])
            else:
                raise Refused(opcode)
        size = BYTES[of[1:]]
        names = [x.strip() for x in others.strip('{}').split(',')]
        if len(names) != count:
            raise Refused('%s of %d operands' % (opcode, len(names)))
        text = '{ unsigned char *at = ptx_%s(%d, %s, %s, %d); if (!at) return; ' % (
            'read' if head == 'ld' else 'write', line, space, self.address(place), size * count)
        for k, name in enumerate(names):
            if head == 'ld':
                text += '%s = ptx_get_%s(at + %d); ' % (self.register(name), of, k * size)
            else:
                text += 'ptx_put_%d(at + %d, %s); ' % (8 * size, k * size, self.value(name))
        return text + '}'

    def instruction(self, opcode, line, x):
        head = opcode.split('.')[0]
        wrong = complaint(opcode)
        if wrong:
            raise Refused('%s: %s' % (opcode, wrong))
        if opcode in PLAIN:
            return '%s = %s(%s);' % (self.register(x[0]), opcode.replace('.', '_'),
                                     ', '.join(self.value(y) for y in x[1:]))
        if head == 'ld':
            return self.move(opcode, line, x[1], x[0])
        if head == 'st':
            return self.move(opcode, line, x[0], x[1])
        if head == 'mov' and len(x) == 2 and '{' not in x[0] + x[1]:
            return '%s = %s;' % (self.register(x[0]), self.value(x[1]))
        if opcode == 'mov.b64' and x[0].startswith('{'): # the first is the lower half
            halves = [self.register(y.strip()) for y in x[0].strip('{}').split(',')]
            return '{ uint64_t both = %s; %s = (uint32_t)both; %s = (uint32_t)(both >> 32); }' % (
                self.value(x[1]), *halves)
        if re.fullmatch(r'cvta(\.to)?\.(global|local)\.u64', opcode):
            return '%s = %s;' % (self.register(x[0]), self.value(x[1]))
        if opcode == 'cvta.shared.u64':
            return '%s = ptx_generic(%s);' % (self.register(x[0]), self.value(x[1]))
        if opcode == 'mapa.u64':
            return '%s = ptx_peer(%d, %s, %s);' % (self.register(x[0]), line, self.value(x[1]),
                                                   self.value(x[2]))
        return self.together(opcode, line, x)

    def together(self, opcode, line, x):
        """What threads do together, and jumps."""
        if opcode in ('bar.sync', 'barrier.sync') and x == ['0']:
            return 'emulated_block_barrier(-1);'
        if opcode == 'bar.warp.sync' and x == ['-1']:
            return 'emulated_warp_barrier(-1);'
        if opcode == 'barrier.cluster.arrive':
            return 'PTX_ARRIVE' # see text()
        if opcode == 'barrier.cluster.wait':
            return 'emulated_cluster_barrier(-1);'
        if opcode == 'vote.sync.ballot.b32':
            return '%s = ptx_ballot(%d, %s, %s);' % (self.register(x[0]), line, self.value(x[1]),
                                                     self.value(x[2]))
        if opcode in ('shfl.sync.idx.b32', 'shfl.sync.down.b32'):
            to, _, inside = x[0].partition('|')
            text = '{ uint32_t inside; %s = ptx_shuffle_%s(%d, %s, &inside); ' % (
                self.register(to), opcode.split('.')[2], line,
                ', '.join('(uint32_t)' + self.value(y) for y in x[1:]))
            return text + ('%s = inside; ' % self.register(inside) if inside else '') + '}'
        if opcode in ('bra', 'bra.uni') and len(x) == 1:
            return 'goto %s;' % x[0].replace('$', '')
        if opcode == 'ret':
            return 'return;'
        raise Refused('%s is not known' % opcode)

    def declare(self, text):
        m = re.fullmatch(r'\.reg\s+\.(pred|[busf](16|32|64))\s+%([A-Za-z]+)(?:<\d+>)?', text)
        if m:
            word = WORD[m[2] or 'pred']
            if self.word.setdefault(m[3], word) != word:
                raise Refused('%s has two classes' % m[3])
            return
        m = re.fullmatch(r'\.local\s+\.align\s+(\d+)\s+\.b8\s+(\w+)\[(\d+)\]', text)
        if not m or int(m[1]) > 16:
            raise Refused(text)
        self.local.append((m[2], int(m[3])))

    def translate(self, line, text):
        if text.endswith(':'):
            self.code.append('%s:;' % text[:-1].replace('$', ''))
            return
        if text.startswith('.'):
            self.declare(text)
            return
        m = re.fullmatch(r'(?:@(!?)(%p\d+)\s+)?([a-z][\w.:]*)\s*(.*)', text, re.S)
        if not m:
            raise Refused(text)
        code = self.instruction(m[3], line, operands(m[4]))
        if m[2]:
            code = 'if (%s%s) %s' % (m[1], self.register(m[2]), code)
        if code != 'PTX_ARRIVE':
            self.code.append('    PTX_STEP(%d)' % line)
        self.code.append('    ' + code)

    def text(self):
        """The barrier of a cluster is one here: nothing may stand between its halves."""
        lines = []
        for k, code in enumerate(self.code):
            if 'PTX_ARRIVE' in code:
                if code.strip() != 'PTX_ARRIVE' or 'cluster_barrier' not in self.code[k + 2]:
                    raise Refused('barrier.cluster.arrive without its wait')
                continue
            lines.append(code)
        out = ['static void %s(const unsigned char *const *parameter)' % self.name, '{']
        for name in sorted(self.used):
            out.append('    %s r_%s = 0;' % (self.word[name.rstrip('0123456789')], name))
        for name, size in self.local:
            out.append('    _Alignas(16) unsigned char %s[%d];' % (name, size))
        out.append('    PTX_ENTER("%s")' % self.name)
        return '\n'.join(out + lines + ['}', ''])


HEADER = re.compile(r'\.visible\s+\.entry\s+(\w+)\s*\(([^)]*)\)\s*((?:\.\w+[^\n]*\n)*)\s*\{\n')


def kernels(source):
    """Comments are blanks by now. A kernel ends at a line that holds only a brace."""
    rest, at = [], 0
    for m in HEADER.finditer(source):
        end = source.index('\n}', m.end())
        rest.append(source[at:m.start()])
        at = end + 2
        directives = dict(re.findall(r'\.(\w+)\s+([^\n]*)', m[3]))
        if not set(directives) <= {'maxntid', 'minnctapersm'}:
            raise Refused('%s: %s' % (m[1], sorted(directives)))
        threads = [int(n) for n in directives.get('maxntid', '1024').split(',')]
        kernel = Kernel(m[1], re.findall(
            r'\.param\s+(?:\.align\s+\d+\s+)?\.(\w+)\s+(\w+)(?:\[(\d+)\])?', m[2]), threads[0])
        for line, text in statements(source[m.end():end], source.count('\n', 0, m.end()) + 1):
            try:
                kernel.translate(line, text)
            except Refused as refused:
                raise Refused('line %d: %s' % (line, refused)) from None
        yield kernel
    rest = re.sub(r'\.(version|target|address_size)[^\n]*'
                  r'|\.extern \.shared [^\n]*kernel_shared_memory\[\];',
                  '', '\n'.join(rest + [source[at:]]))
    if rest.strip():
        raise Refused('not understood: %r' % rest.strip()[:100])


def translate(name, path):
    with open(path, encoding='ascii') as file:
        source = re.sub(r'//[^\n]*', '', file.read())
    target = re.search(r'\.target\s+sm_(\d+)', source)
    done = list(kernels(source))
    if not target or not done:
        raise Refused('no kernels')
    text = [kernel.text() for kernel in done]
    print('#include "tests/ptx/machine.h"\n')
    print('\n'.join(text))
    print('const struct ptx_kernel ptx_kernels_%s[] = {' % name)
    for k in done:
        sizes = ', '.join(map(str, k.sizes))
        print('    {"%s", %s, %s, %d, %d, {%s}},' % (k.name, k.name, target[1], k.maxntid,
                                                 len(k.sizes), sizes))
    print('    {0}};')


def lint(path):
    """A line a finding; how many."""
    findings = instructions = 0
    with open(path, encoding='ascii') as file:
        for number, line in enumerate(file, 1):
            m = re.match(r'\s*(?:@!?%p\d+\s+)?([a-z][\w.:]*)[\s;]', re.sub(r'//.*', '', line))
            wrong = m and complaint(m[1])
            instructions += m is not None
            if wrong:
                print('%s:%d: %s: %s' % (path, number, m[1], wrong))
                findings += 1
    if not instructions:
        raise Refused('no instructions')
    return findings


def main(words):
    path = words[-1] if words else ''
    try:
        if len(words) > 1 and words[0] == '--lint':
            found = 0
            for path in words[1:]:
                found += lint(path)
            return 1 if found else 0
        if len(words) != 2:
            print(__doc__, file=sys.stderr)
            return 2
        translate(*words)
        return 0
    except Refused as refused:
        print('%s: %s' % (path, refused), file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print('%s: %s' % (path, error), file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
