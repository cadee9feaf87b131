package dev.rootbound.evidence;

import org.jspecify.annotations.Nullable;

/**
 * Whose an id of the host is.
 *
 * @param subject what was asked about, such as {@code uid 1879048192}
 * @param container its full id; empty if it is none's that the asker may know
 * @param name the container's
 * @param tenant the container's, or {@code null}
 * @param inside the id inside, or {@code null}
 * @param sentence all of it in words
 */
public record IdOwner(
        String subject,
        Kind kind,
        String container,
        String name,
        @Nullable Long tenant,
        @Nullable Long inside,
        String sentence) {

    /** Of what kind the owner is. */
    public enum Kind {
        /** A running container of a tenant whom the asker is. */
        CONTAINER,
        /** A running container that is none of the asker's business. */
        ANOTHER_TENANTS,
        /** A container of another engine of this host. */
        ANOTHER_ENGINES,
        /** A user or group of the host. */
        REAL,
        /** A user's subordinate id. */
        SUBORDINATE,
        /** In the pool, and leased to none. */
        FREE,
        /** Of files in the store. */
        STORED,
        /** In a range that systemd keeps. */
        RESERVED,
        NOBODYS
    }
}
