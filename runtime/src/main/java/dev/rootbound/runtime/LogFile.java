package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A container's log as conmon writes it, the Kubernetes CRI log format: {@code TIME stdout|stderr
 * F|P TEXT\n}, where P marks a part of a line without its newline. Reads what is complete.
 */
public final class LogFile implements AutoCloseable {
    private static final int BLOCK = 64 << 10;

    /** An entry; the bytes hold the newline if the line ends here. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    public record Entry(java.time.Instant time, int stream, byte[] bytes) {}

    private final @Nullable SeekableByteChannel channel;
    private byte[] buffer = new byte[BLOCK];
    private int from;
    private int to;

    private LogFile(@Nullable SeekableByteChannel channel) {
        this.channel = channel;
    }

    /** Opens a log; one that is not there yet is empty. */
    public static LogFile open(Path file) throws IOException {
        try {
            return new LogFile(Files.newByteChannel(file));
        } catch (NoSuchFileException e) {
            return new LogFile(null);
        }
    }

    /** Goes to the last {@code lines} lines; a line may be several entries. */
    public void tail(long lines) throws IOException {
        if (channel == null) {
            return;
        }
        // what is after the last newline is still being written
        long end = completeEnd(channel, channel.size());
        channel.position(lines == 0 ? end : lineStart(channel, end, lines));
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

    /** Where the last {@code lines} lines begin: after the newline of the F entry before them. */
    private static long lineStart(SeekableByteChannel open, long size, long lines)
            throws IOException {
        long found = 0;
        for (long at = size; at > 0; ) {
            int length = (int) Math.min(BLOCK, at);
            at -= length;
            var block = read(open, at, length);
            for (int i = block.length - 1; i >= 0; i--) {
                boolean newline = block[i] == '\n' && at + i + 1 < size;
                if (newline && endsLine(open, at + i) && ++found == lines) {
                    return at + i + 1;
                }
            }
        }
        return 0;
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
    public Optional<Entry> next() throws IOException {
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
            var at = OffsetDateTime.parse(new String(buffer, start, time - start, US_ASCII));
            var name = new String(buffer, time + 1, stream - time - 1, US_ASCII);
            boolean full = buffer[stream + 1] == 'F';
            // the newline stays in the file as the entry's own end
            var bytes = Arrays.copyOfRange(buffer, mark + 1, full ? end + 1 : end);
            return Optional.of(new Entry(at.toInstant(), name.equals("stderr") ? 2 : 1, bytes));
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
