package dev.rootbound.attack;

import java.util.Locale;

/** The system calls that attacks are made of, with their numbers on x86-64 (asm/unistd_64.h). */
enum Call {
    READ(0),
    WRITE(1),
    CLOSE(3),
    IOCTL(16),
    PREAD64(17),
    ALARM(37),
    GETPID(39),
    SOCKET(41),
    EXECVE(59),
    EXIT(60),
    KILL(62),
    CHROOT(161),
    PTRACE(101),
    SYSLOG(103),
    SETRESUID(117),
    ADJTIMEX(159),
    ACCT(163),
    SETTIMEOFDAY(164),
    GETTIMEOFDAY(96),
    MOUNT(165),
    UMOUNT2(166),
    SWAPON(167),
    INIT_MODULE(175),
    KEXEC_LOAD(246),
    ADD_KEY(248),
    KEYCTL(250),
    OPENAT(257),
    MKDIRAT(258),
    MKNODAT(259),
    FCHOWNAT(260),
    UNLINKAT(263),
    RENAMEAT(264),
    LINKAT(265),
    SYMLINKAT(266),
    FCHMODAT(268),
    UNSHARE(272),
    PERF_EVENT_OPEN(298),
    FANOTIFY_INIT(300),
    PRLIMIT64(302),
    NAME_TO_HANDLE_AT(303),
    OPEN_BY_HANDLE_AT(304),
    SETNS(308),
    PROCESS_VM_READV(310),
    BPF(321),
    USERFAULTFD(323),
    IO_URING_SETUP(425),
    PIDFD_OPEN(434),
    PIDFD_GETFD(438);

    private final int number;

    Call(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
