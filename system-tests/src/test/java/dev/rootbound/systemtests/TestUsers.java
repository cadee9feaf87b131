package dev.rootbound.systemtests;

import java.util.ArrayList;
import java.util.List;

/** Users of this host that a test makes and takes away, each with clients of its own. */
final class TestUsers implements AutoCloseable {
    private final Daemon daemon;
    private final List<String> names = new ArrayList<>();

    TestUsers(Daemon daemon, int count) {
        this.daemon = daemon;
        for (int i = 0; i < count; i++) {
            var name = "rbt-" + ProcessHandle.current().pid() % 100_000 + "-" + i;
            // system users have no subordinate ids, which the engine would have to leave out
            Shell.run("useradd", "--system", "--no-create-home", "--user-group", name).ok();
            names.add(name);
        }
    }

    String name(int user) {
        return names.get(user);
    }

    long uid(int user) {
        return Long.parseLong(Shell.run("id", "-u", name(user)).ok().out());
    }

    /** The docker CLI as that user, in its own group only. */
    Cli docker(int user) {
        return as(user, "--clear-groups", "docker");
    }

    /** {@code ./rootbound} as that user. */
    Cli rootbound(int user) {
        return as(user, "--clear-groups", Shell.CHECKOUT + "/rootbound");
    }

    /**
     * A client as that user.
     *
     * @param groups setpriv's option for supplementary groups
     */
    Cli as(int user, String groups, String client) {
        var name = name(user);
        var line = new ArrayList<>(List.of("setpriv", "--reuid=" + name, "--regid=" + name));
        // the shell looks for the client with the user's rights, setpriv would with root's
        line.addAll(List.of(groups, "sh", "-c", "exec \"$0\" \"$@\"", client));
        line.addAll(List.of("-H", daemon.address()));
        return new Cli(name, line);
    }

    /** What a shell command on the host prints, as that user. */
    String run(int user, String command) {
        return tries(user, command).ok().out();
    }

    /** The same, whatever becomes of it. */
    Result tries(int user, String command) {
        var name = name(user);
        return Shell.run(
                "setpriv",
                "--reuid=" + name,
                "--regid=" + name,
                "--clear-groups",
                "sh",
                "-c",
                command);
    }

    @Override
    public void close() {
        for (var name : names) Shell.run("userdel", name);
    }
}
