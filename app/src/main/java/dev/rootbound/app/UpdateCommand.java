package dev.rootbound.app;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** {@code rootbound update}. */
final class UpdateCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "update [OPTIONS] CONTAINER [CONTAINER...]",
                        "Update configuration of one or more containers")
                .value("blkio-weight", "uint16", "Block IO (relative weight), between 10 and 1000")
                .value("cpu-period", "int", "Limit CPU CFS (Completely Fair Scheduler) period")
                .value("cpu-quota", "int", "Limit CPU CFS (Completely Fair Scheduler) quota")
                .value("cpu-shares", 'c', "int", "CPU shares (relative weight)")
                .value("cpus", "decimal", "Number of CPUs")
                .value("cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)")
                .value("cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)")
                .value("memory", 'm', "bytes", "Memory limit")
                .value("memory-reservation", "bytes", "Memory soft limit")
                .value("memory-swap", "bytes", "Memory and swap together; -1: unlimited swap")
                .value("pids-limit", "int", "Tune container pids limit (set -1 for unlimited)")
                .value("restart", "string", "Restart policy to apply when a container exits")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Json.Members changes = new HostOptions(arguments).changes();
        if (changes.map().isEmpty())
            throw new CliException(
                    1, "you must provide one or more flags when using this command.");
        ApiClient engine = cli.engine();
        Set<String> warnings = new TreeSet<>();
        int code =
                Each.of(
                        arguments.rest(),
                        cli,
                        name -> {
                            var target = Target.of("/containers/", name, "/update");
                            Json answer = engine.post(target, changes);
                            synchronized (warnings) {
                                warnings.addAll(answer.texts("Warnings"));
                            }
                            return name + "\n";
                        });
        warnings.forEach(warning -> cli.complain("WARNING: " + warning));
        return code;
    }
}
