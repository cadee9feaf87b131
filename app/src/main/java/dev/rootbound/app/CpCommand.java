package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound cp}. */
final class CpCommand implements Command {
    private static final String SUMMARY =
            """
            Copy files/folders between a container and the local filesystem

            Use '-' as the source to read a tar archive from stdin
            and extract it to a directory destination in a container.
            Use '-' as the destination to stream a tar archive of a
            container source to stdout.\
            """;

    @Override
    public Flags flags() {
        return new Flags(
                        "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n"
                                + "        rootbound cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
                        SUMMARY)
                .flag(
                        "archive",
                        'a',
                        "Archive mode: into a container, all belongs to its user; out of one,"
                                + " owners, set-user-ID bits and capabilities are kept")
                .flag("follow-link", 'L', "Always follow symbol link in SRC_PATH")
                .flag("quiet", 'q', "Suppress the sentence at the end, which a terminal gets")
                .arguments(2, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String from = arguments.rest().getFirst();
        String to = arguments.rest().getLast();
        var source = ContainerPath.parse(from);
        var destination = ContainerPath.parse(to);
        if (source != null && destination != null)
            throw new CliException(1, "copying between containers is not supported");
        boolean archive = arguments.is("archive");
        boolean follow = arguments.is("follow-link");
        if (source != null) new CopyOut(cli.engine(), cli, archive, follow).copy(source, to);
        else if (destination != null)
            new CopyIn(cli.engine(), cli, archive, follow).copy(from, destination);
        else throw new CliException(1, "must specify at least one container source");
        if (!arguments.is("quiet") && !to.equals("-") && LocalTerminal.is(2))
            cli.complain("Successfully copied to " + to);
        return 0;
    }
}
