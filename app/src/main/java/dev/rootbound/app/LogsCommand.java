package dev.rootbound.app;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** {@code rootbound logs}. */
final class LogsCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("logs [OPTIONS] CONTAINER", "Fetch the logs of a container")
                .flag("details", "Show extra details provided to logs")
                .flag("follow", 'f', "Follow log output")
                .value(
                        "since",
                        "string",
                        "Show logs since timestamp (\"2013-01-02T13:23:37Z\") or relative (\"42m\")")
                .value(
                        "tail",
                        'n',
                        "string",
                        "Number of lines to show from the end of the logs (default \"all\")")
                .flag("timestamps", 't', "Show timestamps")
                .value(
                        "until",
                        "string",
                        "Show logs before timestamp (\"2013-01-02T13:23:37Z\") or relative (\"42m\")")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String name = arguments.rest().getFirst();
        ApiClient engine = cli.engine();
        Json container = engine.get(Target.of("/containers/", name, "/json"));
        var target =
                Target.of("/containers/", container.text("Id"), "/logs")
                        .query("stdout", true)
                        .query("stderr", true)
                        .query("follow", arguments.is("follow"))
                        .query("since", time(arguments, "since", cli))
                        .query("until", time(arguments, "until", cli))
                        .query("tail", arguments.text("tail"))
                        .query("timestamps", arguments.is("timestamps"))
                        .query("details", arguments.is("details"));
        try (var answer = engine.open("GET", target, null)) {
            if (container.get("Config").bool("Tty")) Frames.copyRaw(answer.body(), cli.out());
            else Frames.copy(answer.body(), cli.out(), cli.err());
        }
        return 0;
    }

    /** Seconds with nine decimals for a span before now; other forms are the API's to read. */
    static String time(Arguments arguments, String flag, Cli cli) {
        String text = arguments.text(flag);
        if (text.isEmpty()) return "";
        try {
            return seconds(cli.clock().instant().minus(Duration.ofNanos(Durations.parse(text))));
        } catch (IllegalArgumentException e) {
            return Timestamps.parse(text)
                    .map(LogsCommand::seconds)
                    .orElseThrow(
                            () -> arguments.invalid(flag, text, "neither a time nor a duration"));
        }
    }

    private static String seconds(Instant instant) {
        String nanos = Integer.toString(instant.getNano());
        return instant.getEpochSecond() + "." + "0".repeat(9 - nanos.length()) + nanos;
    }
}
