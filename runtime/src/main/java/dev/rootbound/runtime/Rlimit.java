package dev.rootbound.runtime;

import java.util.Set;

/**
 * A resource limit of getrlimit(2); {@code type} is its name without {@code RLIMIT_}, lower case;
 * -1 is unlimited.
 */
public record Rlimit(String type, long soft, long hard) {
    /** What Docker knows; {@code as} is not among them. */
    public static final Set<String> TYPES =
            Set.of(
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");
}
