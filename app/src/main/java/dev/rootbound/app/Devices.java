package dev.rootbound.app;

import java.util.List;

/** Options that name devices. Each throws IllegalArgumentException with the reason. */
final class Devices {
    private Devices() {}

    /** {@code host[:container][:permissions]}. */
    static Json device(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3 || parts[0].isEmpty())
            throw new IllegalArgumentException("invalid device specification: " + text);
        boolean permissionsSecond = parts.length == 2 && isPermissions(parts[1]);
        String permissions = parts.length == 3 ? parts[2] : permissionsSecond ? parts[1] : "rwm";
        if (!isPermissions(permissions))
            throw new IllegalArgumentException("invalid device specification: " + text);
        String inside = parts.length == 1 || permissionsSecond ? parts[0] : parts[1];
        return new Json.Members()
                .with("PathOnHost", parts[0])
                .with("PathInContainer", inside)
                .with("CgroupPermissions", permissions);
    }

    private static boolean isPermissions(String text) {
        if (text.isEmpty()) return false;
        for (int i = 0; i < text.length(); i++) if ("rwm".indexOf(text.charAt(i)) < 0) return false;
        return true;
    }

    static Json weight(String text) {
        int colon = colon(text);
        return new Json.Members()
                .with("Path", text.substring(0, colon))
                .with("Weight", number(text.substring(colon + 1)));
    }

    static Json rate(String text) {
        int colon = colon(text);
        return new Json.Members()
                .with("Path", text.substring(0, colon))
                .with("Rate", number(text.substring(colon + 1)));
    }

    static Json bytesRate(String text) {
        int colon = colon(text);
        return new Json.Members()
                .with("Path", text.substring(0, colon))
                .with("Rate", ByteSize.parse(text.substring(colon + 1)));
    }

    /** {@code all} or a number. */
    static Json gpus(String text) {
        long count = text.equals("all") ? -1 : number(text);
        return new Json.Members()
                .with("Count", count)
                .with("Capabilities", new Json.Array(List.of(Json.Array.of(List.of("gpu")))));
    }

    private static int colon(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) throw new IllegalArgumentException("bad format: " + text);
        return colon;
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number: \"" + text + "\"", e);
        }
    }
}
