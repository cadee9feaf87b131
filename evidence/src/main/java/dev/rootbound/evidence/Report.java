package dev.rootbound.evidence;

import java.util.List;

/**
 * What was shown of one container.
 *
 * @param processes how many it has
 */
public record Report(Claim claim, int processes, List<Statement> statements) {
    public Report {
        statements = List.copyOf(statements);
    }

    /** Whether all of it does. */
    public boolean holds() {
        return !statements.isEmpty() && statements.stream().allMatch(Statement::holds);
    }
}
