package dev.rootbound.engine;

/**
 * Something that was granted and that is more than other containers have.
 *
 * @param what it is
 * @param rule that allows it
 */
record Grant(String setting, String what, String rule) {}
