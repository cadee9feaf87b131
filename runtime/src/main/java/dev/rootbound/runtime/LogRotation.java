package dev.rootbound.runtime;

import dev.rootbound.linux.Failpoint;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the log of one running container within its size. The file is renamed, and the monitor,
 * which still writes to it, is asked to reopen its log; what it writes until then is in the renamed
 * file. The monitor's own way to bound a log is to start it again, which loses what was in it.
 *
 * <p>The monitor must be asked once only: it would replace the file that it has just made. So
 * whoever finds no log, because an engine died in between, first sees that no such request is on
 * its way. One thread uses it.
 */
public final class LogRotation {
    private static final long MONITOR_MILLISECONDS = 5000;
    private static final long SETTLE_MILLISECONDS = 50;

    private final LogFiles files;
    private final ControlFifo control;
    private final long maxSize;
    private final int maxFiles;
    private boolean asked;

    /**
     * @param maxSize bytes at which a file is full
     * @param maxFiles how many files there are at most, the one that is being written included
     */
    public LogRotation(Bundle bundle, Path log, long maxSize, int maxFiles) {
        this.files = new LogFiles(log);
        this.control = new ControlFifo(bundle.controlFifo());
        this.maxSize = maxSize;
        this.maxFiles = maxFiles;
    }

    /** What a rotation leaves when the monitor ends in the middle of it. */
    public static void removeUnfinished(Path log) throws IOException {
        Files.deleteIfExists(new LogFiles(log).unfinished());
    }

    /**
     * Rotates if the file is full, having finished what an earlier engine began.
     *
     * @return the size of the file that is being written
     */
    public long check() throws IOException, InterruptedException {
        if (!Files.exists(files.log())) {
            finish();
        }
        long size = size();
        if (size < maxSize) {
            return size;
        }
        rotate();
        return size();
    }

    private long size() throws IOException {
        try {
            return Files.size(files.log());
        } catch (NoSuchFileException e) {
            return 0; // the monitor has ended
        }
    }

    private void rotate() throws IOException, InterruptedException {
        var numbers = files.names().numbers();
        long number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
        prepare();
        Failpoint.reach("log.prepared");
        asked = false;
        Files.move(files.log(), files.rotated(number), StandardCopyOption.ATOMIC_MOVE);
        Failpoint.reach("log.renamed");
        ask();
        awaitReopened();
        prune();
    }

    /** The monitor ends if it cannot make its new file: on a full disk it needs none. */
    private void prepare() throws IOException {
        try {
            Files.createFile(files.unfinished());
        } catch (FileAlreadyExistsException e) {
            // of a rotation that was not finished
        }
    }

    private void finish() throws IOException, InterruptedException {
        if (files.names().numbers().isEmpty()) {
            return; // nothing was written yet
        }
        if (!asked) {
            prepare();
            awaitSettled();
            if (!Files.exists(files.log())) {
                ask();
            }
        }
        awaitReopened();
        prune();
    }

    /** Until the monitor has done what it was asked by somebody who died since. */
    private void awaitSettled() throws IOException, InterruptedException {
        for (long end = end(); control.isUnread() && System.nanoTime() < end; ) {
            Thread.sleep(1);
        }
        Thread.sleep(SETTLE_MILLISECONDS);
    }

    private void ask() throws IOException {
        asked = control.reopenLogs();
        if (asked) {
            Failpoint.reach("log.asked");
        } else { // a monitor that has ended writes no more
            Files.deleteIfExists(files.unfinished());
        }
    }

    private void awaitReopened() throws InterruptedException {
        for (long end = end(); asked && !Files.exists(files.log()) && System.nanoTime() < end; ) {
            Thread.sleep(1);
        }
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MONITOR_MILLISECONDS);
    }

    private void prune() throws IOException {
        var numbers = files.names().numbers();
        for (int i = 0; i < numbers.size() - (maxFiles - 1); i++) {
            Files.deleteIfExists(files.rotated(numbers.get(i)));
        }
        Failpoint.reach("log.pruned");
    }
}
