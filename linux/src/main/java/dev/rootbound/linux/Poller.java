package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets a thread wait until a descriptor is ready without holding a carrier thread in the kernel,
 * epoll(7). A native call pins its virtual thread; so those that may take long are made
 * non-blocking and wait here.
 */
final class Poller {
    private static final int EPOLLIN = 1;
    private static final int EPOLLOUT = 4;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int ADD = 1;
    private static final int DEL = 2;
    private static final int MOD = 3;
    private static final int EVENTS = 64;
    // struct epoll_event is packed on x86-64 only
    private static final boolean PACKED = !System.getProperty("os.arch").equals("aarch64");
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int DATA = PACKED ? 4 : 8;

    /** The two of this process, started when first needed. */
    private static final class In {
        static final Poller INSTANCE = new Poller(EPOLLIN, "readable");
    }

    private static final class Out {
        static final Poller INSTANCE = new Poller(EPOLLOUT, "writable");
    }

    private final int epoll;
    private final int events;
    private final Map<Integer, CountDownLatch> waiting = new ConcurrentHashMap<>();

    private Poller(int events, String name) {
        this.events = events;
        try {
            this.epoll = (int) Native.call(Syscall.EPOLL_CREATE1, "", At.O_CLOEXEC);
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofPlatform().daemon().name("poll-" + name).start(this::poll);
    }

    static Poller readable() {
        return In.INSTANCE;
    }

    static Poller writable() {
        return Out.INSTANCE;
    }

    /**
     * Waits until the descriptor is ready, has failed, or is {@linkplain #wake woken}; sometimes it
     * returns for nothing. One waiter a descriptor.
     *
     * @param wanted asked once the waiter can be woken: false if there is nothing to wait for
     */
    void await(int fd, BooleanSupplier wanted) throws ErrnoException {
        await(fd, wanted, Long.MAX_VALUE);
    }

    /** As {@link #await(int, BooleanSupplier)}, and returns when that time is over. */
    void await(int fd, BooleanSupplier wanted, long nanoseconds) throws ErrnoException {
        var latch = new CountDownLatch(1);
        waiting.put(fd, latch);
        if (!wanted.getAsBoolean()) {
            waiting.remove(fd, latch);
            return;
        }
        try {
            arm(fd);
        } catch (ErrnoException e) {
            waiting.remove(fd, latch);
            throw e;
        }
        boolean interrupted = false;
        try {
            boolean _ = latch.await(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        waiting.remove(fd, latch);
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new ErrnoException("epoll_wait", "", Errno.EINTR);
        }
    }

    private void arm(int fd) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var event = arena.allocate(16, 8);
            event.set(ValueLayout.JAVA_INT, 0, events | EPOLLONESHOT);
            event.set(ValueLayout.JAVA_INT, DATA, fd);
            try {
                Native.call(Syscall.EPOLL_CTL, "", epoll, MOD, fd, event.address());
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
                Native.call(Syscall.EPOLL_CTL, "", epoll, ADD, fd, event.address());
            }
        }
    }

    /** The descriptor's waiter goes on. */
    void wake(int fd) {
        var latch = waiting.remove(fd);
        if (latch != null) {
            latch.countDown();
        }
    }

    /** The descriptor is about to be closed, and nobody waits for it. */
    void forget(int fd) {
        try {
            Native.call(Syscall.EPOLL_CTL, "", epoll, DEL, fd, 0);
        } catch (ErrnoException e) {
            // it was never waited for
        }
    }

    private void poll() {
        try (var arena = Arena.ofConfined()) {
            var ready = arena.allocate((long) EVENT_SIZE * EVENTS, 8);
            while (true) {
                long n;
                try {
                    n =
                            Native.call(
                                    Syscall.EPOLL_PWAIT,
                                    "",
                                    epoll,
                                    ready.address(),
                                    EVENTS,
                                    -1,
                                    0,
                                    8);
                } catch (ErrnoException e) {
                    if (e.errno() == Errno.EINTR) {
                        continue;
                    }
                    throw new IllegalStateException(e);
                }
                for (int i = 0; i < n; i++) {
                    int fd =
                            ready.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE + DATA);
                    var latch = waiting.get(fd);
                    if (latch != null) {
                        latch.countDown();
                    }
                }
            }
        }
    }
}
