package dev.rootbound.image;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of pax extended headers (pax(1), «pax Extended Header»). Values stay bytes: decoding
 * them as text would destroy extended attributes.
 */
final class PaxRecords {
    static final String SCHILY_XATTR = "SCHILY.xattr.";
    private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";
    private static final String SPARSE = "GNU.sparse.";

    private final int limit;
    private final Map<String, byte[]> records = new HashMap<>();

    /** GNU.sparse 0.0 repeats two keys, so their order is kept. */
    private final List<Long> sparseRuns = new ArrayList<>();

    private long bytes;

    /**
     * @param limit bytes of all headers added
     */
    PaxRecords(int limit) {
        this.limit = limit;
    }

    /** Adds a header's records; the later wins. */
    void add(byte[] header) throws TarException {
        bytes += header.length;
        if (bytes > limit) throw new TarException("its pax headers exceed " + limit + " bytes");
        for (int at = 0; at < header.length; ) at = addRecord(header, at);
    }

    private int addRecord(byte[] header, int start) throws TarException {
        int blank = indexOf(header, ' ', start, Math.min(header.length, start + 8));
        if (blank < 0) throw new TarException("a pax record has no length");
        long length = TarNumbers.decimal(header, start, blank, "pax record's length");
        if (length > header.length - start || length < blank - start + 3L) {
            throw new TarException("a pax record claims " + length + " bytes");
        }
        int end = start + (int) length;
        int equals = indexOf(header, '=', blank + 1, end - 1);
        if (header[end - 1] != '\n' || equals <= blank + 1) {
            throw new TarException("a pax record is not KEY=VALUE and a newline");
        }
        var key = new String(header, blank + 1, equals - blank - 1, StandardCharsets.ISO_8859_1);
        put(key, Arrays.copyOfRange(header, equals + 1, end - 1));
        return end;
    }

    private static int indexOf(byte[] bytes, char sought, int from, int to) {
        for (int i = from; i < to; i++) if (bytes[i] == sought) return i;
        return -1;
    }

    private void put(String key, byte[] value) throws TarException {
        if (key.indexOf('\0') >= 0) throw new TarException("a pax record's key holds a NUL");
        switch (key) {
            case "GNU.sparse.offset" -> addSparse(value, 0);
            case "GNU.sparse.numbytes" -> addSparse(value, 1);
            default -> records.put(key, value);
        }
    }

    private void addSparse(byte[] value, int position) throws TarException {
        if (sparseRuns.size() % 2 != position) {
            throw new TarException("its sparse map is out of order");
        }
        sparseRuns.add(TarNumbers.decimal(value, 0, value.length, "sparse map"));
    }

    /**
     * These over those of the archive's global headers, except what a global header cannot sensibly
     * say of every file: names, size, sparseness.
     */
    PaxRecords over(PaxRecords global) {
        if (global.records.isEmpty()) return this;
        var merged = new PaxRecords(limit);
        global.records.forEach((key, value) -> {
            if (!isOfOneFile(key)) merged.records.put(key, value);
        });
        merged.records.putAll(records);
        merged.sparseRuns.addAll(sparseRuns);
        return merged;
    }

    private static boolean isOfOneFile(String key) {
        return key.equals("path")
                || key.equals("linkpath")
                || key.equals("size")
                || key.startsWith(SPARSE);
    }

    /** {@code null} if there is none or it is empty, which takes a record back. */
    byte @Nullable [] value(String key) {
        var value = records.get(key);
        return value == null || value.length == 0 ? null : value;
    }

    boolean has(String key) {
        return value(key) != null;
    }

    /** A number that is not negative. */
    long number(String key, long otherwise) throws TarException {
        var value = value(key);
        return value == null ? otherwise : TarNumbers.decimal(value, 0, value.length, key);
    }

    List<Long> sparseRuns() {
        return sparseRuns;
    }

    Map<String, byte[]> xattrs() throws TarException {
        var xattrs = new HashMap<String, byte[]>();
        for (var record : records.entrySet()) {
            var key = record.getKey();
            if (key.startsWith(SCHILY_XATTR)) {
                xattrs.put(name(key.substring(SCHILY_XATTR.length())), record.getValue());
            } else if (key.startsWith(LIBARCHIVE_XATTR)) {
                var name = name(percentDecoded(key.substring(LIBARCHIVE_XATTR.length())));
                if (!records.containsKey(SCHILY_XATTR + name)) {
                    xattrs.put(name, base64(record.getValue(), name));
                }
            }
        }
        return xattrs;
    }

    /** The key's bytes as UTF-8. */
    private static String name(String latin1) throws TarException {
        if (latin1.isEmpty()) throw new TarException("an extended attribute has no name");
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TarException("an extended attribute's name is not UTF-8");
        }
    }

    private static String percentDecoded(String text) throws TarException {
        var decoded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '%') {
                decoded.append(text.charAt(i));
                continue;
            }
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                throw new TarException("an extended attribute's name is badly encoded");
            }
            decoded.append((char) (high << 4 | low));
            i += 2;
        }
        return decoded.toString();
    }

    private static byte[] base64(byte[] value, String name) throws TarException {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new TarException("its extended attribute " + name + " is not base64");
        }
    }
}
