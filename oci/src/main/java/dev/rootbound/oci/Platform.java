package dev.rootbound.oci;

/**
 * What an image runs on, in Go's words (OCI image-spec image-index.md).
 *
 * @param variant of the CPU, or empty
 */
public record Platform(String os, String architecture, String variant) {
    static Platform of(Fields fields) throws MalformedException {
        return new Platform(fields.text("os"), fields.text("architecture"), fields.text("variant"));
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
}
