package dev.rootbound.evidence;

import java.util.List;

/**
 * One thing that is shown, or is not so.
 *
 * @param name for programs: {@code first-process}
 * @param evidence what the kernel said, what contradicts first
 */
public record Statement(String name, String sentence, boolean holds, List<String> evidence) {
    public Statement {
        evidence = List.copyOf(evidence);
    }
}
