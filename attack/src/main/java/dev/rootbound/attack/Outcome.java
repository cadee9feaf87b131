package dev.rootbound.attack;

/**
 * What became of an attack, and how that was seen.
 *
 * @param evidence system calls and errors; of one that succeeded what it has reached
 */
public record Outcome(Attack attack, Verdict verdict, String evidence) {
    /**
     * Whether that is as it should be.
     *
     * @param filtered whether the container has the default filter, whole: what is refused by that
     *     alone, and gives nothing of the host by itself, is open to who asked it away
     */
    public boolean holds(boolean filtered) {
        return switch (verdict) {
            case REFUSED, ABSENT -> true;
            case SUCCEEDED -> !filtered && attack.guard() == Attack.Guard.FILTER;
            case NOT_TRIED -> false;
        };
    }
}
