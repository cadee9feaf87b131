package dev.rootbound.docker;

import java.util.regex.Pattern;

/** The version in front of a path, {@code /v1.43/…}; without one the newest is meant. */
record ApiVersion(int minor, String path) {
    static final String MAX = "1.51";
    static final String MIN = "1.24";

    /** Docker's first release that speaks {@link #MAX}: what clients compare with its others. */
    static final String RELEASE = "28.3.0";

    private static final int MAX_MINOR = 51;
    private static final int MIN_MINOR = 24;
    private static final Pattern VERSIONED = Pattern.compile("/v(\\d{1,4})\\.(\\d{1,4})(/.*)");

    static ApiVersion of(String path) {
        var versioned = VERSIONED.matcher(path);
        if (!versioned.matches()) {
            return new ApiVersion(MAX_MINOR, path);
        }
        int major = Integer.parseInt(versioned.group(1));
        int minor = Integer.parseInt(versioned.group(2));
        var asked = "client version " + versioned.group(1) + "." + versioned.group(2);
        if (major > 1 || (major == 1 && minor > MAX_MINOR)) {
            throw new ApiException(
                    400, asked + " is too new. Maximum supported API version is " + MAX);
        }
        if (major < 1 || minor < MIN_MINOR) {
            throw new ApiException(
                    400,
                    asked
                            + " is too old. Minimum supported API version is "
                            + MIN
                            + ", please upgrade your client to a newer version");
        }
        return new ApiVersion(minor, versioned.group(3));
    }
}
