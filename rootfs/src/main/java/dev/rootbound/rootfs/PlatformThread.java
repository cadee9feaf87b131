package dev.rootbound.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Long native work off the virtual threads, whose few carriers it would hold. */
final class PlatformThread {
    private PlatformThread() {}

    /** Runs and waits; an interrupt is passed on, and what the action then throws is thrown. */
    static <T> T call(String name, Callable<T> action) throws IOException {
        var task = new FutureTask<>(action);
        var thread = Thread.ofPlatform().name(name).start(task);
        boolean interrupted = false;
        while (true) {
            try {
                var result = task.get();
                if (interrupted) Thread.currentThread().interrupt();
                return result;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            } catch (ExecutionException e) {
                if (interrupted) Thread.currentThread().interrupt();
                throw unwrapped(e.getCause());
            }
        }
    }

    private static IOException unwrapped(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException e) throw e;
        if (failure instanceof Error e) throw e;
        if (failure instanceof InterruptedException e) {
            var io = new InterruptedIOException(e.getMessage());
            io.initCause(e);
            return io;
        }
        return failure instanceof IOException e ? e : new IOException(failure);
    }
}
