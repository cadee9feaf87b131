package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound diff}. */
final class DiffCommand implements Command {
    /** Changed, added, deleted: the API's numbers. */
    private static final String KINDS = "CAD";

    @Override
    public Flags flags() {
        return new Flags(
                        "diff CONTAINER",
                        "Inspect changes to files or directories on a container's filesystem")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String name = arguments.rest().getFirst();
        Json changes = cli.engine().get(Target.of("/containers/", name, "/changes"));
        var text = new StringBuilder();
        for (Json change : changes.items()) {
            int kind = (int) change.number("Kind");
            text.append(kind < KINDS.length() ? KINDS.charAt(kind) : '?');
            text.append(' ').append(change.text("Path")).append('\n');
        }
        cli.print(text.toString());
        return 0;
    }
}
