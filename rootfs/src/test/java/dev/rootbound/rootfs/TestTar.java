package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;

/** Writes whatever tar a test needs, honest or not: ustar with pax headers where needed. */
final class TestTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream pax = new ByteArrayOutputStream();
    private long uid;
    private long gid;
    private long mtime = 1_000_000_000;
    private int mode = 0644;
    private int major;
    private int minor;

    /** The owner of all that follows. */
    TestTar owner(long uid, long gid) {
        this.uid = uid;
        this.gid = gid;
        return this;
    }

    TestTar mode(int mode) {
        this.mode = mode;
        return this;
    }

    TestTar mtime(long seconds) {
        this.mtime = seconds;
        return this;
    }

    /** An attribute of the next entry. */
    TestTar xattr(String name, byte[] value) {
        return record("SCHILY.xattr." + name, value);
    }

    /** A pax record of the next entry. */
    TestTar record(String key, byte[] value) {
        int size = key.getBytes(UTF_8).length + value.length + 3;
        int total = size + Integer.toString(size).length();
        if (Integer.toString(total).length() > Integer.toString(size).length()) total++;
        pax.writeBytes((total + " " + key + "=").getBytes(UTF_8));
        pax.writeBytes(value);
        pax.write('\n');
        return this;
    }

    TestTar file(String name, String content) {
        return add('0', name, "", content.getBytes(UTF_8));
    }

    TestTar dir(String name) {
        return add('5', name, "", new byte[0]);
    }

    TestTar symlink(String name, String target) {
        return add('2', name, target, new byte[0]);
    }

    TestTar hardLink(String name, String target) {
        return add('1', name, target, new byte[0]);
    }

    TestTar device(char type, String name, int major, int minor) {
        this.major = major;
        this.minor = minor;
        add(type, name, "", new byte[0]);
        this.major = 0;
        this.minor = 0;
        return this;
    }

    TestTar add(char type, String name, String link, byte[] content) {
        if (name.length() > 100) record("path", name.getBytes(ISO_8859_1));
        if (link.length() > 100) record("linkpath", link.getBytes(ISO_8859_1));
        if (uid > 07777777 || uid < 0) record("uid", Long.toString(uid).getBytes(UTF_8));
        if (pax.size() > 0) {
            var records = pax.toByteArray();
            pax.reset();
            block('x', "pax", "", records);
        }
        return block(type, name, link, content);
    }

    private TestTar block(char type, String name, String link, byte[] content) {
        var header = new byte[512];
        put(header, 0, name, 100);
        put(header, 100, octal(mode, 7), 7);
        put(header, 108, octal(uid & 07777777, 7), 7);
        put(header, 116, octal(gid & 07777777, 7), 7);
        put(header, 124, octal(content.length, 11), 11);
        put(header, 136, octal(mtime, 11), 11);
        put(header, 148, "        ", 8);
        header[156] = (byte) type;
        put(header, 157, link, 100);
        put(header, 257, "ustar\00000", 8);
        put(header, 329, octal(major, 7), 7);
        put(header, 337, octal(minor, 7), 7);
        int sum = 0;
        for (byte b : header) sum += b & 0xff;
        put(header, 148, octal(sum, 6) + "\0", 7);
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & 511]);
        return this;
    }

    private static String octal(long value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value);
    }

    private static void put(byte[] header, int at, String text, int limit) {
        var bytes = text.getBytes(ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, limit));
    }

    byte[] end() {
        return Arrays.copyOf(out.toByteArray(), out.size() + 1024);
    }
}
