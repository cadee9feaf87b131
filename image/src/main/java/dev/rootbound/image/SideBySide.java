package dev.rootbound.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Tasks on threads of their own. When one fails the others are interrupted; none outlives this. */
final class SideBySide<T> implements AutoCloseable {
    private final ExecutorService threads;
    private final ExecutorCompletionService<T> ended;
    private final List<Future<T>> tasks = new ArrayList<>();

    SideBySide() {
        this(Executors.newVirtualThreadPerTaskExecutor());
    }

    /**
     * For tasks that compute: virtual threads have few carriers, which these would hold.
     *
     * @param most of them at once
     */
    static <T> SideBySide<T> onProcessors(int most, String name) {
        var threads = Thread.ofPlatform().daemon().name(name).factory();
        return new SideBySide<>(Executors.newFixedThreadPool(Math.max(1, most), threads));
    }

    private SideBySide(ExecutorService threads) {
        this.threads = threads;
        this.ended = new ExecutorCompletionService<>(threads);
    }

    void start(Callable<T> task) {
        tasks.add(ended.submit(task));
    }

    /** In the order of their starts, or the first failure. */
    List<T> results() throws IOException, InterruptedException {
        for (int i = 0; i < tasks.size(); i++) result(ended.take());
        var results = new ArrayList<T>();
        for (var task : tasks) results.add(task.resultNow());
        return results;
    }

    private static void result(Future<?> task) throws IOException, InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static IOException failure(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case IOException e -> e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> new IOException(cause);
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
