package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file of a container's log as conmon writes it, the Kubernetes CRI log format: {@code TIME
 * stdout|stderr F|P TEXT\n}, where P marks a part of a line without its newline. Reads what is
 * complete.
 */
public final class LogFile implements AutoCloseable {
    private static final int BLOCK = 64 << 10;

    /** An entry; the bytes hold the newline if the line ends here. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    public record Entry(java.time.Instant time, int stream, byte[] bytes) {}

    private final @Nullable SeekableByteChannel channel;
    private final LogTime times = new LogTime();
    private byte[] buffer = new byte[BLOCK];
    private int from;
    private int to;

    private LogFile(@Nullable SeekableByteChannel channel) {
        this.channel = channel;
    }

    /** Opens a log; one that is not there yet is empty. */
    static LogFile open(Path file) throws IOException {
        try {
            return new LogFile(Files.newByteChannel(file));
        } catch (NoSuchFileException e) {
            return new LogFile(null);
        }
    }

    /**
     * How far a tail got.
     *
     * @param missing lines that are to be found in older files
     * @param any whether there is an entry in this one
     */
    record Tail(long missing, boolean any) {}

    /**
     * Goes to the last {@code lines} lines, or to the start if there are less; a line may be
     * several entries.
     *
     * @param last whether no entry comes after this file: its last line is one of them. Else that
     *     line's end is where a line of a newer file begins.
     */
    Tail tail(long lines, boolean last) throws IOException {
        if (channel == null) {
            return new Tail(lines, false);
        }
        // what is after the last newline is still being written
        long end = completeEnd(channel, channel.size());
        if (lines == 0) {
            channel.position(end);
            return new Tail(0, end > 0);
        }
        return new Tail(seekLines(channel, end, lines, last), end > 0);
    }

    private static long completeEnd(SeekableByteChannel open, long size) throws IOException {
        for (long at = size; at > 0; ) {
            int length = (int) Math.min(BLOCK, at);
            at -= length;
            var block = read(open, at, length);
            for (int i = block.length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return at + i + 1;
                }
            }
        }
        return 0;
    }

    /** To after the newline of the F entry before those lines; how many there are not. */
    private static long seekLines(SeekableByteChannel open, long size, long lines, boolean last)
            throws IOException {
        long missing = lines;
        for (long at = size; at > 0; ) {
            int length = (int) Math.min(BLOCK, at);
            at -= length;
            var block = read(open, at, length);
            for (int i = block.length - 1; i >= 0; i--) {
                boolean between = block[i] == '\n' && (!last || at + i + 1 < size);
                if (between && endsLine(open, at + i) && --missing == 0) {
                    open.position(at + i + 1);
                    return 0;
                }
            }
        }
        open.position(0);
        return missing;
    }

    /** Whether the entry that ends with the newline at {@code end} is marked F. */
    private static boolean endsLine(SeekableByteChannel open, long end) throws IOException {
        long start = end;
        while (start > 0) {
            int length = (int) Math.min(512, start);
            var block = read(open, start - length, length);
            for (int i = length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return isFull(open, start - length + i + 1);
                }
            }
            start -= length;
        }
        return isFull(open, 0);
    }

    private static boolean isFull(SeekableByteChannel open, long start) throws IOException {
        var head = new String(read(open, start, 64), US_ASCII).split(" ", 4);
        return head.length < 3 || head[2].startsWith("F");
    }

    private static byte[] read(SeekableByteChannel open, long at, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        open.position(at);
        while (bytes.hasRemaining() && open.read(bytes) >= 0) {}
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** The next complete entry; empty if there is none (yet). What is no entry is skipped. */
    Optional<Entry> next() throws IOException {
        if (channel == null) {
            return Optional.empty();
        }
        int scanned = from;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (buffer[i] == '\n') {
                    var entry = parse(from, i);
                    from = i + 1;
                    if (entry.isPresent()) {
                        return entry;
                    }
                }
            }
            scanned = to - from;
            compact();
            int n = channel.read(ByteBuffer.wrap(buffer, to, buffer.length - to));
            if (n <= 0) {
                return Optional.empty();
            }
            to += n;
        }
    }

    private void compact() {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    /** Empty for a line that is no entry: cut off by a full disk or a power failure. */
    private Optional<Entry> parse(int start, int end) {
        int time = indexOfSpace(start, end);
        int stream = indexOfSpace(time + 1, end);
        int mark = indexOfSpace(stream + 1, end);
        try {
            var at = times.parse(buffer, start, time);
            var name = new String(buffer, time + 1, stream - time - 1, US_ASCII);
            boolean full = buffer[stream + 1] == 'F';
            // the newline stays in the file as the entry's own end
            var bytes = Arrays.copyOfRange(buffer, mark + 1, full ? end + 1 : end);
            return Optional.of(new Entry(at, name.equals("stderr") ? 2 : 1, bytes));
        } catch (DateTimeException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private int indexOfSpace(int start, int end) {
        for (int i = start; i < end; i++) {
            if (buffer[i] == ' ') {
                return i;
            }
        }
        return end;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
