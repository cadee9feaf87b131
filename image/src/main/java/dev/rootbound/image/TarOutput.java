package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.TreeMap;

/**
 * Writes a tar archive: ustar, with a pax extended header (pax(1)) for what ustar has no room for:
 * long names, large ids and sizes, times before 1970 or finer than a second, extended attributes.
 * Sparse files are as GNU tar's pax format 1.0 has them, which Go's readers know too.
 */
public final class TarOutput {
    /** Bytes of an archive without a member. */
    static final long EMPTY = 2L * TarHeader.BLOCK;

    private final OutputStream out;
    private long left;
    private long padding;

    public TarOutput(OutputStream out) {
        this.out = out;
    }

    /**
     * Begins a member; the {@code size} bytes of a file, of a sparse one those of its runs, follow
     * by {@link #write}.
     *
     * @throws IllegalStateException if the file before has not had all of its bytes
     */
    public void begin(TarEntry entry) throws IOException {
        end();
        var pax = pax(entry);
        if (pax.length > 0) {
            var name = "PaxHeaders/pax".getBytes(UTF_8);
            var header = new TarBlock('x', name, new byte[0]).owner(0644, 0, 0);
            out.write(header.size(pax.length, 0).bytes());
            out.write(pax);
            out.write(new byte[padding(pax.length)]);
        }
        var map = SparseOutput.map(entry);
        long stored = entry.type() == TarEntry.Type.FILE ? SparseOutput.stored(entry, map) : 0;
        out.write(
                new TarBlock(flag(entry.type()), SparseOutput.name(entry), entry.linkName())
                        .owner(entry.mode(), entry.uid(), entry.gid())
                        .size(stored, entry.mtimeSeconds())
                        .devices(entry.deviceMajor(), entry.deviceMinor())
                        .bytes());
        out.write(map);
        left = stored - map.length;
        padding = padding(stored);
    }

    /** Content of the file that was begun last. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > left) throw new IllegalStateException("more content than the entry's size");
        out.write(bytes, offset, length);
        left -= length;
    }

    /** Writes the members of another archive, uncompressed, and ends this one as that ends. */
    public void append(InputStream tar) throws IOException {
        end();
        tar.transferTo(out);
        out.flush();
    }

    /** Ends the archive; the stream stays open. */
    public void finish() throws IOException {
        end();
        out.write(new byte[(int) EMPTY]);
        out.flush();
    }

    private void end() throws IOException {
        if (left > 0) throw new IllegalStateException("less content than the entry's size");
        out.write(new byte[(int) padding]);
        padding = 0;
    }

    private static int padding(long size) {
        return (int) (-size & (TarHeader.BLOCK - 1));
    }

    private static char flag(TarEntry.Type type) {
        return switch (type) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMLINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    private static byte[] pax(TarEntry entry) {
        var records = new TreeMap<String, byte[]>();
        var sparse = SparseOutput.records(entry);
        records.putAll(sparse);
        if (sparse.isEmpty() && entry.name().length > TarBlock.NAME) {
            records.put("path", entry.name());
        }
        if (entry.linkName().length > TarBlock.NAME) records.put("linkpath", entry.linkName());
        if (entry.uid() > TarBlock.MAX_ID) records.put("uid", text(entry.uid()));
        if (entry.gid() > TarBlock.MAX_ID) records.put("gid", text(entry.gid()));
        long stored = SparseOutput.stored(entry, SparseOutput.map(entry));
        if (stored > TarBlock.MAX_NUMBER) records.put("size", text(stored));
        long seconds = entry.mtimeSeconds();
        if (seconds < 0 || seconds > TarBlock.MAX_NUMBER || entry.mtimeNanos() != 0) {
            records.put("mtime", time(seconds, entry.mtimeNanos()));
        }
        entry.xattrs().forEach((name, value) -> records.put(PaxRecords.SCHILY_XATTR + name, value));
        var pax = new ByteArrayOutputStream();
        records.forEach((key, value) -> record(pax, key, value));
        return pax.toByteArray();
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    /** Decimal, as pax(1) wants it: the nanoseconds count from the number towards zero. */
    private static byte[] time(long seconds, int nanos) {
        var exact =
                java.math.BigDecimal.valueOf(seconds).add(java.math.BigDecimal.valueOf(nanos, 9));
        return exact.stripTrailingZeros().toPlainString().getBytes(UTF_8);
    }

    /** {@code LENGTH KEY=VALUE\n}, where the length counts its own digits. */
    private static void record(ByteArrayOutputStream pax, String key, byte[] value) {
        var name = key.getBytes(UTF_8);
        int rest = name.length + value.length + 3;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length = rest + Integer.toString(length).length();
        }
        pax.writeBytes((length + " ").getBytes(UTF_8));
        pax.writeBytes(name);
        pax.write('=');
        pax.writeBytes(value);
        pax.write('\n');
    }
}
