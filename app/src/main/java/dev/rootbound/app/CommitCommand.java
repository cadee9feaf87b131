package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound commit}. */
final class CommitCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                        "Create a new image from a container's changes")
                .value("author", 'a', "string", "Author (e.g., \"Ann Onymous <ann@example.org>\")")
                .value("change", 'c', "list", "Apply Dockerfile instruction to the created image")
                .value("message", 'm', "string", "Commit message")
                .flag("pause", 'p', "Pause container during commit (default true)")
                .arguments(1, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var rest = arguments.rest();
        var target =
                Target.of("/commit")
                        .query("container", rest.getFirst())
                        .query("repo", rest.size() > 1 ? rest.get(1) : "")
                        .query("author", arguments.text("author"))
                        .query("comment", arguments.text("message"));
        if (arguments.has("pause") && !arguments.is("pause")) target.query("pause", "0");
        for (String change : arguments.all("change")) target.query("changes", change);
        cli.println(cli.engine().post(target, new Json.Members()).text("Id"));
        return 0;
    }
}
