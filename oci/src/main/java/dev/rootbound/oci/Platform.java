package dev.rootbound.oci;

import java.util.Locale;

/**
 * What an image runs on, in Go's words (OCI image-spec image-index.md).
 *
 * @param variant of the CPU, or empty
 */
public record Platform(String os, String architecture, String variant) {
    static Platform of(Fields fields) throws MalformedException {
        return new Platform(fields.text("os"), fields.text("architecture"), fields.text("variant"));
    }

    /**
     * Reads {@code OS/ARCHITECTURE[/VARIANT]} as clients write it.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static Platform parse(String text) {
        var parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        boolean sound = parts.length == 2 || parts.length == 3;
        for (var part : parts) sound &= part.matches("[a-z0-9_.-]+");
        if (!sound) {
            throw new IllegalArgumentException(
                    "platform '"
                            + text
                            + "' is not OS/ARCHITECTURE[/VARIANT], such as linux/arm64");
        }
        var architecture =
                switch (parts[1]) {
                    case "x86_64", "x86-64" -> "amd64";
                    case "aarch64" -> "arm64";
                    case "i386" -> "386";
                    default -> parts[1];
                };
        return new Platform(parts[0], architecture, parts.length == 3 ? parts[2] : "");
    }

    /** Linux on a JVM's {@code os.arch}. */
    public static Platform linux(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
            case "aarch64" -> new Platform("linux", "arm64", "v8");
            case "i386", "x86" -> new Platform("linux", "386", "");
            default -> new Platform("linux", arch, "");
        };
    }

    /** Whether an image made for {@code other} runs here. An absent variant fits any. */
    public boolean runs(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant.isEmpty() || other.variant.isEmpty() || variant.equals(other.variant));
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }

    /** This host's. */
    public static Platform host() {
        return linux(System.getProperty("os.arch"));
    }
}
