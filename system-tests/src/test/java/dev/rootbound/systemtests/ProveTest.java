package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Scenario 27: {@code prove} shows from the kernel that a container's root is nobody on the host,
 * and does not hold when the kernel contradicts the engine.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProveTest {
    private static final int STATEMENTS = 16;

    private final Path directory = Daemon.directory();
    private final Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");
    private final Cli docker = daemon.docker();
    private final Cli rootbound =
            new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address()));
    private final List<Process> intruders = new ArrayList<>();

    @BeforeAll
    void image() {
        docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterEach
    void clear() throws Exception {
        for (var intruder : intruders) {
            intruder.descendants().forEach(ProcessHandle::destroyForcibly);
            intruder.destroyForcibly().waitFor();
        }
        intruders.clear();
        docker.run("ps", "-aq").ok().out().lines().forEach(id -> docker.run("rm", "-fv", id).ok());
        docker.run("volume", "prune", "-af").ok();
        Shell.run("chmod", "0700", daemon.root().resolve("store").toString()).ok();
    }

    @AfterAll
    void end() {
        daemon.close();
    }

    private String sleeping(String... flags) {
        var line = new ArrayList<>(List.of(flags));
        line.addAll(List.of(TestImage.BUSYBOX.tag(), "sleep", "9999"));
        return docker.detached(line.toArray(String[]::new));
    }

    private JsonNode report(Result result) {
        return new JsonMapper().readTree(result.stdout());
    }

    private List<String> broken(String container) {
        var result = rootbound.run("prove", "--format", "json", container);
        var report = report(result);
        var broken =
                StreamSupport.stream(report.get("Statements").spliterator(), false)
                        .filter(statement -> !statement.get("Holds").asBoolean())
                        .map(statement -> statement.get("Name").asString())
                        .toList();
        assertThat(report.get("Statements")).hasSize(STATEMENTS);
        assertThat(report.get("Holds").asBoolean()).isEqualTo(broken.isEmpty());
        assertThat(result.code()).isEqualTo(broken.isEmpty() ? 0 : 1);
        return broken;
    }

    private String evidence(String container, String name) {
        var report = report(rootbound.run("prove", "--format", "json", container));
        for (var statement : report.get("Statements"))
            if (statement.get("Name").asString().equals(name))
                return statement.get("Evidence").toString();
        throw new AssertionError("no statement " + name + ": " + report);
    }

    /** A process of host root's, by nsenter(1) and the like; returns when it sleeps. */
    private void intrude(String... command) {
        var line = new ArrayList<>(List.of(command));
        line.addAll(List.of("sh", "-c", "echo ready; exec sleep 9999"));
        var log = directory.resolve("intruder-" + intruders.size());
        intruders.add(Shell.start(log, line));
        for (int tries = 0; tries < 100; tries++) {
            try {
                if (Files.exists(log) && Files.readString(log).contains("ready")) return;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            Daemon.pause(50);
        }
        throw new AssertionError("it did not start: " + line);
    }

    @Test
    void whateverTheFlagsAContainersRootIsShownToBeNobodyOnTheHost() {
        for (var flags :
                List.of(
                        List.<String>of(),
                        List.of("--privileged"),
                        List.of("--cap-add=ALL", "--user=500:50", "--init"),
                        List.of("-v", "shown:/data", "-v", "/anonymous", "--tmpfs", "/scratch"),
                        List.of("--security-opt", "seccomp=unconfined", "-it"),
                        List.of("--security-opt", "no-new-privileges", "--read-only"))) {
            var name = sleeping(flags.toArray(String[]::new));
            assertThat(broken(name)).as("%s: %s", flags, rootbound.run("prove", name)).isEmpty();
        }
    }

    @Test
    void containersThatShareAUserNamespaceAreEachProved() {
        var first = sleeping("--ipc=shareable");
        var joined = sleeping("--network=container:" + first, "--ipc=container:" + first);
        var peeping = sleeping("--pid=container:" + first, "--security-opt", "seccomp=unconfined");
        for (var name : List.of(first, joined, peeping))
            assertThat(broken(name)).as(rootbound.run("prove", name).out()).isEmpty();
        assertThat(rootbound.run("ids").out()).contains(first).contains(joined);
    }

    /** Who may what with the files is BindsTest's; here it is seen by the kernel's mounts. */
    @Test
    void hostDirectoriesAreShownToBeIdMapped() throws Exception {
        var shared = Files.createDirectory(directory.resolve("shared"));
        Shell.run("chown", "1:1", shared.toString()).ok();
        var roots = Files.createDirectory(directory.resolve("roots"));
        var name = sleeping("-v", shared + ":/data", "-v", roots + ":/roots", "-v", "/etc:/e:ro");
        assertThat(broken(name)).as(rootbound.run("prove", name).out()).isEmpty();
        assertThat(evidence(name, "writes")).contains(shared + " of 1:1 on the host");
    }

    @Test
    void processesOfExecsAreLookedAtToo() {
        var name = sleeping();
        for (var flags : List.of("--privileged", "--user=500", "-t"))
            docker.run("exec", "-d", flags, name, "sleep", "8888").ok();
        assertThat(broken(name)).isEmpty();
        var result = rootbound.run("prove", "--format", "json", name);
        assertThat(report(result).get("Processes").asInt()).isEqualTo(4);
    }

    @Test
    void theTableSaysWhatWasFoundAndEndsWithTheVerdict() {
        var name = sleeping();
        var pid = docker.pid(name);
        var said = rootbound.run("prove", name).ok().out();
        assertThat(said)
                .contains("HOLDS")
                .contains(
                        "pid "
                                + pid
                                + " (sleep): uid_map 0 "
                                + new HostProcess(pid).lease().first())
                .endsWith(name + ": holds");
    }

    @Test
    void aProcessOfHostRootsInTheContainerContradictsTheEngine() {
        var name = sleeping();
        assertThat(broken(name)).isEmpty();
        intrude("nsenter", "--mount", "--target", "" + docker.pid(name), "--");
        assertThat(broken(name)).contains("maps", "ids", "namespace", "capabilities");
        assertThat(evidence(name, "ids")).contains("not of the lease: [0]");
        var said = rootbound.run("prove", name).ended(1).out();
        assertThat(said).contains(name + ": does not hold");
    }

    @Test
    void aHostProcessWithAnIdOfTheContainersIsFound() {
        var name = sleeping();
        var id = new HostProcess(docker.pid(name)).lease().first() + 7;
        intrude("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups");
        assertThat(broken(name)).containsExactly("elsewhere");
    }

    @Test
    void aFileOfHostRootsInItsWritableLayerIsFound() throws Exception {
        var name = sleeping();
        var id = docker.inspect(name).get("Id").asString();
        Files.createFile(daemon.root().resolve("store/c/" + id + "/u/planted"));
        assertThat(broken(name)).containsExactly("files");
        assertThat(evidence(name, "files")).contains("/u/planted is owned by 0:0");
    }

    @Test
    void aFileOfHostRootsInAVolumeIsFound() throws Exception {
        var name = sleeping("-v", "planted:/data");
        assertThat(broken(name)).isEmpty();
        try (var trees = Files.list(daemon.root().resolve("store/v"))) {
            Files.createFile(trees.findFirst().orElseThrow().resolve("planted"));
        }
        assertThat(broken(name)).containsExactly("files");
    }

    @Test
    void aStoreThatIsOpenToOthersIsFound() {
        var name = sleeping();
        Shell.run("chmod", "0755", daemon.root().resolve("store").toString()).ok();
        assertThat(broken(name)).containsExactly("store");
    }

    /** A container that may mount can take flags off mounts that were made inside it. */
    @Test
    void whatAContainerMakesOfAFileOfTheHostsIsFound() {
        var name = sleeping("--privileged", "--init");
        assertThat(broken(name)).isEmpty();
        var remount = "mount -o remount,rw,bind none /sbin/docker-init";
        boolean remounted = docker.run("exec", name, "sh", "-c", remount).code() == 0;
        assertThat(broken(name).contains("mounts")).isEqualTo(remounted);
    }

    @Test
    void aRealUserWithAnIdOfTheLeaseIsFound() {
        var name = sleeping();
        var id = new HostProcess(docker.pid(name)).lease().first() + 9;
        var user = "rbt-" + ProcessHandle.current().pid() % 100_000 + "-p";
        Shell.run("useradd", "--system", "--no-create-home", "--uid", "" + id, user).ok();
        try {
            assertThat(broken(name)).containsExactly("disjoint");
            assertThat(evidence(name, "disjoint")).contains("id " + id + " is user " + user);
        } finally {
            Shell.run("userdel", user).ok();
        }
    }

    @Test
    void allAreProvedAtOnceAndWhatDoesNotRunIsAnError() {
        var first = sleeping();
        var second = sleeping();
        var said = rootbound.run("prove", "--all").ok().out();
        assertThat(said).contains(first + ": holds").contains(second + ": holds");
        docker.run("rm", "-f", first).ok();
        docker.run("stop", "-t", "0", second).ok();
        assertThat(rootbound.run("prove", second).ended(1).err()).contains("is not running");
        assertThat(rootbound.run("prove", "nothing-of-that-name").ended(1).err())
                .contains("No such container");
        assertThat(rootbound.run("prove").ended(1).err()).contains("--all");
    }
}
