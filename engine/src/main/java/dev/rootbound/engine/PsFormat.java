package dev.rootbound.engine;

import dev.rootbound.runtime.ProcessFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which columns a table of processes has, from the options of ps(1). Pure. */
record PsFormat(List<PsColumn> columns) {
    private static final String KNOWN =
            "; top reads /proc itself and knows -ef, aux and -o with any of "
                    + String.join(",", PsColumn.BY_NAME.keySet());

    /** {@code -ef} */
    private static final PsFormat FULL =
            new PsFormat(
                    List.of(
                            column("user").titled("UID"),
                            column("pid"),
                            column("ppid"),
                            column("c"),
                            column("stime"),
                            column("tty"),
                            column("time"),
                            column("cmd")));

    /** {@code -e} */
    private static final PsFormat SHORT =
            new PsFormat(
                    List.of(
                            column("pid"),
                            column("tty"),
                            column("time"),
                            column("comm").titled("CMD")));

    /** {@code aux} */
    private static final PsFormat USER =
            new PsFormat(
                    List.of(
                            column("user"),
                            column("pid"),
                            column("%cpu"),
                            column("%mem"),
                            column("vsz"),
                            column("rss"),
                            column("tty"),
                            column("stat"),
                            column("stime").titled("START"),
                            new PsColumn("TIME", PsColumn::minutes),
                            column("command")));

    PsFormat {
        columns = List.copyOf(columns);
    }

    private static PsColumn column(String name) {
        var column = PsColumn.BY_NAME.get(name.toLowerCase(Locale.ROOT));
        if (column == null) {
            throw new EngineException.Invalid("ps: unknown column " + name + KNOWN);
        }
        return column;
    }

    /** Which processes are shown is not among the options: all of the container's. */
    static PsFormat parse(String options) {
        var words = options.isBlank() ? List.of("-ef") : List.of(options.strip().split("\\s+", -1));
        var asked = new ArrayList<PsColumn>();
        var format = SHORT;
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var letters = word.startsWith("-") ? word.substring(1) : word;
            int o = letters.indexOf('o');
            for (char letter : letters.substring(0, o < 0 ? letters.length() : o).toCharArray()) {
                format = format(letter, format, word);
            }
            if (o < 0) {
                continue;
            }
            boolean attached = o + 1 < letters.length();
            if (!attached && i + 1 == words.size()) {
                throw new EngineException.Invalid("ps: " + word + " needs columns" + KNOWN);
            }
            var names = attached ? letters.substring(o + 1) : words.get(++i);
            for (var name : names.split(",", -1)) {
                asked.add(column(name));
            }
        }
        return asked.isEmpty() ? format : new PsFormat(asked);
    }

    private static PsFormat format(char letter, PsFormat format, String word) {
        return switch (letter) {
            case 'e', 'A', 'a', 'x', 'w' -> format;
            case 'f' -> FULL;
            case 'u' -> USER;
            default ->
                    throw new EngineException.Invalid(
                            "ps: unsupported option " + letter + " in " + word + KNOWN);
        };
    }

    Usage.ProcessTable table(List<ProcessFacts> processes, PsHost host) {
        return new Usage.ProcessTable(
                columns.stream().map(PsColumn::title).toList(),
                processes.stream()
                        .sorted(java.util.Comparator.comparingLong(ProcessFacts::pid))
                        .map(p -> columns.stream().map(c -> c.cell().apply(p, host)).toList())
                        .toList());
    }
}
