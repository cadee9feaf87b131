package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Agents that {@code build --ssh} lends to steps: OpenSSH's own, of ordinary users, asked by
 * OpenSSH's own ssh-add in the step.
 */
@Tag("system")
class BuildAgentsTest {
    private static final String LEND = "RUN --mount=type=ssh ";

    private final Path directory = Daemon.directory();
    private final List<Long> agents = new ArrayList<>();
    private Daemon daemon;
    private TestUsers users;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(directory.resolve(Daemon.POLICY), "version: 1\n");
        daemon = Daemon.start(directory, directory.resolve("root"), "");
        users = new TestUsers(daemon, 2);
        tools();
    }

    @AfterEach
    void end() {
        for (long agent : agents) Shell.run("kill", Long.toString(agent));
        daemon.close();
        users.close();
    }

    /** The host's ssh-add and ssh-keygen with the libraries that they need, for any image. */
    private void tools() {
        var script =
                """
                mkdir -p "$0/tools"; cd "$0/tools"
                for f in /usr/bin/ssh-add /usr/bin/ssh-keygen $(ldd /usr/bin/ssh-add /usr/bin/ssh-keygen |
                    grep -o '/[^ ]*\\.so[^ ]*' | sort -u); do
                    mkdir -p "./${f%/*}"; cp -L "$f" "./$f"
                done
                chmod -R a+rX "$0/tools"
                """;
        Shell.run("sh", "-ec", script, directory.toString()).ok();
    }

    /** An agent with a key of its own, in a directory of the user's. */
    private final class Agent {
        private final Path place;
        private final long pid;
        private final String fingerprint;

        Agent(int user) throws IOException {
            place = Files.createDirectory(directory.resolve("of-" + user));
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(place, "unix:uid", (int) users.uid(user));
            var said =
                    users.run(
                            user,
                            "cd "
                                    + place
                                    + "; ssh-keygen -q -t ed25519 -N '' -C of-%d -f key; ssh-agent -a s;"
                                            .formatted(user)
                                    + " SSH_AUTH_SOCK=$PWD/s ssh-add -q key; ssh-keygen -lf key.pub");
            pid = Long.parseLong(said.replaceAll("(?s).*SSH_AGENT_PID=(\\d+);.*", "$1"));
            agents.add(pid);
            fingerprint = said.replaceAll("(?s).*(SHA256:\\S+).*", "$1");
        }

        String socket() {
            return place.resolve("s").toString();
        }

        long descriptors() {
            try (var all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
                return all.count();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Result build(int user, String steps, String... options) throws IOException {
        return client(users.rootbound(user), steps, options);
    }

    private Result client(Cli client, String steps, String... options) throws IOException {
        var line = new ArrayList<>(List.of("build", "--progress=plain", "-t", "lent"));
        line.addAll(List.of(options));
        line.add(context(steps));
        return client.run(line.toArray(String[]::new));
    }

    private String context(String steps) throws IOException {
        var context = Files.createDirectories(directory.resolve("context"));
        Files.setPosixFilePermissions(context, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM rootbound/busybox\nCOPY --from=tools . /\n" + steps);
        return context.toString();
    }

    private String toolsContext() {
        return "--build-context=tools=" + directory.resolve("tools");
    }

    @Test
    void aStepUsesTheKeysAndChangesNothing() throws Exception {
        var agent = new Agent(0);
        long descriptors = agent.descriptors();
        var steps =
                LEND
                        + "ssh-add -l; echo at $SSH_AUTH_SOCK; stat -c 'is %a %u:%g' $SSH_AUTH_SOCK;"
                        + " ssh-add -D || echo kept; ssh-add -x </dev/null || echo open;"
                        + " ssh-add -L > /key.pub; echo x | ssh-keygen -Y sign -f /key.pub -n n > /sig;"
                        + " head -1 /sig; ssh-add -l > /still\n"
                        + "USER 7\n"
                        + LEND.replace("ssh ", "ssh,id=default,target=/s,uid=7,gid=8 ")
                        + "stat -c 'is %a %u:%g' /s; ssh-add -l && echo seven\n"
                        + LEND.replace("ssh ", "ssh,mode=0640 ")
                        + "ssh-add -l || echo closed\nUSER root\n"
                        + "RUN ls /run/buildkit /s; echo [$SSH_AUTH_SOCK]\n";
        var said = build(0, steps, toolsContext(), "--ssh", "default=" + agent.socket()).ok().err();
        assertThat(said)
                .contains(agent.fingerprint + " of-0")
                .contains("at /run/buildkit/ssh_agent.0\n", "is 600 0:0\n")
                .contains(" kept\n", " open\n", "-----BEGIN SSH SIGNATURE-----")
                .contains("is 600 7:8\n", " seven\n", " closed\n", " []\n")
                .doesNotContain(agent.socket());
        var client = users.rootbound(0);
        assertThat(client.run("run", "--rm", "lent", "cat", "/still").ok().out())
                .contains(agent.fingerprint);
        assertThat(client.run("run", "--rm", "lent", "ls", "-A", "/run").ok().out()).isEmpty();
        assertThat(client.run("history", "--no-trunc", "lent").ok().out())
                .contains("ssh-add -D")
                .doesNotContain(agent.socket());
        assertThat(daemon.log()).doesNotContain(agent.socket());
        assertThat(users.run(0, "SSH_AUTH_SOCK=" + agent.socket() + " ssh-add -l"))
                .contains(agent.fingerprint);
        RestartTest.await(() -> agent.descriptors() == descriptors);
        // another agent by the same id: the step is what it was
        var again = build(0, steps, toolsContext(), "--ssh", "default=" + agent.socket());
        assertThat(again.ok().err()).contains("CACHED").doesNotContain("SHA256");
    }

    @Test
    void anAgentIsTheEnvironmentsOrOneWithKeysThatAreFiles() throws Exception {
        var agent = new Agent(0);
        var steps = "RUN --mount=type=ssh,id=%s,required ssh-add -l > /keys\n";
        var environment =
                users.as(0, "--clear-groups", "env").prefix().stream()
                        .takeWhile(word -> !word.equals("-H"))
                        .toList();
        var line = new ArrayList<>(environment);
        line.addAll(List.of("SSH_AUTH_SOCK=" + agent.socket(), Shell.CHECKOUT + "/rootbound"));
        line.addAll(List.of("-H", daemon.address()));
        client(new Cli("in it", line), steps.formatted("own"), toolsContext(), "--ssh", "own").ok();
        var client = users.rootbound(0);
        assertThat(client.run("run", "--rm", "lent", "cat", "/keys").ok().out())
                .contains(agent.fingerprint);
        var key = "k=" + agent.place.resolve("key");
        build(0, steps.formatted("k"), toolsContext(), "--ssh", key).ok();
        assertThat(client.run("run", "--rm", "lent", "cat", "/keys").ok().out())
                .contains(agent.fingerprint);
        RestartTest.await(() -> own().equals(Long.toString(agent.pid)));
        assertThat(build(0, "", toolsContext(), "--ssh", "k=/etc/passwd").ended(1).err())
                .contains("ssh-add does not take /etc/passwd");
    }

    @Test
    void aStepHasNoAgentThatIsNotGiven() throws Exception {
        var said =
                build(0, LEND + "ls /run; echo none [$SSH_AUTH_SOCK]\n", toolsContext()).ok().err();
        assertThat(said).contains(" none []\n");
        var required = LEND.replace("ssh ", "ssh,required=true,id=deploy ");
        assertThat(build(0, required + "true\n", toolsContext()).ended(1).err())
                .contains("agent deploy is required and was not given: build with --ssh deploy");
    }

    @Test
    void othersAgentsAreNotLent() throws Exception {
        var agent = new Agent(0);
        var lent = "default=" + agent.socket();
        var steps = LEND + "ssh-add -l || echo refused\n";
        assertThat(build(1, steps, toolsContext(), "--ssh", lent).ended(1).err())
                .contains(agent.socket() + ": no such file or directory"); // for all it sees
        // whoever reaches it: the agent itself asks who that is
        Files.setPosixFilePermissions(agent.place, PosixFilePermissions.fromString("rwxr-xr-x"));
        Shell.run("chmod", "666", agent.socket()).ok();
        assertThat(build(1, steps, toolsContext(), "--ssh", lent).ok().err())
                .contains(" refused\n")
                .doesNotContain("SHA256");
        assertThat(build(0, steps, toolsContext(), "--ssh", lent).ok().err())
                .contains(agent.fingerprint);
    }

    @Test
    void thePolicyOfHostPathsIsTheAgentsToo() throws Exception {
        var agent = new Agent(0);
        var lent = "default=" + agent.socket();
        var steps = LEND + "ssh-add -l\n";
        daemon.reload(
                "version: 1\ncontainers: {host-paths: {deny: [%s]}}\n".formatted(agent.place));
        assertThat(build(0, steps, toolsContext(), "--ssh", lent).ended(1).err())
                .contains("host path " + agent.socket() + " is refused", Daemon.POLICY + ":2");
        daemon.reload("version: 1\ncontainers: {profile: restricted}\n");
        assertThat(build(0, steps, toolsContext(), "--ssh", lent).ended(1).err())
                .contains("host path " + agent.socket() + " is refused");
        daemon.reload(
                "version: 1\ncontainers: {host-paths: {read-only: [%s]}}\n".formatted(agent.place));
        assertThat(build(0, steps, toolsContext(), "--ssh", lent).ok().err())
                .contains(agent.fingerprint);
    }

    @Test
    void anAgentThatIsKilledEndsNothingElse() throws Exception {
        var agent = new Agent(0);
        var steps =
                LEND
                        + "ssh-add -l && echo there; while ssh-add -l; do sleep 0.2; done 2>/dev/null;"
                        + " echo it has gone\n";
        var log = directory.resolve("build.log");
        var build = begin(log, steps, "default=" + agent.socket());
        Shell.run("kill", "-9", Long.toString(agent.pid)).ok();
        assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(log)).contains("it has gone\n").contains("writing image");
    }

    @Test
    void whoeverIsKilledNothingOfAnAgentIsLeft() throws Exception {
        var agent = new Agent(0);
        long descriptors = agent.descriptors();
        var key = "k=" + agent.place.resolve("key");
        var steps =
                "RUN --mount=type=ssh --mount=type=ssh,id=k,target=/k ssh-add -l && SSH_AUTH_SOCK=/k"
                        + " ssh-add -l && echo there; sleep 98761\n";
        var log = directory.resolve("build.log");
        var client = begin(log, steps, "default=" + agent.socket(), key);
        assertThat(sockets()).hasSize(2);
        kill(client);
        RestartTest.await(() -> agent.descriptors() == descriptors && left().isEmpty());
        Files.delete(log);
        client = begin(log, steps, "default=" + agent.socket(), key);
        daemon = daemon.restarted();
        RestartTest.await(() -> agent.descriptors() == descriptors && left().isEmpty());
        assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isNotZero();
        RestartTest.await(() -> own().equals(Long.toString(agent.pid)));
        assertThat(users.run(0, "SSH_AUTH_SOCK=" + agent.socket() + " ssh-add -l"))
                .contains(agent.fingerprint);
    }

    private static void kill(Process client) throws InterruptedException {
        client.descendants().forEach(ProcessHandle::destroyForcibly);
        client.destroyForcibly().waitFor();
    }

    /** Agents of the user's that run. */
    private String own() {
        return Shell.run("pgrep", "-u", users.name(0), "ssh-agent").ok().out();
    }

    /** Of the user's builds. */
    private String left() {
        var client = users.rootbound(0);
        return client.run("ps", "-aq").ok().out()
                + client.run("volume", "ls", "-q").ok().out()
                + String.join(" ", sockets());
    }

    /** That the engine has made for steps. */
    private List<String> sockets() {
        var found = Shell.run("find", directory.resolve("root").toString(), "-type", "s");
        return found.out().lines().toList(); // what goes meanwhile is not found
    }

    /** A build of the first user's that has come to where a step says that it is there. */
    private Process begin(Path log, String steps, String... agents) throws Exception {
        var line = new ArrayList<>(List.of("build", "--progress=plain", toolsContext()));
        for (var each : agents) line.addAll(List.of("--ssh", each));
        line.add(context(steps));
        var build = Shell.start(log, users.rootbound(0).line(line.toArray(String[]::new)));
        RestartTest.await(() -> read(log).contains(" there\n"));
        return build;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
