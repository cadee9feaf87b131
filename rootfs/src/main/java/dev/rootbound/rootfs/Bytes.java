package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.charset.StandardCharsets;

/**
 * File names are bytes to the kernel. Where they are compared or kept they are strings of one
 * character a byte, which cost no more and can be a map's keys.
 */
final class Bytes {
    private Bytes() {}

    static String text(byte[] name) {
        return new String(name, ISO_8859_1);
    }

    static byte[] of(String name) {
        return name.getBytes(ISO_8859_1);
    }

    /** For messages: at most 200 characters, none that moves a cursor. */
    static String show(String name) {
        var shown = new StringBuilder();
        new String(of(name), StandardCharsets.UTF_8)
                .codePoints()
                .limit(200)
                .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
