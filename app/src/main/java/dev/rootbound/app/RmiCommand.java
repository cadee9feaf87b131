package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound rmi}. */
final class RmiCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("rmi [OPTIONS] IMAGE [IMAGE...]", "Remove one or more images")
                .flag("force", 'f', "Force removal of the image")
                .flag("no-prune", "Do not delete untagged parents")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        boolean force = arguments.is("force");
        ApiClient engine = cli.engine();
        int code = 0;
        for (String name : arguments.rest()) {
            try {
                var target =
                        Target.of("/images/", name)
                                .query("force", force)
                                .query("noprune", arguments.is("no-prune"));
                print(JsonReader.read(engine.delete(target)), cli);
            } catch (ApiException e) {
                cli.complain(ExitCodes.sentence(e));
                if (!force || !e.isNotFound()) code = 1;
            }
        }
        return code;
    }

    private static void print(Json removals, Cli cli) {
        for (Json removal : removals.items()) {
            String untagged = removal.text("Untagged");
            if (!untagged.isEmpty()) cli.println("Untagged: " + untagged);
            else cli.println("Deleted: " + removal.text("Deleted"));
        }
    }
}
