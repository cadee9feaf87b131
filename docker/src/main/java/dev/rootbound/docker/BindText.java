package dev.rootbound.docker;

import java.util.List;

/** One of {@code HostConfig.Binds}: {@code source:target[:options]}, or a target alone. */
record BindText(String text, String source, String target, List<String> options) {
    static BindText parse(String text) {
        var parts = text.split(":", -1);
        if (parts.length == 1) return new BindText(text, "", text, List.of());
        if (parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new ApiException(400, "invalid volume specification: '" + text + "'");
        }
        if (!parts[1].startsWith("/")) {
            throw new ApiException(
                    400,
                    text + ": invalid mount path: '" + parts[1] + "' mount path must be absolute");
        }
        var options = parts.length == 3 ? List.of(parts[2].split(",", -1)) : List.<String>of();
        return new BindText(text, parts[0], parts[1], options);
    }

    /** Whether the source is of the host, not a volume's name. */
    boolean isPath() {
        return source.startsWith("/");
    }
}
