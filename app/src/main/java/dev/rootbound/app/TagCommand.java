package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound tag}. */
final class TagCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
                        "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE")
                .arguments(2, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String name = arguments.rest().get(1);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/') && name.indexOf('@') < 0;
        cli.engine()
                .post(
                        Target.of("/images/", arguments.rest().getFirst(), "/tag")
                                .query("repo", tagged ? name.substring(0, colon) : name)
                                .query("tag", tagged ? name.substring(colon + 1) : "latest"));
        return 0;
    }
}
