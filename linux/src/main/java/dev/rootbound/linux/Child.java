package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A child process by posix_spawn(3), which gets exactly the descriptors it is given; ProcessBuilder
 * closes all but three. Its end is waited for without holding a carrier thread.
 */
public final class Child {
    private static final int POSIX_SPAWN_SETSID = 0x80;
    private static final int WNOHANG = 1;
    private static final int SIGKILL = 9;
    private static final int DUPLICATES_FROM = 64;
    private static final int LARGE_ENOUGH =
            512; // posix_spawn_file_actions_t has 80 bytes, posix_spawnattr_t 336

    private final long pid;
    private volatile boolean waited; // set under this: then the pid may be another's

    private Child(long pid) {
        this.pid = pid;
    }

    /**
     * Runs {@code argv} (an absolute path first).
     *
     * @param descriptors the child's numbers and what stands for them; 0, 1, 2 that are not named
     *     are /dev/null
     */
    public static Child spawn(
            List<String> argv, Map<String, String> env, Map<Integer, Fd> descriptors)
            throws ErrnoException {
        return spawn(argv, env, descriptors, null, null);
    }

    /** As {@link #spawn(List, Map, Map)}, with a working directory. */
    public static Child spawnIn(
            Path directory,
            List<String> argv,
            Map<String, String> env,
            Map<Integer, Fd> descriptors)
            throws ErrnoException {
        return spawn(argv, env, descriptors, null, directory);
    }

    /**
     * As {@link #spawn}, in a session of its own whose controlling terminal, and 0, 1, 2, is {@code
     * terminal}.
     */
    public static Child spawnOn(Path terminal, List<String> argv, Map<String, String> env)
            throws ErrnoException {
        return spawn(argv, env, Map.of(), terminal, null);
    }

    private static Child spawn(
            List<String> argv,
            Map<String, String> env,
            Map<Integer, Fd> descriptors,
            @Nullable Path terminal,
            @Nullable Path directory)
            throws ErrnoException {
        var moved = new HashMap<Integer, Fd>();
        try (var arena = Arena.ofConfined()) {
            var actions = arena.allocate(LARGE_ENOUGH, 16);
            var attributes = arena.allocate(LARGE_ENOUGH, 16);
            invoke(Handles.ACTIONS_INIT, actions);
            invoke(Handles.ATTR_INIT, attributes);
            try {
                for (var each : descriptors.entrySet()) {
                    // out of the way of the numbers that are overwritten below
                    moved.put(each.getKey(), each.getValue().duplicate(DUPLICATES_FROM));
                }
                plan(arena, actions, moved, terminal == null ? Path.of("/dev/null") : terminal);
                if (directory != null) {
                    addChdir(arena, actions, directory);
                }
                if (terminal != null) {
                    setFlags(attributes, (short) POSIX_SPAWN_SETSID);
                }
                return new Child(spawn(arena, argv, env, actions, attributes));
            } finally {
                invoke(Handles.ACTIONS_DESTROY, actions);
                invoke(Handles.ATTR_DESTROY, attributes);
            }
        } finally {
            moved.values().forEach(Fd::close);
        }
    }

    /**
     * The JDK's own files are not all close-on-exec: whatever was not asked for is closed,
     * closefrom(3).
     */
    private static void plan(
            Arena arena, MemorySegment actions, Map<Integer, Fd> descriptors, Path standard) {
        int last = 2;
        for (int each : descriptors.keySet()) {
            last = Math.max(last, each);
        }
        for (int fd = 0; fd <= last; fd++) {
            var source = descriptors.get(fd);
            if (source != null) {
                addDup(actions, source.number(), fd);
            } else if (fd <= 2) {
                addOpen(arena, actions, fd, standard);
            } else {
                add(Handles.ADD_CLOSE, actions, fd);
            }
        }
        add(Handles.ADD_CLOSE_FROM, actions, last + 1);
    }

    private static int spawn(
            Arena arena,
            List<String> argv,
            Map<String, String> env,
            MemorySegment actions,
            MemorySegment attributes)
            throws ErrnoException {
        var pid = arena.allocate(4, 4);
        var file = Native.cstring(arena, Names.of(argv.getFirst()));
        var args = strings(arena, argv);
        var environment =
                strings(
                        arena,
                        env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
        int errno;
        try {
            errno =
                    (int)
                            Handles.SPAWN.invokeExact(
                                    pid, file, actions, attributes, args, environment);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (errno != 0) {
            throw new ErrnoException("posix_spawn", argv.getFirst(), errno);
        }
        return pid.get(ValueLayout.JAVA_INT, 0);
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        var array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(
                    ValueLayout.ADDRESS, i, Native.cstring(arena, Names.of(strings.get(i))));
        }
        return array;
    }

    /** The child's pid. */
    public long pid() {
        return pid;
    }

    /**
     * Waits for its end; the exit code as a shell gives it, 128 + signal if a signal ended it. Call
     * once.
     */
    public int waitFor() throws ErrnoException {
        try (var fd = Processes.pidfd(pid);
                var arena = Arena.ofConfined()) {
            var status = arena.allocate(4, 4);
            while (!waitNow(status)) {
                Poller.readable().await(fd.number(), () -> true);
            }
            int s = status.get(ValueLayout.JAVA_INT, 0);
            return (s & 0x7f) == 0 ? (s >> 8) & 0xff : 128 + (s & 0x7f);
        }
    }

    private synchronized boolean waitNow(MemorySegment status) throws ErrnoException {
        waited = Native.call(Syscall.WAIT4, "", pid, status.address(), WNOHANG, 0) != 0;
        return waited;
    }

    /** kill(2); of one that has been waited for nothing is left, and nothing is done. */
    public synchronized void kill(int signal) throws ErrnoException {
        if (!waited) {
            Native.call(Syscall.KILL, "", pid, signal);
        }
    }

    /** Kills it if it runs, and waits for its end unless that was done. */
    public void reap() throws ErrnoException {
        if (!waited) {
            kill(SIGKILL);
            waitFor();
        }
    }

    private static void invoke(MethodHandle init, MemorySegment object) {
        try {
            int _ = (int) init.invokeExact(object);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void add(MethodHandle action, MemorySegment actions, int fd) {
        try {
            int _ = (int) action.invokeExact(actions, fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void addDup(MemorySegment actions, int from, int to) {
        try {
            int _ = (int) Handles.ADD_DUP.invokeExact(actions, from, to);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void addOpen(Arena arena, MemorySegment actions, int fd, Path file) {
        try {
            int _ =
                    (int)
                            Handles.ADD_OPEN.invokeExact(
                                    actions,
                                    fd,
                                    Native.cstring(arena, Names.of(file)),
                                    At.O_RDWR,
                                    0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void addChdir(Arena arena, MemorySegment actions, Path directory) {
        try {
            int _ =
                    (int)
                            Handles.ADD_CHDIR.invokeExact(
                                    actions, Native.cstring(arena, Names.of(directory)));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void setFlags(MemorySegment attributes, short flags) {
        try {
            int _ = (int) Handles.SET_FLAGS.invokeExact(attributes, flags);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Linked when the first child is made. */
    private static final class Handles {
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final FunctionDescriptor ONE =
                FunctionDescriptor.of(INT, ValueLayout.ADDRESS);

        static final MethodHandle ACTIONS_INIT =
                Native.function("posix_spawn_file_actions_init", ONE);
        static final MethodHandle ACTIONS_DESTROY =
                Native.function("posix_spawn_file_actions_destroy", ONE);
        static final MethodHandle ATTR_INIT = Native.function("posix_spawnattr_init", ONE);
        static final MethodHandle ATTR_DESTROY = Native.function("posix_spawnattr_destroy", ONE);
        static final MethodHandle SET_FLAGS =
                Native.function(
                        "posix_spawnattr_setflags",
                        FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.JAVA_SHORT));
        static final MethodHandle ADD_DUP =
                Native.function(
                        "posix_spawn_file_actions_adddup2",
                        FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT, INT));
        static final MethodHandle ADD_CLOSE =
                Native.function(
                        "posix_spawn_file_actions_addclose",
                        FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));

        /** glibc 2.34. */
        static final MethodHandle ADD_CLOSE_FROM =
                Native.function(
                        "posix_spawn_file_actions_addclosefrom_np",
                        FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));

        /** glibc 2.29. */
        static final MethodHandle ADD_CHDIR =
                Native.function(
                        "posix_spawn_file_actions_addchdir_np",
                        FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

        static final MethodHandle ADD_OPEN =
                Native.function(
                        "posix_spawn_file_actions_addopen",
                        FunctionDescriptor.of(
                                INT, ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS, INT, INT));
        static final MethodHandle SPAWN =
                Native.function(
                        "posix_spawn",
                        FunctionDescriptor.of(
                                INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS));

        private Handles() {}
    }
}
