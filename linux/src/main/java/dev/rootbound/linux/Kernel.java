package dev.rootbound.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this kernel can do. */
public final class Kernel {
    private Kernel() {}

    /** Its release, such as {@code 6.12.9-amd64}. */
    public static String release() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    }

    /** Whether a release is at least {@code major.minor}. */
    public static boolean atLeast(String release, int major, int minor) {
        var parts = release.split("[^0-9]", 3);
        try {
            int hasMajor = Integer.parseInt(parts[0]);
            int hasMinor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return hasMajor > major || (hasMajor == major && hasMinor >= minor);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
