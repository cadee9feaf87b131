package dev.rootbound.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** File names are bytes to the kernel. */
final class Names {
    private static final int SHOWN = 256;

    private Names() {}

    static byte[] of(Path path) {
        return of(path.toString());
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** For messages: what is not printable ASCII is shown as {@code \xNN}, and what is long cut. */
    static String show(byte[] name) {
        var text = new StringBuilder(Math.min(name.length, SHOWN));
        for (int i = 0; i < name.length; i++) {
            if (i == SHOWN) {
                return text.append("...").toString();
            }
            byte b = name[i];
            if (b >= 0x20 && b < 0x7f) {
                text.append((char) b);
            } else {
                text.append(String.format("\\x%02x", b & 0xff));
            }
        }
        return text.toString();
    }
}
