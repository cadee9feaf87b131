package dev.rootbound.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options and arguments a command accepts, and its help. */
final class Flags {
    /** Columns of help text before it wraps. */
    private static final int WIDTH = 80;

    private final String usage;
    private final String summary;
    private final List<Flag> flags = new ArrayList<>();
    private int least;
    private int most = Integer.MAX_VALUE;
    private boolean stopAtArgument;

    /**
     * @param usage command and arguments, such as {@code run [OPTIONS] IMAGE [COMMAND] [ARG...]}
     */
    Flags(String usage, String summary) {
        this.usage = usage;
        this.summary = summary;
    }

    /** A switch: {@code --name} or {@code --name=false}. */
    Flags flag(String name, String help) {
        return flag(name, (char) 0, help);
    }

    Flags flag(String name, char letter, String help) {
        flags.add(new Flag(name, letter, "", help));
        return this;
    }

    /** An option with a value; the last one counts unless the command reads all. */
    Flags value(String name, String type, String help) {
        return value(name, (char) 0, type, help);
    }

    Flags value(String name, char letter, String type, String help) {
        flags.add(new Flag(name, letter, type, help));
        return this;
    }

    Flags arguments(int least, int most) {
        this.least = least;
        this.most = most;
        return this;
    }

    /** Everything after the first argument belongs to the container's command. */
    Flags stopAtArgument() {
        stopAtArgument = true;
        return this;
    }

    boolean stopsAtArgument() {
        return stopAtArgument;
    }

    String usage() {
        return usage;
    }

    /** The command's own words: {@code run}, {@code image inspect}. */
    String command() {
        int end = usage.indexOf(" [");
        return end < 0 ? usage : usage.substring(0, end);
    }

    @Nullable Flag byName(String name) {
        for (Flag flag : flags) if (flag.name().equals(name)) return flag;
        return null;
    }

    @Nullable Flag byLetter(char letter) {
        for (Flag flag : flags) if (flag.letter() == letter) return flag;
        return null;
    }

    /** Docker's sentence when there are too few or too many; exit code 1 as there. */
    void checkCount(int count) {
        if (count >= least && count <= most) return;
        String wanted;
        if (most == 0) wanted = "accepts no arguments";
        else if (least == most) wanted = "requires " + arguments(least);
        else if (count < least) wanted = "requires at least " + arguments(least);
        else wanted = "accepts at most " + arguments(most);
        throw new UsageException("'rootbound " + command() + "' " + wanted, this, 1);
    }

    private static String arguments(int count) {
        return count == 1 ? "1 argument" : count + " arguments";
    }

    String help() {
        var text = new StringBuilder("Usage:  rootbound ").append(usage).append("\n\n");
        text.append(summary).append('\n');
        if (flags.isEmpty()) return text.toString();
        text.append("\nOptions:\n");
        int column = 0;
        for (Flag flag : flags) column = Math.max(column, left(flag).length());
        for (Flag flag : flags) appendLine(text, left(flag), flag.help(), column + 3);
        return text.toString();
    }

    private static String left(Flag flag) {
        String letter = flag.letter() == 0 ? "      " : "  -" + flag.letter() + ", ";
        String value = flag.takesValue() ? " " + flag.type() : "";
        return letter + "--" + flag.name() + value;
    }

    private static void appendLine(StringBuilder text, String left, String help, int column) {
        text.append(left).repeat(' ', column - left.length());
        int at = column;
        for (String word : help.split(" ", -1)) {
            if (at > column && at + word.length() + 1 > Math.max(WIDTH, column + 20)) {
                text.append('\n').repeat(' ', column);
                at = column;
            } else if (at > column) {
                text.append(' ');
                at++;
            }
            text.append(word);
            at += word.length();
        }
        text.append('\n');
    }
}
