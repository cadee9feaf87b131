package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound push}. */
final class PushCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("push [OPTIONS] NAME[:TAG]", "Upload an image to a registry")
                .flag("all-tags", 'a', "Push all tags of an image to the repository")
                .flag("quiet", 'q', "Suppress verbose output")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var name = PullCommand.reference(arguments.rest().getFirst());
        boolean all = arguments.is("all-tags");
        boolean quiet = arguments.is("quiet");
        if (name.digest() != null) throw new CliException(1, "cannot push a digest reference");
        if (all && name.tag() != null)
            throw new CliException(1, "tag can't be used with --all-tags/-a");
        if (!all && name.tag() == null && !quiet) cli.println("Using default tag: latest");
        var tag = all ? "" : String.valueOf(name.withDefaultTag().tag());
        var target = Target.of("/images/", name.familiarName(), "/push").query("tag", tag);
        var messages = new MessageStream(cli.out(), LocalTerminal.is(1), quiet);
        PullCommand.transfer(cli.engine(), target, name, messages, cli);
        if (quiet) cli.println((all ? name : name.withDefaultTag()).canonical());
        return 0;
    }
}
