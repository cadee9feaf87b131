package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Expands the words of one instruction, and says which is wrong. */
final class Words {
    private final Source source;
    private final Variables variables;
    private final Expansion expansion;

    Words(Source source, Variables variables) {
        this.source = source;
        this.variables = variables;
        this.expansion = Expansion.of(source.escape());
    }

    String expand(String word) throws DockerfileException {
        try {
            return expansion.text(word, variables);
        } catch (ExpansionException e) {
            throw wrong(word, e);
        }
    }

    @Nullable String expandIfSet(@Nullable String word) throws DockerfileException {
        return word == null ? null : expand(word);
    }

    List<String> expand(List<String> words) throws DockerfileException {
        var expanded = new ArrayList<String>();
        for (var word : words) expanded.add(expand(word));
        return expanded;
    }

    /** All the words that words become. */
    List<String> separate(List<String> words) throws DockerfileException {
        var separate = new ArrayList<String>();
        for (var word : words) {
            try {
                separate.addAll(expansion.words(word, variables));
            } catch (ExpansionException e) {
                throw wrong(word, e);
            }
        }
        return separate;
    }

    List<KeyValue> expandPairs(List<KeyValue> pairs) throws DockerfileException {
        var expanded = new ArrayList<KeyValue>();
        for (var pair : pairs)
            expanded.add(new KeyValue(expand(pair.key()), expand(pair.value()), pair.isLegacy()));
        return expanded;
    }

    /** The text of a heredoc, which then expands no more. */
    Heredoc expand(Heredoc heredoc) throws DockerfileException {
        if (!heredoc.expands()) return heredoc;
        try {
            var text = Expansion.HEREDOC.text(heredoc.text(), variables);
            return new Heredoc(heredoc.name(), text, false, false);
        } catch (ExpansionException e) {
            throw source.error(heredoc.name(), "in this heredoc: " + e.getMessage());
        }
    }

    private DockerfileException wrong(String word, ExpansionException e) {
        return source.error(word, String.valueOf(e.getMessage()));
    }
}
