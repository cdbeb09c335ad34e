"""Why a bar is missed, where it is: what a profile shows, what was tried, what it would take."""

UNIX = (
    "sending and receiving are 1,200 instructions at each end (callgrind): the turn among threads, the "
    "header, the bounds, the memory of the message. And a Unix socket is read with `recvmsg`, since a "
    "descriptor may come beside any byte and would be lost to `read`: the raw program takes 1.02 times as "
    "long with nothing but that. To do without, a connection would have to be told that no descriptors come.")

# The beginning of a workload's name, and the words for it.
REASONS = {
    "round trip, 64 B, Unix": UNIX,
    "round trip, 1 KiB, Unix": UNIX,
    "round trip, 1 MiB": (
        "BBR, where it is the host's congestion control, paces the raw program at this size, and it swings "
        "between 0.27 and 0.6 ms from one run to the next; parley is not paced within a host (docs/wire.md)."),
    "round trip of a small object, against CPython": (
        "nearly all of it is the kernel's, on both sides: compare with the raw sockets above."),
    "round trip of a small object": (
        "as with bytes; and the pickle is written and read at both ends, 2,200 instructions each (callgrind), "
        "where raw sockets send what lies there. It would take a writer and a reader for each type of "
        "object; typed messages, which have them, are in the table below."),
    "authenticated connect and close, client": (
        "the client makes two MACs more than the raw one, which mark its challenge and recognise the "
        "mark, so that it answers no challenge of another client (docs/wire.md, Reflection); and its "
        "handshake has a limit in time, which is a system call and a timer for each wait. It runs fewer "
        "instructions than the raw one (46,000 and 53,000, callgrind): its HMAC is keyed once."),
    "authenticated connect and close, against CPython": (
        "most of it is the kernel's, and CPython's too: see below how little faster raw sockets are at "
        "both ends. The listener runs the handshakes of all its clients at once: each message of each "
        "is waited for in `epoll_wait`, then read. CPython blocks in one client at a time, and a "
        "silent one keeps all others out. And the end of each connection is an exception, EndOfFile: "
        "31,000 of the listener's 78,000 instructions (callgrind), 4 us."),
    "stream of 64 B, one call a message": (
        "the receiver is the bottleneck on one core: each message is a call that checks and counts, "
        "and gets memory of its own."),
    "stream of 64 B, corked": (
        "most of the time goes into the receiver, where each message gets memory of its own, and into "
        "the locks of the calls, one for each message."),
    "stream of 64 B, queued": (
        "the messages leave together and their handlers are called together, from memory that the "
        "thread keeps for them; but each send is an operation of its own. Of its 590 instructions "
        "(callgrind) 75 make the call and its type-erased handler, 25 find out whether the handler's "
        "executor is the connection's, 60 are for the handler's memory and 55 for the lock that lets "
        "any thread cancel, 130 put the frame into the buffer, and 50 take the handler out again. To go "
        "further a handler would have to be kept without its type being erased: the whole queue in headers."),
    "stream of": (
        "the calls are the same, one to write a message and one to read it into the same memory again; "
        "with both ends on one core TCP swings by a tenth from one run to the next."),
    "round trips of": (
        "both make a call to read and one to write for each message (strace), and the rest is the "
        "program's own time: 3,000 instructions a message (callgrind), 2,500 in plain Asio, 300 by hand. Each message is "
        "two operations, each with a handler behind `any_completion_handler` and a resumption of the "
        "coroutine, under the locks that let any thread cancel or close; and it touches some 25 cache "
        "lines of its client's, which are fetched ahead while the one before makes its system calls. "
        "It would take handlers whose types are known, all of it in headers."),
    "compiling": (
        "half of it is Boost.Asio's handlers and executors by themselves (1.3 of 2.6 s on a quiet machine); "
        "the whole swings between 2.4 and 3.6 s with the machine. It would take headers for the "
        "blocking calls alone, without the `async_` members."),
    "the shared library": (
        "it has the pickles, typed messages, handshakes and the asynchronous calls for each way to "
        "receive; what nobody calls is left out already."),
    "handshakes of a crowd": (
        "each connection gets a state with its locks, its name and its peer's address, and a watch in "
        "epoll that is taken away again when it is handed over."),
}


def explain(missed):
    """Paragraphs for the workloads that missed their bars, one for each reason."""
    if not missed:
        return "Every bar is met.\n\n"
    text = "### Where a bar is missed\n\n"
    paragraphs = {}
    for workload in missed:
        words = next((words for begin, words in REASONS.items() if workload.startswith(begin)),
                     "no explanation is known: profile it.")
        paragraphs.setdefault(words, []).append("**%s**" % workload)
    for words, workloads in paragraphs.items():
        text += "- %s: %s\n" % ("; ".join(workloads), words)
    return text + "\n"
