package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Text of the kernel's files as people may see it: containers choose parts of it, byte by byte. */
public final class Shown {
    private Shown() {}

    /**
     * A char a byte becomes UTF-8; what could move a reader's cursor, or is no character, becomes
     * {@code ?}.
     */
    public static String of(String bytes) {
        return new String(bytes.getBytes(ISO_8859_1), UTF_8)
                .replaceAll("[\\p{Cntrl}\\p{Cf}\\uFFFD]", "?");
    }

    /** What mountinfo writes as {@code \040} is a space again, proc_pid_mountinfo(5). */
    public static byte[] unescaped(String field) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && field.substring(i).matches("(?s)\\\\[0-3][0-7]{2}.*")) {
                bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
