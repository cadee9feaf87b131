package dev.rootbound.app;

import dev.rootbound.image.Reference;
import java.io.IOException;

/** {@code rootbound pull}. */
final class PullCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("pull [OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry")
                .flag("all-tags", 'a', "Download all tagged images in the repository")
                .value("platform", "string", "Set platform if server is multi-platform capable")
                .flag("quiet", 'q', "Suppress verbose output")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var name = reference(arguments.rest().getFirst());
        boolean all = arguments.is("all-tags");
        boolean quiet = arguments.is("quiet");
        if (all && (name.tag() != null || name.digest() != null))
            throw new CliException(1, "tag can't be used with --all-tags/-a");
        if (!all && name.tag() == null && name.digest() == null && !quiet)
            cli.println("Using default tag: latest");
        var target = target(all ? name : name.withDefaultTag(), arguments.text("platform"));
        var messages = new MessageStream(cli.out(), LocalTerminal.is(1), quiet);
        transfer(cli.engine(), target, name, messages, cli);
        cli.println((all ? name : name.withDefaultTag()).canonical());
        return 0;
    }

    /** Has the engine pull or push, for whom the user is to the name's registry. */
    static void transfer(
            ApiClient engine, Target target, Reference name, MessageStream messages, Cli cli)
            throws IOException, InterruptedException {
        var auth = DockerConfig.read(cli.environment()).header(DockerConfig.server(name.domain()));
        try (var answer = engine.postFor(target, auth)) {
            messages.print(answer.body());
        }
    }

    /** The call that pulls an image, or without tag and digest all of the repository. */
    static Target target(Reference name, String platform) {
        var digest = name.digest();
        var tag = digest != null ? digest.toString() : name.tag();
        return Target.of("/images/create")
                .query("fromImage", name.domain() + "/" + name.path())
                .query("tag", tag == null ? "" : tag)
                .query("platform", platform);
    }

    static Reference reference(String text) {
        try {
            return Reference.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CliException(1, String.valueOf(e.getMessage()));
        }
    }
}
