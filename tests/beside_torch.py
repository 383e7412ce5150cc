#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trials a second of `evident train` beside PyTorch, same network, same data, in turns on one core.

700 channels, a recurrent hidden layer of 256, 20 outputs, 1,000 ms in steps of 2 ms, batch 32,
published initial weights, a step of Adam a batch at a rate that leaves them as they are. 256
samples of 5,700 spikes, drawn at random, their rates falling over the trial. Programs:

  evident   evident train, one thread
  written   PyTorch, BPTT of the surrogate gradient written out: no graph, one matrix product for
            the input, one for each gradient; a loop of in-place operations over the steps
  autograd  PyTorch, gpu/tools/bench_torch.py: the same by autograd, as one writes it first

A trial is reading its spikes into what the program works with, forward, backward, its part of a
step of Adam. Seconds are CPU seconds of the program, which other work on the machine hardly
touches; the least of ROUNDS. Where all threads work they are wall seconds, which want a quiet
machine: not run where the load is above QUIET. Memory is the peak of the resident set of a process.

Usage: [EVIDENT=build/evident] [ROUNDS=3] tests/beside_torch.py             (make beside-torch)
Writes reports/measured/beside-torch.txt. Without PyTorch nothing is run, and a line says so.
"""
import itertools
import json
import math
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True  # none beside the sources
sys.path.insert(0, str(HERE / "gpu" / "tools"))
EVIDENT = os.environ.get("EVIDENT", "build/evident")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
QUIET = float(os.environ.get("QUIET", "0.5"))  # of the last minute, before anything is run
OUT = HERE / "reports" / "measured" / "beside-torch.txt"
SAMPLES, BATCH, HIDDEN, CHANNELS, CLASSES = 256, 32, 256, 700, 20
END, SPIKES, FALL = 1000.0, 5700, 400.0  # ms, spikes a sample, ms in which rates fall to 1/e
STEPS, LADDER = 500, (500, 1000, 2000)
RATE = 1e-9


def write_samples(path):
    """JSON lines (cases/spikes/README.md); every spike at a place and a time of its own."""
    draw = random.Random(20261130)
    with open(path, "w", encoding="utf-8") as file:
        print(json.dumps({"channels": CHANNELS, "classes": CLASSES}), file=file)
        for k in range(SAMPLES):
            spikes = set()
            while len(spikes) < SPIKES:
                t = round(draw.expovariate(1 / FALL), 3)
                if t < END:
                    spikes.add((t, draw.randrange(CHANNELS)))
            print(json.dumps({"label": k % CLASSES, "spikes": sorted(spikes)}), file=file)


# ---- evident ----


def run(words, threads, **more):
    """CPU seconds, wall seconds and peak of memory (MiB) of a process on so many cores, and what it
    printed."""
    cores = sorted(os.sched_getaffinity(0))[:threads]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads),
                       OPENBLAS_NUM_THREADS=str(threads))
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, env=environment,
                                   preexec_fn=lambda: os.sched_setaffinity(0, cores), **more)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        said.seek(0)
        text = said.read().decode()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(words[:4])}: exit {process.returncode}: {text[-600:]}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, text


def train(place, steps, epochs, threads=1):
    """`run` of a training of so many epochs, and its table of epochs."""
    settings = {"train": place / "samples.jsonl", "end": END, "step": END / steps,
                "hidden": HIDDEN, "recurrent": "true", "batch": BATCH, "epochs": epochs,
                "rate": RATE, "strength": 0, "weighting": "exponential"}
    (place / "beside.json").write_text("{}")
    shutil.rmtree(place / "trained", ignore_errors=True)
    words = [EVIDENT, "train", str(place / "beside.json"), "-q", "-j", str(threads),
             "--out", str(place / "trained")]
    for name, value in settings.items():
        words += ["--set", f"{name}={value}"]
    got = run(words, threads)
    head, *rows = (place / "trained" / "log.tsv").read_text().splitlines()
    return got, [dict(zip(head.split("\t"), row.split("\t"))) for row in rows]


def ask_evident(place, threads=1):
    """Seconds a trial (CPU, wall) and hidden spikes a trial. What more epochs take more: reading
    the file, the first page and the end are no part of a trial."""
    few, many = 1, 9
    (cpu0, *_), _ = train(place, STEPS, few, threads)
    (cpu1, *_), rows = train(place, STEPS, many, threads)
    wall = statistics.median(float(row["seconds"]) for row in rows)
    spikes = HIDDEN * float(rows[-1]["spikes"])
    return (cpu1 - cpu0) / (many - few) / SAMPLES, wall / SAMPLES, spikes


# ---- PyTorch ----


def load(path, count, torch):
    """The first samples as [spikes][ms, channel], and labels."""
    spikes, labels = [], []
    with open(path, encoding="utf-8") as file:
        next(file)
        for line in itertools.islice(file, count):
            one = json.loads(line)
            spikes.append(torch.tensor(one["spikes"], dtype=torch.float64))
            labels.append(one["label"])
    return spikes, torch.tensor(labels)


def dense(spikes, steps, torch):
    """[steps][batch][CHANNELS], 1 where there is a spike: several in a step count once."""
    x = torch.zeros(steps, len(spikes), CHANNELS)
    for b, one in enumerate(spikes):
        x[(one[:, 0] / (END / steps)).long(), b, one[:, 1].long()] = 1
    return x


def written(x, labels, weights, weight, torch, propagators):
    """Loss, spikes and the gradients of bench_torch's network, its reverse pass written out."""
    w_in, w_rec, w_out = weights
    steps, batch, _ = x.shape
    alpha, beta, kappa = propagators(steps)
    # The score is linear in hidden spikes: what one in step n adds to it is share[n] w_out.
    share, v, i = [0.0] * steps, 0.0, 0.0
    for n in range(steps - 1, 1, -1):  # the V that step n reads is made in step n - 1, of the
        v = alpha * v + float(weight[n])  # spikes of step n - 2
        i = beta * i + kappa * v
        share[n - 2] = i
    mean_of = torch.tensor(share)
    g = (x.view(steps * batch, -1) @ w_in).view(steps, batch, -1)  # drive, then adjoint of I
    above, spiked = torch.empty_like(g), torch.empty_like(g)
    v, i, s = (torch.zeros_like(g[0]) for _ in range(3))
    for n in range(steps):
        torch.addmm(i, s, w_rec, beta=beta, out=i).add_(g[n])
        v.mul_(1 - s).mul_(alpha).add_(i, alpha=kappa)
        torch.sub(v, 1, out=above[n])
        s = torch.ge(above[n], 0, out=spiked[n])
    flat = spiked.view(steps, -1)
    mean = (mean_of @ flat).view(batch, -1)
    score = mean @ w_out
    loss = torch.nn.functional.cross_entropy(score, labels)
    d_score = torch.softmax(score, 1)
    d_score[torch.arange(batch), labels] -= 1
    d_score /= batch
    d_out, direct = mean.t() @ d_score, d_score @ w_out.t()
    above.mul_(math.pi).square_().add_(1).reciprocal_()  # the surrogate derivative
    kept = (1 - spiked).mul_(alpha)
    back, v, i = w_rec.t().contiguous(), torch.zeros_like(v), torch.zeros_like(i)
    for n in range(steps - 1, -1, -1):
        s = torch.addmm(direct, i, back, beta=share[n])
        v.mul_(kept[n]).addcmul_(s, above[n])
        i.mul_(beta).add_(v, alpha=kappa)
        g[n] = i
    d_in = x.view(steps * batch, -1).t() @ g.view(steps * batch, -1)
    d_rec = spiked[:-1].reshape(-1, w_rec.shape[0]).t() @ g[1:].reshape(-1, w_rec.shape[0])
    return loss, spiked.sum() / batch, [d_in, d_rec, d_out]


def by_autograd(x, labels, weights, weight, torch, bench):
    """The same by bench_torch's forward pass; spikes are not counted."""
    for w in weights:
        w.requires_grad_()
    score = bench.forward(x, *weights, weight)
    loss = torch.nn.functional.cross_entropy(score, labels)
    return loss, float("nan"), torch.autograd.grad(loss, weights)


def child(mode, file, steps, threads, batches):
    """What a process of its own is asked for; prints a JSON object."""
    import torch
    import bench_torch as bench
    said = {"version": torch.__version__}
    if mode == "check":  # doubles, so that rounding does not decide a spike
        torch.set_default_dtype(torch.float64)
    torch.set_num_threads(threads)
    weights = [w.detach() for w in bench.parameters(HIDDEN, "cpu")]
    weight = bench.weighting(steps, "cpu").to(torch.get_default_dtype())
    if mode == "import":
        print(json.dumps(said))
        return
    spikes, labels = load(file, min(SAMPLES, (batches + 1) * BATCH), torch)
    if mode == "check":
        x = dense(spikes[:4], steps, torch)
        _, count, mine = written(x, labels[:4], weights, weight, torch, bench.propagators)
        _, _, theirs = by_autograd(x, labels[:4], weights, weight, torch, bench)
        said["differ"] = max(float((a - b).abs().max() / b.abs().max())
                             for a, b in zip(mine, theirs))
        said["spikes"] = float(count)
        print(json.dumps(said))
        return
    adam = torch.optim.Adam(weights, lr=RATE)
    for k in range(batches + 1):
        if k <= 1:  # the first warms up
            cpu, wall = time.process_time(), time.perf_counter()
        first = k * BATCH % len(spikes)
        part = slice(first, first + BATCH)
        x = dense(spikes[part], steps, torch)
        if mode == "written":
            with torch.no_grad():
                _, count, slopes = written(x, labels[part], weights, weight, torch,
                                           bench.propagators)
        else:
            _, count, slopes = by_autograd(x, labels[part], weights, weight, torch, bench)
        for w, slope in zip(weights, slopes):
            w.grad = slope
        adam.step()
    trials = max(batches, 1) * BATCH
    said.update(cpu=(time.process_time() - cpu) / trials,
                wall=(time.perf_counter() - wall) / trials, spikes=float(count))
    print(json.dumps(said))


def ask_torch(place, mode, steps=STEPS, threads=1, batches=4):
    """What `child` says, and the peak of its memory."""
    words = [sys.executable, __file__, "--child", mode, str(place / "samples.jsonl"), str(steps),
             str(threads), str(batches)]
    _, _, memory, text = run(words, threads)
    return dict(json.loads(text.splitlines()[-1]), memory=memory)


# ---- the table ----


def giga_flops(torch):
    """Of a matrix product on one core, the best of three: is the library behind it a fast one?"""
    torch.set_num_threads(1)
    a, least = torch.randn(2000, 2000), float("inf")
    for _ in range(3):
        start = time.process_time()
        a @ a
        least = min(least, time.process_time() - start)
    return 16 / least


def speed(place, say):
    """CPU seconds a trial on one core, in turns."""
    best = {}
    for _ in range(ROUNDS):
        cpu, _, spikes = ask_evident(place)
        rows = {"evident": (cpu, spikes)}
        for mode in ("written", "autograd"):
            said = ask_torch(place, mode)
            rows[mode] = (said["cpu"], said["spikes"])
        for name, row in rows.items():
            best[name] = min(best.get(name, row), row)
    say("one thread on one core, CPU seconds")
    say("program     ms a trial  trials/s  times evident's  hidden spikes a trial")
    for name, (cpu, spikes) in best.items():
        say(f"{name:10s} {1e3 * cpu:11.3f} {1 / cpu:9.1f} {cpu / best['evident'][0]:16.2f} "
            f"{'' if math.isnan(spikes) else format(spikes, '22.0f')}".rstrip())


def all_threads(place, load, say):
    """Wall seconds a trial on all cores."""
    threads = len(os.sched_getaffinity(0))
    if threads < 2 or not load <= QUIET:
        say(f"\nnot run: all threads: {threads} cores, load {load:.1f}, wanted two or more and at "
            f"most {QUIET:g}")
        return
    walls = {"evident": lambda: ask_evident(place, threads)[1]}
    for mode in ("written", "autograd"):
        walls[mode] = lambda mode=mode: ask_torch(place, mode, threads=threads)["wall"]
    least = {name: min(ask() for _ in range(ROUNDS)) for name, ask in walls.items()}
    say(f"\n{threads} threads on {threads} cores, wall seconds")
    say("program     ms a trial  trials/s  times evident's")
    for name, wall in least.items():
        say(f"{name:10s} {1e3 * wall:11.3f} {1 / wall:9.1f} {wall / least['evident']:16.2f}")


def memory(place, say):
    """Peaks of the resident set."""
    base = ask_torch(place, "import")["memory"]
    say("\npeak of the resident set of a process that learns from a batch or more, MiB; in"
        f"\nbrackets without the {base:.0f} that `import torch` takes")
    say("steps      evident           written          autograd")
    for steps in LADDER:
        (_, _, mine, _), _ = train(place, steps, 1)
        theirs = [ask_torch(place, mode, steps, batches=0)["memory"]
                  for mode in ("written", "autograd")]
        say(f"{steps:5d} {mine:12.0f} " + " ".join(f"{m:9.0f} ({m - base:5.0f})" for m in theirs))


def main():
    if sys.argv[1:2] == ["--child"]:
        mode, file, *numbers = sys.argv[2:]
        return child(mode, file, *map(int, numbers))
    try:
        import torch
    except ImportError:
        print("not run: beside-torch: no PyTorch")
        return
    lines, load_before = [], os.getloadavg()[0]

    def say(line):
        lines.append(line)
        print(line, flush=True)

    git = ["git", "-C", str(HERE)]
    commit = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True,
                            text=True).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain", "--", "gpu", "cases", "tests"],
                             capture_output=True, text=True).stdout
    model = re.search("model name[^:]*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    built = re.search("BLAS_INFO=([^,]*)", torch.__config__.show())
    say("evident train beside PyTorch: 700-256-20, recurrent, 1,000 ms, 2 ms a step, batch 32,")
    say(f"{SAMPLES} samples of {SPIKES} spikes. Written by tests/beside_torch.py, which says what "
        "is measured.\n")
    say(f"commit     {commit}{' with changes' if changed else ''}")
    say(f"processor  {model[1] if model else 'unknown'}, {os.cpu_count()} cores, load "
        f"{load_before:.1f}")
    say(f"PyTorch    {torch.__version__}, BLAS: {built[1] if built else 'unknown'}; a product of "
        f"2000 x 2000 on one core: {giga_flops(torch):.0f} GFLOP/s")
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        write_samples(place / "samples.jsonl")
        check = ask_torch(place, "check", steps=200)
        say(f"check      gradients written out and by autograd differ by {check['differ']:.1e} of "
            "the largest\n")
        if not check["differ"] < 1e-9:
            sys.exit("beside_torch: the gradient written out is wrong")
        speed(place, say)
        all_threads(place, load_before, say)
        memory(place, say)
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
