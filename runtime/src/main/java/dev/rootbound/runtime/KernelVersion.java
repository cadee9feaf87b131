package dev.rootbound.runtime;

import java.util.regex.Pattern;

/** The first two numbers of a kernel's release, as seccomp profiles compare them. */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
    private static final Pattern RELEASE =
            Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})([^0-9].*)?");

    /** Parses {@code 6.12} as well as {@code 6.12.0-3-amd64}. */
    public static KernelVersion parse(String release) throws InvalidSpec {
        var matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            throw new InvalidSpec("not a kernel version: '" + release + "'");
        }
        return new KernelVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    boolean isAtLeast(KernelVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major
                ? Integer.compare(major, other.major)
                : Integer.compare(minor, other.minor);
    }
}
