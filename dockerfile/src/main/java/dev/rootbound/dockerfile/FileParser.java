package dev.rootbound.dockerfile;

import dev.rootbound.dockerfile.Flags.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code COPY} and {@code ADD}. */
final class FileParser {
    private static final Map<String, Kind> COPY =
            Map.of(
                    "from", Kind.VALUE,
                    "chown", Kind.VALUE,
                    "chmod", Kind.VALUE,
                    "link", Kind.SWITCH,
                    "parents", Kind.SWITCH,
                    "exclude", Kind.VALUES);

    private static final Map<String, Kind> ADD =
            Map.of(
                    "chown", Kind.VALUE,
                    "chmod", Kind.VALUE,
                    "link", Kind.SWITCH,
                    "checksum", Kind.VALUE,
                    "keep-git-dir", Kind.SWITCH,
                    "unpack", Kind.SWITCH,
                    "exclude", Kind.VALUES);

    private FileParser() {}

    static Copy copy(Statements statement) throws DockerfileException {
        var flags = statement.flags(COPY);
        var from = from(statement.source(), flags);
        var files = files(statement);
        return new Copy(statement.source(), files, options(flags), from, flags.isOn("parents"));
    }

    static Add add(Statements statement) throws DockerfileException {
        var flags = statement.flags(ADD);
        return new Add(
                statement.source(),
                files(statement),
                options(flags),
                flags.value("checksum"),
                flags.choice("keep-git-dir"),
                flags.choice("unpack"));
    }

    private static FileOptions options(Flags flags) {
        return new FileOptions(
                flags.value("chown"),
                flags.value("chmod"),
                flags.isOn("link"),
                flags.values("exclude"));
    }

    private static @Nullable String from(Source source, Flags flags) throws DockerfileException {
        var flag = flags.flag("from");
        if (flag == null) return null;
        var from = String.valueOf(flag.value());
        if (Expansion.hasVariable(from))
            throw source.error(
                    flag.word(), "--from has no variables; FROM can have them: name a stage by it");
        return from.isEmpty() ? null : from;
    }

    private static Files files(Statements statement) throws DockerfileException {
        var source = statement.source();
        var words = statement.jsonOrWords();
        if (words.size() < 2) throw statement.wrong("needs a source and a destination");
        var destination = words.getLast();
        if (Heredoc.named(destination.text()) != null)
            throw source.error(destination, "a heredoc can be no destination");
        var contents = new HashMap<String, Heredoc>();
        for (var heredoc : source.heredocs()) contents.put(heredoc.name(), heredoc);
        var paths = new ArrayList<String>();
        var heredocs = new ArrayList<Heredoc>();
        for (var word : words.subList(0, words.size() - 1)) {
            var named = Heredoc.named(word.text());
            var heredoc = named == null ? null : contents.get(named.name());
            if (heredoc == null) paths.add(word.text());
            else heredocs.add(heredoc);
        }
        return new Files(paths, heredocs, destination.text());
    }
}
