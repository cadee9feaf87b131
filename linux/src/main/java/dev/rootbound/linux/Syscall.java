package dev.rootbound.linux;

import java.util.Locale;

/**
 * System call numbers of the two supported architectures (asm/unistd_64.h; asm-generic/unistd.h).
 */
enum Syscall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22),
    PPOLL(271, 73),
    IOCTL(16, 29),
    SOCKET(41, 198),
    CONNECT(42, 203),
    SHUTDOWN(48, 210),
    GETSOCKOPT(55, 209),
    WAIT4(61, 260),
    KILL(62, 129),
    FCNTL(72, 25),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    LSEEK(8, 62),
    CHDIR(80, 49),
    FCHDIR(81, 50),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    SETXATTR(188, 5),
    FCHOWN(93, 55),
    SETGROUPS(116, 159),
    SETRESUID(117, 147),
    SETRESGID(119, 149),
    SETFSUID(122, 151),
    SETFSGID(123, 152),
    CAPSET(126, 91),
    PRCTL(157, 167),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    FSETXATTR(190, 7),
    GETXATTR(191, 8),
    LISTXATTR(194, 11),
    GETDENTS64(217, 61),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    RENAMEAT2(316, 276),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    SYNCFS(306, 267),
    SETNS(308, 268),
    SETDOMAINNAME(171, 162),
    STATX(332, 291),
    PIPE2(293, 59),
    PIDFD_SEND_SIGNAL(424, 424),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    PIDFD_OPEN(434, 434),
    OPENAT2(437, 437),
    FACCESSAT2(439, 439),
    MOUNT_SETATTR(442, 442);

    final long number;

    Syscall(int x86, int arm) {
        this.number = System.getProperty("os.arch").equals("aarch64") ? arm : x86;
    }

    String call() {
        return name().toLowerCase(Locale.ROOT);
    }
}
