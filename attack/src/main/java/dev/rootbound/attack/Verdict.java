package dev.rootbound.attack;

/** What became of an attack. */
public enum Verdict {
    /** The kernel refused it as it should. */
    REFUSED,
    /** It reached what it should not. */
    SUCCEEDED,
    /** It could not be tried to the end, or ended in a way that nobody expects: shows nothing. */
    NOT_TRIED,
    /** What it would use is not in this kernel or not on this host, for its root neither. */
    ABSENT
}
