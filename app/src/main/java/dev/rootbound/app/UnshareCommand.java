package dev.rootbound.app;

import java.io.IOException;

/**
 * {@code rootbound unshare}: a command in a user namespace whose ids are those that this user's
 * containers have on disk in bind mounts: root is the user, {@code n} the {@code n}th of its
 * subordinate ids.
 */
final class UnshareCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "unshare COMMAND [ARG...]",
                        """
                        Run a command with the ids that your containers have on disk

                        Inside, root is you, and uid 999 is what a container's uid 999 leaves in a bind mount:
                        such files can be looked at, given away and removed.\
                        """)
                .arguments(1, Integer.MAX_VALUE)
                .stopAtArgument();
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return OwnIds.read().run(arguments.rest());
    }
}
