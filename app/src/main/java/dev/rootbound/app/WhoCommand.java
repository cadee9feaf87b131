package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** {@code rootbound who}: whose is an id, a process or a file of the host? */
final class WhoCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "who [OPTIONS] [UID|PATH]",
                        "Show which tenant, container and id inside a uid, process or file of the host belongs to\n\n"
                                + "A number is a uid, what has a slash is a path.")
                .value("uid", "number", "A uid")
                .value("gid", "number", "A gid")
                .value("pid", "number", "A process, by its pid on the host")
                .value("path", "path", "A file; a symbolic link itself")
                .value("format", "string", "Only json: one object an owner")
                .arguments(0, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target = target(arguments);
        List<Json> owners = cli.engine().get(target).items();
        if (arguments.has("format")) Format.lines(owners, cli);
        else for (Json owner : owners) cli.println(owner.text("Sentence"));
        return 0;
    }

    private Target target(Arguments arguments) throws IOException {
        var who = Target.of("/rootbound/who");
        int asked = 0;
        for (String name : List.of("uid", "gid", "pid")) {
            if (!arguments.has(name)) continue;
            asked++;
            who = who.query(name, number(name, arguments.text(name)));
        }
        if (arguments.has("path")) {
            asked++;
            who = file(who, Path.of(arguments.text("path")));
        }
        for (String word : arguments.rest()) {
            asked++;
            who =
                    word.contains("/")
                            ? file(who, Path.of(word))
                            : who.query("uid", number("UID", word));
        }
        if (asked != 1)
            throw new UsageException(
                    "'rootbound who' needs one of a UID, a PATH, --uid, --gid, --pid and --path",
                    flags(),
                    1);
        return who;
    }

    private static String number(String name, String value) {
        if (!value.matches("[0-9]+"))
            throw new CliException(
                    1,
                    "'"
                            + value
                            + "' is no "
                            + name
                            + ": a number; a path has a slash, as in ./"
                            + value);
        return value;
    }

    /** The file is looked at here, by who asks: the engine walks no path that a caller chooses. */
    private static Target file(Target who, Path path) throws IOException {
        var absolute = path.toAbsolutePath().normalize();
        try {
            return who.query("uid", owner(absolute, "uid"))
                    .query("gid", owner(absolute, "gid"))
                    .query("path", absolute.toString());
        } catch (NoSuchFileException e) {
            throw new CliException(1, "who: there is no file " + absolute);
        } catch (AccessDeniedException e) {
            throw new CliException(
                    1,
                    "who: look at "
                            + absolute
                            + ": Permission denied; ask as who may enter its directory");
        }
    }

    /** The JDK has it as a signed number. */
    private static String owner(Path file, String attribute) throws IOException {
        return Integer.toUnsignedString(
                (int) Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS));
    }
}
