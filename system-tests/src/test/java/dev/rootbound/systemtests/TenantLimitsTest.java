package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scenario 24: limits per tenant, which the policy sets and which outlive the engine. */
@Tag("system")
class TenantLimitsTest {
    private static final String BOX = "rootbound/busybox";
    private static final int COUNT = 3;
    private static final long MIB = 1L << 20;

    private final Path directory = Daemon.directory();
    private Daemon daemon = start();
    private final TestUsers users = new TestUsers(daemon, COUNT);

    private Daemon start() {
        try {
            Files.writeString(
                    directory.resolve(Daemon.POLICY),
                    """
                    version: 1
                    tenants:
                      containers: 2
                      memory: 64m
                      cpus: 1.5
                      pids: 60
                    """);
            return Daemon.start(directory, directory.resolve("root"), "");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void end() {
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-f", id));
        }
        daemon.close();
        users.close();
    }

    @Test
    void aTenantHasOnlySoManyRunningAlsoAfterTheEngineWasKilled() {
        var docker = users.docker(0);
        var first = docker.detached(BOX, "sleep", "999");
        docker.detached(BOX, "sleep", "999");
        refused(0);
        daemon = daemon.restarted();
        refused(0);
        docker.run("stop", "-t", "0", first).ok();
        docker.run("run", "--rm", BOX, "true").ok();
        users.docker(1).run("run", "--rm", BOX, "true").ok();
        for (int i = 0; i < 3; i++) daemon.docker().detached(BOX, "sleep", "999"); // root
    }

    @Test
    void eachOfThreeUsersHasAllOfItAtTheSameTime() {
        for (int round = 0; round < 2; round++) {
            for (int user = 0; user < COUNT; user++) {
                users.docker(user).detached("--tmpfs", "/m", BOX, "sleep", "999");
            }
        }
        for (int user = 0; user < COUNT; user++) refused(user);
        // 50 of 64 MiB each: together more than any may have
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            var box = docker.run("ps", "-ql").ok().out();
            docker.run("exec", box, "sh", "-c", "head -c 50m /dev/zero >/m/x").ok();
            docker.run(
                            "exec",
                            box,
                            "sh",
                            "-c",
                            "for i in $(seq 40); do sleep 99 >/dev/null 2>&1 & done")
                    .ok();
        }
        for (int user = 0; user < COUNT; user++) {
            assertThat(users.docker(user).run("ps", "-q").ok().out().lines()).hasSize(2);
        }
    }

    private void refused(int user) {
        var third = users.docker(user).run("run", "--rm", BOX, "true").ended(125).err();
        assertThat(third)
                .contains(users.name(user) + " has 2 containers running and may have 2 of the")
                .contains("tenants: containers in " + directory.resolve(Daemon.POLICY));
        assertThat(users.docker(user).run("ps", "-aq").ok().out().lines()).hasSize(2);
    }

    @Test
    void theDiskIsThatOfContainersVolumesAndImages() {
        daemon.reload("version: 1\ntenants:\n  disk: 40m\n");
        var docker = users.docker(0);
        var fill = "head -c 30m /dev/zero >/x";
        docker.run("run", "--name", "one", BOX, "sh", "-c", fill).ok();
        docker.run("run", "--name", "two", "-v", "data:/v", BOX, "sh", "-c", "cd /v; " + fill).ok();
        // what runs is not stopped; the next is refused as soon as it has been counted
        await(() -> {
            Daemon.pause(200);
            return docker.run("create", BOX).code() != 0;
        });
        for (var line :
                new String[][] {
                    {"run", "--rm", BOX, "true"},
                    {"start", "one"},
                    {"commit", "one", "x"},
                    {"cp", "/etc/hostname", "one:/"},
                    {"pull", "localhost:1/none"}
                }) {
            assertThat(docker.run(line).err())
                    .as(String.join(" ", line))
                    .contains(
                            "refused to user " + users.name(0), "may have 40 MiB", "tenants: disk");
        }
        users.docker(1).run("run", "--rm", BOX, "true").ok();
        docker.run("rm", "one").ok();
        docker.run("run", "--rm", BOX, "true").ok();
    }

    @Test
    void memoryIsThatOfAllTogether() {
        var docker = users.docker(0);
        // in a tmpfs, which counts as memory and is not given back
        var fill = "head -c 50m /dev/zero >/m/x && echo full; sleep 999";
        var first = docker.detached("--tmpfs", "/m", BOX, "sh", "-c", fill);
        await(() -> docker.run("logs", first).ok().out().equals("full"));
        var second = docker.run("run", "--name", "more", "--tmpfs", "/m", BOX, "sh", "-c", fill);
        assertThat(second.code()).isEqualTo(137);
        assertThat(
                        users.docker(1)
                                .run(
                                        "run",
                                        "--rm",
                                        "--tmpfs",
                                        "/m",
                                        BOX,
                                        "sh",
                                        "-c",
                                        fill.replace("; sleep 999", ""))
                                .ok()
                                .out())
                .isEqualTo("full");
    }

    @Test
    void processesAreThoseOfAllTogether() {
        var docker = users.docker(0);
        var forks = "for i in $(seq 70); do sleep 99 & done; echo all";
        var result = docker.run("run", "--rm", BOX, "sh", "-c", forks);
        assertThat(result.err()).contains("can't fork");
    }

    @Test
    void oneThatAsksForMoreProcessorsIsRefusedWithTheReason() {
        var refused = users.docker(0).run("run", "--rm", "--cpus", "2", BOX, "true").ended(125);
        assertThat(refused.err())
                .contains("asks for 2 processors", "together may have 1.5", "tenants: cpus in");
        users.docker(0).run("run", "--rm", "--cpus", "1.5", BOX, "true").ok();
    }

    @Test
    void theLimitsAreSetBeforeTheFirstProcessRunsAndRightAgainWhenThePolicyWasChanged()
            throws IOException {
        users.docker(0).detached(BOX, "sleep", "999");
        assertThat(limit("memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 64 * MIB);
        assertThat(limit("pids", "pids.max", "pids.max")).isEqualTo("60");
        assertThat(limit("cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("150000");
        daemon.stop();
        Files.writeString(
                directory.resolve(Daemon.POLICY),
                """
                version: 1
                tenants:
                  pids: 70
                  users:
                    - user: %s
                      memory: 80m
                """
                        .formatted(users.name(0)));
        daemon = Daemon.start(directory, directory.resolve("root"), "");
        assertThat(limit("memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + 80 * MIB);
        assertThat(limit("pids", "pids.max", "pids.max")).isEqualTo("70");
        assertThat(limit("cpu", "cpu.cfs_quota_us", "cpu.max")).isIn("-1", "max 100000");
    }

    private String limit(String controller, String version1, String version2) throws IOException {
        var cgroups = Path.of("/sys/fs/cgroup");
        boolean unified = Files.exists(cgroups.resolve("cgroup.controllers"));
        var top = unified ? cgroups : cgroups.resolve(controller);
        var tenant = top.resolve("rootbound").resolve(Long.toString(users.uid(0)));
        return Files.readString(tenant.resolve(unified ? version2 : version1)).strip();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        for (int tries = 0; tries < 100 && !condition.getAsBoolean(); tries++) Daemon.pause(100);
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
