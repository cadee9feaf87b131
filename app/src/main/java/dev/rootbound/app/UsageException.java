package dev.rootbound.app;

/** The command line is not one that the command understands. */
final class UsageException extends CliException {
    private static final long serialVersionUID = 1L;

    UsageException(String message, Flags flags) {
        this(message, flags, 125);
    }

    UsageException(String message, Flags flags, int code) {
        super(
                code,
                message
                        + "\n\nUsage:  rootbound "
                        + flags.usage()
                        + "\n\nRun 'rootbound "
                        + flags.command()
                        + " --help' for more information");
    }
}
