package dev.rootbound.docker;

/** The {@code platform} parameter, {@code os[/architecture[/variant]]}. */
final class Platform {
    private Platform() {}

    /** Refuses what this machine does not run. */
    static void check(String platform) {
        if (platform.isEmpty()) {
            return;
        }
        var parts = platform.split("/", -1);
        if (!parts[0].equals("linux") || (parts.length > 1 && !parts[1].equals(architecture()))) {
            throw new ApiException(
                    400,
                    "platform "
                            + platform
                            + " does not run here: this engine runs linux/"
                            + architecture());
        }
    }

    /** As {@link #check}; since API 1.48 it may be an object as in an image index. */
    static void checkObject(String platform) {
        if (!platform.startsWith("{")) {
            check(platform);
            return;
        }
        var fields = Fields.of(Json.parse(platform));
        check(fields.text("os") + "/" + fields.text("architecture"));
    }

    private static String architecture() {
        var name = System.getProperty("os.arch");
        return name.equals("aarch64") ? "arm64" : name;
    }
}
