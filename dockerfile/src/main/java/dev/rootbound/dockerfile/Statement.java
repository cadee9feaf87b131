package dev.rootbound.dockerfile;

/** What a Dockerfile consists of: {@code FROM}s, which begin stages, and instructions in them. */
public sealed interface Statement permits From, Instruction {
    /** What it was read from. */
    Source source();

    /** From its first character to its last line. */
    default Location location() {
        return source().location();
    }

    /** It as one line, as progress and history show it: see {@link Source#original}. */
    default String original() {
        return source().original();
    }

    /**
     * The original with its name in capitals and variables that have a value replaced: what
     * progress shows.
     */
    default String shown(Variables variables) {
        var keyword = source().keyword();
        var text = Names.upper(keyword) + original().substring(keyword.length());
        try {
            return Expansion.shown(source().escape()).text(text, variables);
        } catch (ExpansionException _) {
            return text;
        }
    }
}
