package dev.rootbound.app;

/**
 * An option of a command, with Docker's (pflag's) meaning.
 *
 * @param name long name without dashes
 * @param letter short name; 0: none
 * @param type word for its value in the help; empty: it takes none
 */
record Flag(String name, char letter, String type, String help) {
    boolean takesValue() {
        return !type.isEmpty();
    }

    /** As error messages name it: {@code -m, --memory}. */
    String display() {
        return letter == 0 ? "--" + name : "-" + letter + ", --" + name;
    }
}
