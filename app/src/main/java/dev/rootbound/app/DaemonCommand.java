package dev.rootbound.app;

import dev.rootbound.linux.Processes;
import java.io.IOException;

/** {@code rootbound daemon}. */
final class DaemonCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "daemon [OPTIONS]",
                        "Run the engine. To stop it: rootbound daemon stop; containers keep"
                                + " running")
                .value("config", "file", "Configuration file (JSON)")
                .value(
                        "group",
                        'G',
                        "string",
                        "Who may talk to the engine besides root: a group, by name or number (default:"
                                + " every user, each as a tenant of its own)")
                .value("host", 'H', "list", "Where to listen: unix://PATH, tcp://ADDRESS:PORT")
                .value("log-level", 'l', "string", "debug, info, warn, error or fatal")
                .value(
                        "insecure-registry",
                        "list",
                        "Registry whose certificate is not verified, or that has none")
                .value("policy", "file", "The administrator's policy (YAML)")
                .value("registry-mirror", "list", "Mirror of Docker Hub")
                .value("pidfile", 'p', "file", "Where to write the process id")
                .value("root", "directory", "Where images and containers are kept")
                .value("run", "directory", "What does not outlive a boot")
                .flag("selinux-enabled", "Label containers for SELinux")
                .flag("tls", "Encrypt tcp; who connects shows no certificate")
                .value("tlscacert", "file", "CA of clients' certificates (PEM)")
                .value("tlscert", "file", "The engine's certificate (PEM)")
                .value("tlskey", "file", "Its key (PEM)")
                .flag(
                        "tlsverify",
                        "Encrypt tcp; who connects is the user that the policy names for the certificate")
                .value(
                        "userns-remap",
                        "string",
                        "One map of ids for all containers: default, USER[:GROUP]")
                .flag("validate", "Check the options, and start nothing")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        if (cli.host() != null)
            throw new CliException(
                    ExitCodes.ENGINE,
                    "where the engine listens stands behind daemon: daemon --host …");
        var configuration = Configuration.from(arguments, cli.environment(), Processes.ownUid());
        if (arguments.is("validate")) {
            Daemon.check(configuration);
            cli.println("configuration OK");
        } else Daemon.run(configuration);
        return 0;
    }
}
