package dev.rootbound.dockerfile;

import dev.rootbound.dockerfile.Flags.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes instructions of what was read. */
final class Statements {
    private static final List<String> INSTRUCTIONS =
            List.of(
                    "ADD",
                    "ARG",
                    "CMD",
                    "COPY",
                    "ENTRYPOINT",
                    "ENV",
                    "EXPOSE",
                    "FROM",
                    "HEALTHCHECK",
                    "LABEL",
                    "MAINTAINER",
                    "ONBUILD",
                    "RUN",
                    "SHELL",
                    "STOPSIGNAL",
                    "USER",
                    "VOLUME",
                    "WORKDIR");

    private final Source source;
    private final Parts parts;

    private Statements(Source source, Parts parts) {
        this.source = source;
        this.parts = parts;
    }

    static Statement parse(Source source) throws DockerfileException {
        return new Statements(source, Parts.of(source.text(), 0)).statement();
    }

    /** An instruction that begins at a place of the source: behind ONBUILD, or at its begin. */
    static Instruction parseTrigger(Source source, int from) throws DockerfileException {
        var parts = Parts.of(source.text(), from);
        var statements = new Statements(source, parts);
        return switch (parts.name()) {
            case "onbuild", "from", "maintainer" ->
                    throw source.error(
                            parts.keyword(), statements.name() + " can be no trigger of ONBUILD");
            default -> (Instruction) statements.statement();
        };
    }

    private Statement statement() throws DockerfileException {
        return switch (parts.name()) {
            case "add" -> FileParser.add(this);
            case "arg" -> arg();
            case "cmd" -> new Cmd(source, commandWithoutFlags());
            case "copy" -> FileParser.copy(this);
            case "entrypoint" -> new Entrypoint(source, commandWithoutFlags());
            case "env" -> new Env(source, pairs());
            case "expose" -> expose();
            case "from" -> from();
            case "healthcheck" -> HealthcheckParser.parse(this);
            case "label" -> new Label(source, pairs());
            case "maintainer" -> new Maintainer(source, one());
            case "onbuild" -> onBuild();
            case "run" -> RunParser.parse(this);
            case "shell" -> shell();
            case "stopsignal" -> new StopSignal(source, one());
            case "user" -> new User(source, one());
            case "volume" -> volume();
            case "workdir" -> new Workdir(source, one());
            default -> throw unknown();
        };
    }

    private DockerfileException unknown() {
        if (parts.keyword().text().isEmpty())
            return source.error("an instruction is expected, and there is none");
        return source.error(
                parts.keyword(),
                "unknown instruction: "
                        + parts.keyword().text()
                        + Names.meant(name(), INSTRUCTIONS));
    }

    Source source() {
        return source;
    }

    /** The instruction's name, in capitals. */
    String name() {
        return Names.upper(parts.keyword().text());
    }

    Word rest() {
        return new Word(parts.rest(), parts.restAt());
    }

    DockerfileException wrong(String problem) {
        return source.error(parts.keyword(), name() + " " + problem);
    }

    Flags flags(Map<String, Kind> known) throws DockerfileException {
        return Flags.of(source, parts, known);
    }

    private void noFlags() throws DockerfileException {
        Flags.of(source, parts, Map.of());
    }

    private String one() throws DockerfileException {
        noFlags();
        if (parts.rest().isEmpty()) throw wrong("needs an argument");
        return parts.rest();
    }

    private Expose expose() throws DockerfileException {
        noFlags();
        if (parts.rest().isEmpty()) throw wrong("needs a port at least");
        var words = Spaces.words(parts.rest(), parts.restAt());
        return new Expose(source, words.stream().map(Word::text).toList());
    }

    private Volume volume() throws DockerfileException {
        noFlags();
        var paths = new ArrayList<String>();
        for (var word : jsonOrWords()) {
            var path = Spaces.trim(word.text());
            if (path.isEmpty()) throw source.error(rest(), "a volume's path is empty");
            paths.add(path);
        }
        if (paths.isEmpty()) throw wrong("needs a path at least");
        return new Volume(source, paths);
    }

    /** The strings of an array, or words; only words say where they are. */
    List<Word> jsonOrWords() throws DockerfileException {
        var strings = json(parts.rest());
        if (strings == null) return Spaces.words(parts.rest(), parts.restAt());
        return strings.stream().map(string -> new Word(string, parts.restAt())).toList();
    }

    @Nullable List<String> json(String text) throws DockerfileException {
        try {
            return JsonStrings.read(text);
        } catch (JsonStrings.NotAString _) {
            throw source.error(rest(), "an array here has strings only, in double quotes");
        }
    }

    CommandLine command(String text) throws DockerfileException {
        var strings = json(text);
        return strings == null ? new CommandLine.ForShell(text) : new CommandLine.Exec(strings);
    }

    private CommandLine commandWithoutFlags() throws DockerfileException {
        noFlags();
        return command(parts.rest());
    }

    private Shell shell() throws DockerfileException {
        noFlags();
        var strings = json(parts.rest());
        if (strings == null || strings.isEmpty())
            throw wrong("needs an array such as [\"/bin/bash\", \"-c\"]");
        return new Shell(source, strings);
    }

    private Arg arg() throws DockerfileException {
        noFlags();
        var arguments = new ArrayList<Arg.Argument>();
        for (var word : Word.quoted(parts.rest(), parts.restAt(), source.escape())) {
            int equals = word.text().indexOf('=');
            if (equals == 0) throw source.error(word, "a name is expected before =");
            arguments.add(
                    equals < 0
                            ? new Arg.Argument(word.text(), null)
                            : new Arg.Argument(
                                    word.text().substring(0, equals),
                                    word.text().substring(equals + 1)));
        }
        if (arguments.isEmpty()) throw wrong("needs a name at least");
        return new Arg(source, arguments);
    }

    /** {@code a=b c=d}, or the legacy form {@code a b}, whose value is all the rest. */
    private List<KeyValue> pairs() throws DockerfileException {
        noFlags();
        var words = Word.quoted(parts.rest(), parts.restAt(), source.escape());
        if (words.isEmpty()) throw wrong("needs a name and a value");
        if (words.getFirst().text().indexOf('=') < 0) return List.of(legacyPair());
        var pairs = new ArrayList<KeyValue>();
        for (var word : words) {
            int equals = word.text().indexOf('=');
            if (equals < 0) throw source.error(word, "= is missing: name=value is expected");
            if (equals == 0) throw source.error(word, "a name is expected before =");
            var key = word.text().substring(0, equals);
            pairs.add(new KeyValue(key, word.text().substring(equals + 1), false));
        }
        return pairs;
    }

    private KeyValue legacyPair() throws DockerfileException {
        var rest = parts.rest();
        int end = Spaces.wordEnd(rest, 0);
        if (end == rest.length())
            throw source.error(rest(), "the value is missing: name=value is expected");
        var value = rest.substring(Spaces.skipBlanks(rest, end));
        return new KeyValue(rest.substring(0, end), value, true);
    }

    private From from() throws DockerfileException {
        var flags = flags(Map.of("platform", Kind.VALUE));
        var words = Spaces.words(parts.rest(), parts.restAt());
        if (words.isEmpty()) throw wrong("needs an image, a stage's name or scratch");
        boolean named = words.size() == 3 && Names.lower(words.get(1).text()).equals("as");
        if (words.size() != 1 && !named)
            throw source.error(words.get(1), "FROM image [AS name] is expected");
        var image = words.getFirst().text();
        var name = named ? stageName(words.get(2)) : null;
        return new From(source, image, name, flags.value("platform"));
    }

    private String stageName(Word word) throws DockerfileException {
        var name = Names.lower(word.text());
        boolean valid = name.charAt(0) >= 'a' && name.charAt(0) <= 'z';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            valid &= letter || digit || "-_.".indexOf(c) >= 0;
        }
        if (!valid)
            throw source.error(word, "a stage's name is a letter, then letters, digits, - _ and .");
        return name;
    }

    private OnBuild onBuild() throws DockerfileException {
        noFlags();
        if (parts.rest().isEmpty()) throw wrong("needs an instruction");
        parseTrigger(source, parts.restAt());
        var trigger = new StringBuilder(Spaces.trim(source.text().substring(parts.restAt())));
        for (var heredoc : source.heredocs())
            trigger.append('\n').append(heredoc.content()).append(heredoc.name());
        return new OnBuild(source, trigger.toString());
    }
}
