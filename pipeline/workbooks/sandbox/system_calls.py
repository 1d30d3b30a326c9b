"""The system calls that a worker keeps, by the numbers that Linux gives them.

Source: `unistd.h` of Linux 6, for x86-64 and the generic one for arm64.
"""

from __future__ import annotations

#: What `AUDIT_ARCH` calls the processors whose calls are known here, by Python's name of each.
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

#: A call that is allowed, its number on x86-64, and on arm64, which lacks what a newer one does.
_ALLOWED: tuple[tuple[str, int, int | None], ...] = (
    # What came through the pipe, and the answer; files that are open, and what is known of others.
    ("read", 0, 63),
    ("write", 1, 64),
    ("readv", 19, 65),
    ("writev", 20, 66),
    ("pread64", 17, 67),
    ("lseek", 8, 62),
    ("close", 3, 57),
    ("dup", 32, 23),
    ("fcntl", 72, 25),
    ("fstat", 5, 80),
    ("stat", 4, None),
    ("lstat", 6, None),
    ("newfstatat", 262, 79),
    ("statx", 332, 291),
    ("access", 21, None),
    ("faccessat", 269, 48),
    ("faccessat2", 439, 439),
    ("readlink", 89, None),
    ("readlinkat", 267, 78),
    ("getdents64", 217, 61),
    ("getcwd", 79, 17),
    ("fadvise64", 221, 223),
    ("poll", 7, None),
    ("ppoll", 271, 73),
    ("select", 23, None),
    ("pselect6", 270, 72),
    # Memory.
    ("mmap", 9, 222),
    ("munmap", 11, 215),
    ("mprotect", 10, 226),
    ("mremap", 25, 216),
    ("madvise", 28, 233),
    ("brk", 12, 214),
    # The process itself, its locks, its signals and its clocks.
    ("futex", 202, 98),
    ("membarrier", 324, 283),
    ("rseq", 334, 293),
    ("set_robust_list", 273, 99),
    ("sched_yield", 24, 124),
    ("sched_getaffinity", 204, 123),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("sigaltstack", 131, 132),
    ("restart_syscall", 219, 128),
    ("setitimer", 38, 103),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("clock_nanosleep", 230, 115),
    ("nanosleep", 35, 101),
    ("gettimeofday", 96, 169),
    ("getrandom", 318, 278),
    ("getrusage", 98, 165),
    ("uname", 63, 160),
    ("sysinfo", 99, 179),
    ("getpid", 39, 172),
    ("gettid", 186, 178),
    ("getuid", 102, 174),
    ("geteuid", 107, 175),
    ("getgid", 104, 176),
    ("getegid", 108, 177),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
)
#: The numbers of the allowed calls for each processor.
NUMBERS: dict[str, frozenset[int]] = {
    "x86_64": frozenset(number for _, number, _ in _ALLOWED),
    "aarch64": frozenset(number for _, _, number in _ALLOWED if number is not None),
}
#: The call that opens a file, which is allowed in part.
OPENAT = {"x86_64": 257, "aarch64": 56}
