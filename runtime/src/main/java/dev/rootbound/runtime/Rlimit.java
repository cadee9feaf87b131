package dev.rootbound.runtime;

/**
 * A resource limit of getrlimit(2); {@code type} is its name without {@code RLIMIT_}, lower case;
 * -1 is unlimited.
 */
public record Rlimit(String type, long soft, long hard) {}
