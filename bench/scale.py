"""Echoes of many clients: memory for each, round trips, tail latency, handshakes, and how all of
these grow with the number of clients."""
import collections
import glob
import os
import resource
import statistics
import subprocess

from pairs import CORE, HERE, Failed, answer_of

COUNTS = (1000, 10000, 50000)
WINDOW = 256
# One core for the server, another for the crowd, where there are two.
CROWD_CORE = min(os.sched_getaffinity(0))

# What is told to the crowd beside the address; the most clients that are tried.
Echo = collections.namedtuple("Echo", "title command more most")


def echoes(arena):
    return [
        Echo("epoll by hand", [arena.bench("epoll_echo"), "127.0.0.1:0"], [], COUNTS[-1]),
        Echo("parley", [arena.bench("parley_echo"), "127.0.0.1:0"], [], COUNTS[-1]),
        Echo("Asio coroutines", [arena.bench("asio_echo")], [], COUNTS[-1]),
        Echo("libzmq ROUTER", [arena.bench("zmq_echo"), "127.0.0.1:0"], ["zmtp"], COUNTS[-1]),
        Echo("CPython " + arena.newest,
             [arena.pythons[arena.newest].path, os.path.join(HERE, "cpython_echo.py"),
              "127.0.0.1:0"], [], COUNTS[1]),
    ]


def raise_limit():
    """As many descriptors as this user may have; the most clients that fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = COUNTS[-1] + 1000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
        return COUNTS[-1]
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        return hard - 1000


def start(command, core, **more):
    return subprocess.Popen(command, stdout=subprocess.PIPE,
                            preexec_fn=lambda: os.sched_setaffinity(0, {core}), **more)


def stop(*processes):
    for process in filter(None, processes):
        process.kill()
        process.wait()
        process.stdout.close()


def user_memory(pid):
    """What the process has for itself, in bytes."""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        rows = dict(line.split(":", 1) for line in list(file)[1:])
    return 1024 * int(rows["Anonymous"].split()[0])


def processor_seconds(pid):
    """What all threads of the process have spent, as the scheduler counts it."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % pid):
        with open(path) as file:
            total += int(file.read().split()[0])
    return total / 1e9


def address_of(server):
    line = answer_of(server, server.args)
    return line.decode().split()[-1]


def measure_echo(arena, echo, count, seconds):
    server = start(echo.command, CORE, stdin=subprocess.DEVNULL)
    clients = None
    try:
        address = address_of(server)
        before = user_memory(server.pid)
        clients = start([arena.bench("crowd"), "echo", address, str(count), str(min(WINDOW, count)),
                         "%g" % seconds] + echo.more, CROWD_CORE, stdin=subprocess.PIPE)
        if answer_of(clients, echo).strip() != b"open":
            raise Failed("the crowd could not connect: %s" % (echo,))
        memory = (user_memory(server.pid) - before) / count
        spent = processor_seconds(server.pid)
        clients.stdin.write(b"\n")
        clients.stdin.close()
        done, rate, p50, p99, p999 = map(float, answer_of(clients, echo).split())
        spent = processor_seconds(server.pid) - spent
        return {"memory": memory, "rate": rate, "p50": p50, "p99": p99, "p99.9": p999,
                "processor": spent / done}
    finally:
        stop(clients, server)


def measure_shakes(arena, command, seconds):
    server = start(command + ["keyed"], CORE, stdin=subprocess.DEVNULL)
    clients = None
    try:
        address = address_of(server)
        spent = processor_seconds(server.pid)
        clients = start([arena.bench("crowd"), "shake", address, "64", "%g" % seconds], CROWD_CORE)
        done = float(answer_of(clients, command))
        spent = processor_seconds(server.pid) - spent
        return {"rate": done / seconds, "processor": spent / done}
    finally:
        stop(clients, server)


def medians(found):
    return {what: statistics.median(one[what] for one in found) for what in found[0]}


def counts_within(most, say):
    """As many clients as are wanted, and where that is too many, as many as there can be."""
    if most < 1:
        raise Failed("the limit of descriptors allows no crowd")
    if most < COUNTS[-1]:
        say("no %d clients: the limit of descriptors allows %d" % (COUNTS[-1], most))
    return sorted({min(count, most) for count in COUNTS})


def measure(arena, rounds, seconds, say):
    """Medians of what was found, and in "spent" the processor time of each round."""
    most = raise_limit()
    results = {"echo": {}, "shakes": {}, "spent": {}, "most": most}

    def keep(title, what, found):
        results["spent"].setdefault(title, {})[what] = [one["processor"] for one in found]
        return medians(found)

    for count in counts_within(most, say):
        taken = collections.defaultdict(list)
        # What opens so many connections is measured less often.
        for _ in range(rounds if count <= COUNTS[1] else 3):
            for echo in echoes(arena):
                if count <= echo.most:
                    taken[echo.title].append(measure_echo(arena, echo, count, seconds))
        for title, found in taken.items():
            results["echo"].setdefault(title, {})[str(count)] = keep(title, str(count), found)
        say("%d clients" % count)
    by_hand, parley = (echo.command for echo in echoes(arena)[:2])
    taken = collections.defaultdict(list)
    for _ in range(rounds):
        for title, command in (("epoll by hand", by_hand), ("parley", parley)):
            taken[title].append(measure_shakes(arena, command, seconds))
    results["shakes"] = {title: keep(title, "shakes", found) for title, found in taken.items()}
    return results
