package dev.rootbound.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command line taken apart: options with their values in the order given, and arguments. */
final class Arguments {
    private record Given(Flag flag, String value) {}

    private final Flags flags;
    private final List<Given> given = new ArrayList<>();
    private final List<String> rest = new ArrayList<>();
    private boolean help;

    private Arguments(Flags flags) {
        this.flags = flags;
    }

    /**
     * Parses as pflag does: {@code --name value}, {@code --name=value}, {@code -nvalue}, {@code
     * -abc}; {@code --} ends the options.
     */
    static Arguments parse(Flags flags, List<String> words) {
        var arguments = new Arguments(flags);
        int i = 0;
        while (i < words.size() && !arguments.help) {
            String word = words.get(i++);
            if (word.equals("--")) {
                arguments.rest.addAll(words.subList(i, words.size()));
                break;
            }
            if (word.startsWith("--")) i = arguments.longFlag(word, words, i);
            else if (word.startsWith("-") && word.length() > 1)
                i = arguments.letters(word, words, i);
            else {
                arguments.rest.add(word);
                if (!flags.stopsAtArgument()) continue;
                arguments.rest.addAll(words.subList(i, words.size()));
                break;
            }
        }
        if (!arguments.help) flags.checkCount(arguments.rest.size());
        return arguments;
    }

    private int longFlag(String word, List<String> words, int next) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        Flag flag = flags.byName(name);
        if (flag == null && name.equals("help")) {
            help = true;
            return next;
        }
        if (flag == null) throw new UsageException("unknown flag: --" + name, flags);
        if (equals >= 0) return add(flag, word.substring(equals + 1), next);
        if (!flag.takesValue()) return add(flag, "true", next);
        if (next == words.size())
            throw new UsageException("flag needs an argument: --" + name, flags);
        return add(flag, words.get(next), next + 1);
    }

    private int letters(String word, List<String> words, int next) {
        for (int at = 1; at < word.length(); at++) {
            char letter = word.charAt(at);
            Flag flag = flags.byLetter(letter);
            if (flag == null && letter == 'h') {
                help = true;
                return next;
            }
            if (flag == null)
                throw new UsageException(
                        "unknown shorthand flag: '" + letter + "' in " + word, flags);
            boolean assigned = at + 1 < word.length() && word.charAt(at + 1) == '=';
            if (assigned) return add(flag, word.substring(at + 2), next);
            if (!flag.takesValue()) {
                add(flag, "true", next);
                continue;
            }
            if (at + 1 < word.length()) return add(flag, word.substring(at + 1), next);
            if (next == words.size())
                throw new UsageException(
                        "flag needs an argument: '" + letter + "' in " + word, flags);
            return add(flag, words.get(next), next + 1);
        }
        return next;
    }

    private int add(Flag flag, String value, int next) {
        String read = flag.takesValue() ? value : truth(flag, value);
        given.add(new Given(flag, read));
        return next;
    }

    private String truth(Flag flag, String value) {
        return switch (value) {
            case "true", "1", "t", "T", "TRUE", "True" -> "true";
            case "false", "0", "f", "F", "FALSE", "False" -> "false";
            default -> throw invalid(flag.name(), value, "neither true nor false");
        };
    }

    /** Whether the help was asked for; then nothing else was checked. */
    boolean help() {
        return help;
    }

    Flags flags() {
        return flags;
    }

    /** The words that are no options. */
    List<String> rest() {
        return rest;
    }

    boolean has(String name) {
        return last(name) != null;
    }

    boolean is(String name) {
        return "true".equals(last(name));
    }

    /** The last value given. */
    @Nullable String last(String name) {
        for (int i = given.size() - 1; i >= 0; i--)
            if (given.get(i).flag.name().equals(name)) return given.get(i).value;
        return null;
    }

    String text(String name) {
        String value = last(name);
        return value == null ? "" : value;
    }

    /** All values of an option of these names, in the order given. */
    List<String> all(String... names) {
        var values = new ArrayList<String>();
        for (Given one : given) if (List.of(names).contains(one.flag.name())) values.add(one.value);
        return values;
    }

    /** A whole number; 0 if not given. */
    long number(String name) {
        String value = last(name);
        if (value == null) return 0;
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw invalid(name, value, "not a whole number");
        }
    }

    /** A size such as {@code 64m}, in bytes; 0 if not given. */
    long bytes(String name) {
        String value = last(name);
        if (value == null) return 0;
        try {
            return ByteSize.parse(value);
        } catch (IllegalArgumentException e) {
            throw invalid(name, value, String.valueOf(e.getMessage()));
        }
    }

    UsageException invalid(String name, String value, String reason) {
        Flag flag = flags.byName(name);
        String shown = flag == null ? "--" + name : flag.display();
        return new UsageException(
                "invalid argument \"" + value + "\" for \"" + shown + "\" flag: " + reason, flags);
    }
}
