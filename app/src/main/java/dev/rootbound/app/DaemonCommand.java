package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code rootbound daemon}. */
final class DaemonCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("daemon [OPTIONS]", "Run the engine")
                .value("config", "file", "Configuration file (JSON)")
                .value("group", 'G', "string", "Group of the socket")
                .value("host", 'H', "list", "Where to listen: unix://PATH")
                .value("log-level", 'l', "string", "debug, info, warn, error or fatal")
                .value("pidfile", 'p', "file", "Where to write the process id")
                .value("root", "directory", "Where images and containers are kept")
                .value("run", "directory", "What does not outlive a boot")
                .flag("selinux-enabled", "Label containers for SELinux")
                .flag("tls", "Use TLS")
                .value("tlscacert", "file", "Trust certs signed only by this CA")
                .value("tlscert", "file", "TLS certificate")
                .value("tlskey", "file", "TLS key")
                .flag("tlsverify", "Use TLS and verify the remote")
                .value("userns-remap", "string", "One map of ids for all containers")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        Daemon.run(Configuration.from(arguments, cli.environment(), uid));
        return 0;
    }
}
