"""Why a bar is missed, where it is: what a profile shows, what was tried, what it would take."""

LIMITED = (
    "the wait for an answer has a limit of 50 ms (SO_RCVTIMEO), so that another thread's cancel is "
    "noticed; the raw program with nothing but that limit takes 1.05 times as long. Sending and "
    "receiving are 1,300 instructions at each end (callgrind): the turn among threads, the header, "
    "the bounds, the memory of the message. To wait without a limit, whoever cancels would have to "
    "wake a thread inside `recv`, which only a signal can: a library has none to spare.")

# The beginning of a workload's name, and the words for it.
REASONS = {
    "round trip, 64 B, TCP": LIMITED,
    "round trip, 1 KiB, TCP": LIMITED,
    "round trip, 64 B, Unix": "see the small object over Unix sockets.",
    "round trip, 1 KiB, Unix": "see the small object over Unix sockets.",
    "round trip, 1 MiB": (
        "each message is one call to write and a few to read, as in the raw program (strace). At 256 KiB, "
        "8 and 64 MiB the same calls are at 1.06, 1.01 and 0.90 of raw sockets, and over Unix sockets at 1.07 "
        "here; why TCP at this size is slower by a third on one core is not known: both swing between 0.3 and "
        "0.8 ms from one run to the next."),
    "round trip of a small object, against CPython": (
        "nearly all of it is the kernel's, on both sides: compare with the raw sockets above."),
    "round trip of a small object, TCP": (
        "as with bytes; and the pickle is written and read at both ends, 2,400 instructions each (callgrind), "
        "where raw sockets send what lies there. It would take a writer and a reader for each type of "
        "object; typed messages, which have them, are in the table below."),
    "round trip of a small object, Unix": (
        "as over TCP; and a Unix socket is read with `recvmsg`, since a descriptor may come beside any "
        "byte and would be lost to `recv`: the kernel takes 0.2 us longer over it, twice in a round "
        "trip. To do without both a connection would have to be told that one thread alone uses it "
        "and that no descriptors come."),
    "authenticated connect and close, client": (
        "the client makes two MACs more than the raw one, which mark its challenge and recognise the "
        "mark, so that it answers no challenge of another client (docs/wire.md, Reflection); it asks "
        "the kernel whether it was connected to itself, and sets the timeout by which another "
        "thread can cancel a call. The marks could go "
        "only if the protection did."),
    "authenticated connect and close, against CPython": (
        "most of it is the kernel's, and CPython's too: see below how little faster raw sockets are at "
        "both ends. The listener runs the handshakes of all its clients at once: each message of each "
        "is waited for in `epoll_wait`, then read. CPython blocks in one client at a time, and a "
        "silent one keeps all others out."),
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
