package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * What the comments at the begin of a Dockerfile say to its parser.
 *
 * @param syntax the image of the frontend that is asked for; null when none is
 * @param escape the escape character, a backslash or a backtick
 * @param check what is said of checks
 */
public record Directives(@Nullable String syntax, char escape, CheckSettings check) {}
