package dev.rootbound.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The first two numbers of a kernel's release, which say what it can do. */
public record KernelVersion(int major, int minor) {
    private static final Pattern RELEASE =
            Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})([^0-9].*)?");

    /** The release of the kernel that runs, such as {@code 6.12.9-amd64}. */
    public static String release() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    }

    /**
     * Parses {@code 6.12} as well as {@code 6.12.0-3-amd64}.
     *
     * @throws IllegalArgumentException if it does not begin with two numbers
     */
    public static KernelVersion parse(String release) {
        var matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a kernel version: '" + release + "'");
        }
        return new KernelVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    public boolean isAtLeast(KernelVersion other) {
        return major != other.major ? major > other.major : minor >= other.minor;
    }

    /** As it is written: {@code 6.12}. */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
