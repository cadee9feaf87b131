package dev.rootbound.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Findings as they come, put together by what they are of: the same finding of several processes is
 * one line. A subject that nothing was found of does not hold.
 */
final class Ledger {
    /** Lines of evidence, and names in a line, beyond which only their number is told. */
    private static final int LINES = 40;

    private static final int NAMES = 8;

    private static final class Entry {
        final Map<String, List<String>> holding = new LinkedHashMap<>();
        final Map<String, List<String>> contrary = new LinkedHashMap<>();
    }

    private final Map<Subject, Entry> entries = new EnumMap<>(Subject.class);

    /**
     * @param whose such as {@code pid 12 (sh)}; empty: the container's as a whole
     */
    void add(Subject subject, boolean holds, String whose, String found) {
        var entry = entries.computeIfAbsent(subject, _ -> new Entry());
        var side = holds ? entry.holding : entry.contrary;
        side.computeIfAbsent(found, _ -> new ArrayList<>()).add(whose);
    }

    boolean has(Subject subject) {
        return entries.containsKey(subject);
    }

    /** Of all subjects. */
    List<Statement> statements() {
        return Arrays.stream(Subject.values()).map(this::statement).toList();
    }

    Statement statement(Subject subject) {
        var entry = entries.getOrDefault(subject, new Entry());
        var evidence = new ArrayList<String>();
        append(entry.contrary, evidence);
        append(entry.holding, evidence);
        boolean nothing = evidence.isEmpty();
        if (nothing) {
            evidence.add("nothing was found that shows it");
        }
        var name = subject.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new Statement(
                name, subject.sentence(), !nothing && entry.contrary.isEmpty(), evidence);
    }

    private static void append(Map<String, List<String>> findings, List<String> lines) {
        int shown = 0;
        for (var finding : findings.entrySet()) {
            if (shown++ == LINES) {
                lines.add("and " + (findings.size() - LINES) + " more findings like these");
                return;
            }
            var whose = finding.getValue().stream().filter(text -> !text.isEmpty()).toList();
            lines.add(whose.isEmpty() ? finding.getKey() : names(whose) + ": " + finding.getKey());
        }
    }

    private static String names(List<String> whose) {
        var first = String.join(", ", whose.subList(0, Math.min(NAMES, whose.size())));
        return whose.size() <= NAMES ? first : first + " and " + (whose.size() - NAMES) + " more";
    }
}
