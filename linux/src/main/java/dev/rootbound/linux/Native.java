package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The way into the kernel: syscall(2), one handle for all calls, since linking a handle per call
 * costs a millisecond each at start-up; and clone(2), the one call that must go through libc
 * because it changes the stack.
 */
@SuppressWarnings("restricted") // the one place that may
final class Native {
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    symbol("syscall"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));

    private Native() {}

    /** A C function of the default libraries. */
    static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .or(SymbolLookup.loaderLookup())
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(name + " is not in libc"));
    }

    /** A C function of the default libraries that does not report by errno. */
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(symbol(name), type);
    }

    /** Calls, and throws for -1; {@code on} names what it was tried on. */
    static long call(Syscall call, String on, long... args) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long result = invoke(state, call.number, args);
            if (result == -1) {
                throw new ErrnoException(call.call(), on, (int) ERRNO.get(state, 0L));
            }
            return result;
        }
    }

    private static long invoke(MemorySegment state, long number, long[] a) {
        try {
            return (long)
                    SYSCALL.invokeExact(
                            state, number, at(a, 0), at(a, 1), at(a, 2), at(a, 3), at(a, 4),
                            at(a, 5));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long at(long[] args, int i) {
        return i < args.length ? args[i] : 0;
    }

    /** clone(2) through libc: runs {@code function(argument)} in the child, on {@code stackTop}. */
    static int clone(MemorySegment function, MemorySegment stackTop, int flags, long argument)
            throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            int pid =
                    (int) CloneHandle.CLONE.invokeExact(state, function, stackTop, flags, argument);
            if (pid == -1) {
                throw new ErrnoException("clone", "", (int) ERRNO.get(state, 0L));
            }
            return pid;
        } catch (ErrnoException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Linked only when the first namespace is made: a client of the engine never needs it. */
    private static final class CloneHandle {
        static final MethodHandle CLONE =
                LINKER.downcallHandle(
                        symbol("clone"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG),
                        Linker.Option.firstVariadicArg(4),
                        Linker.Option.captureCallState("errno"));
    }

    /** Access and modification time for utimensat(2), the same. */
    static MemorySegment times(Arena arena, long seconds, int nanos) {
        var times = arena.allocate(32, 8);
        for (int i = 0; i < 2; i++) {
            times.set(ValueLayout.JAVA_LONG, 16L * i, seconds);
            times.set(ValueLayout.JAVA_LONG, 16L * i + 8, nanos);
        }
        return times;
    }

    /** A path or name as the kernel takes it; refuses what it cannot hold. */
    static MemorySegment cstring(Arena arena, byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a name holds a NUL byte");
            }
        }
        var segment = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }
}
