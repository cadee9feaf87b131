package dev.rootbound.image;

import com.github.luben.zstd.ZstdInputStream;
import dev.rootbound.oci.MediaTypes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How a stream is compressed, told by its first bytes. */
public enum Compression {
    NONE(""),
    GZIP("\u001f\u008b"),
    ZSTD("(\u00b5/\u00fd"),
    BZIP2("BZh"),
    XZ("\u00fd7zXZ\0");

    private static final int BUFFER = 64 << 10;
    private static final int LONGEST_MAGIC = 6;

    /** A character a byte. */
    private final String magic;

    Compression(String magic) {
        this.magic = magic;
    }

    /** Told by the first six bytes. */
    public static Compression of(byte[] start) {
        for (var compression : values()) {
            if (compression != NONE && compression.begins(start)) return compression;
        }
        return NONE;
    }

    /** Of a layer's blob, told by its first bytes. */
    static String layerMediaType(InputStream blob) throws IOException {
        return MediaTypes.OCI_LAYER
                + switch (of(blob.readNBytes(LONGEST_MAGIC))) {
                    case GZIP -> "+gzip";
                    case ZSTD -> "+zstd";
                    case NONE, BZIP2, XZ -> "";
                };
    }

    private boolean begins(byte[] start) {
        if (start.length < magic.length()) return false;
        for (int i = 0; i < magic.length(); i++) {
            if ((start[i] & 0xff) != magic.charAt(i)) return false;
        }
        return true;
    }

    /**
     * The plain content. Every member or frame of a stream of several is read. Closing it frees the
     * decompressor and leaves {@code in} open.
     *
     * @throws IOException for a compression that is not supported
     */
    public static InputStream decompress(InputStream in) throws IOException {
        var buffered = new Lookahead(in);
        buffered.mark(LONGEST_MAGIC);
        var start = buffered.readNBytes(LONGEST_MAGIC);
        buffered.reset();
        return switch (of(start)) {
            case NONE -> buffered;
            case GZIP -> new BufferedInputStream(new GZIPInputStream(buffered, BUFFER), BUFFER);
            case ZSTD -> new BufferedInputStream(new ZstdInputStream(buffered), BUFFER);
            case BZIP2 -> throw unsupported("bzip2", "bunzip2");
            case XZ -> throw unsupported("xz", "unxz");
        };
    }

    /**
     * The JDK looks for another gzip member only if bytes are available, which a socket at a
     * packet's end denies.
     */
    private static final class Lookahead extends BufferedInputStream {
        Lookahead(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public void close() {}

        @Override
        public synchronized int available() throws IOException {
            int available = super.available();
            if (available > 0) return available;
            mark(1);
            int next = read();
            reset();
            return next < 0 ? 0 : 1;
        }
    }

    private static IOException unsupported(String name, String tool) {
        return new IOException(
                "compression "
                        + name
                        + " is not supported: decompress it with "
                        + tool
                        + " first, or use gzip or zstd");
    }
}
