package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a running container uses and may use, asked for by clients and looked up in the kernel. */
@SystemTest
class UsageTest {
    private static final String COUNTS = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done";
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    private static String counting(Cli cli, String... options) {
        var line = new java.util.ArrayList<>(List.of(options));
        line.addAll(List.of(TestImage.BUSYBOX.tag(), "sh", "-c", COUNTS));
        return cli.detached(line.toArray(String[]::new));
    }

    private static long lines(Cli cli, String name) {
        return cli.run("logs", name).ok().out().lines().count();
    }

    /** A file of the container's cgroup, by what the kernel says that is. */
    private static String cgroup(long pid, String controller, String file) {
        try {
            for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
                var fields = line.split(":", 3);
                if (List.of(fields[1].split(",", -1)).contains(controller)) {
                    var directory = CGROUPS.resolve(controller).resolve(fields[2].substring(1));
                    return Files.readString(directory.resolve(file)).strip();
                }
            }
            throw new org.opentest4j.TestAbortedException("a host of cgroup version 2");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Behaviour
    void aPausedContainerStandsStill(Cli cli) {
        var name = counting(cli);
        assertThat(cli.run("pause", name).ok().out()).isEqualTo(name);
        Daemon.pause(300);
        long before = lines(cli, name);
        Daemon.pause(500);
        assertThat(lines(cli, name)).isEqualTo(before);
        assertThat(cli.run("ps", "--filter", "name=" + name).ok().out()).contains("(Paused)");
        assertThat(cli.inspect(name).at("/State/Status").asString()).isEqualTo("paused");
        assertThat(cli.inspect(name).at("/State/Paused").asBoolean()).isTrue();
        assertThat(cli.run("pause", name).ended(1).err()).contains("already paused");
        assertThat(cli.run("exec", name, "true").ended(1).err()).contains("unpause");
        assertThat(cli.run("rm", name).ended(1).err()).contains("paused");
        cli.run("unpause", name).ok();
        Daemon.pause(500);
        assertThat(lines(cli, name)).isGreaterThan(before);
        assertThat(cli.run("unpause", name).ended(1).err()).contains("is not paused");
    }

    @Behaviour
    void aPausedContainerCanBeStoppedAndRemoved(Cli cli) {
        var name = counting(cli);
        cli.run("pause", name).ok();
        cli.run("stop", "-t", "1", name).ok();
        assertThat(cli.inspect(name).at("/State/Status").asString()).isEqualTo("exited");
        assertThat(cli.inspect(name).at("/State/Paused").asBoolean()).isFalse();
        cli.run("start", name).ok();
        cli.run("pause", name).ok();
        cli.run("rm", "-f", name).ok();
        assertThat(cli.run("inspect", name).code()).isEqualTo(1);
    }

    @Behaviour
    void newLimitsAreInForceAtOnceAndAtTheNextStart(Cli cli) {
        var name = counting(cli);
        cli.run(
                        "update",
                        "--memory",
                        "64m",
                        "--memory-swap",
                        "128m",
                        "--cpus",
                        "0.5",
                        "--pids-limit",
                        "50",
                        name)
                .ok();
        limited(cli, name);
        cli.run("kill", name).ok();
        cli.run("wait", name).ok();
        cli.run("start", name).ok();
        limited(cli, name);
        var host = cli.inspect(name).at("/HostConfig");
        assertThat(host.get("Memory").asLong()).isEqualTo(64 << 20);
        assertThat(host.get("NanoCpus").asLong()).isEqualTo(500_000_000);
        assertThat(host.get("PidsLimit").asLong()).isEqualTo(50);
        assertThat(cli.run("update", "--memory", "1m", name).ended(1).err()).contains("6MB");
    }

    @Behaviour
    @OneClient
    void lessMemoryThanIsUsedIsRefusedWithWhatHelps(Cli cli, Target target) {
        target.daemon(); // Docker's words are runc's
        assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/memory")), "cgroup v2 kills instead");
        var script = "head -c 40m /dev/zero >/dev/shm/used; echo made; exec sleep 1000";
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sh", "-c", script);
        for (int n = 0; n < 100 && cli.run("logs", name).ok().out().isEmpty(); n++)
            Daemon.pause(50);
        var line = List.of("update", "--memory", "16m", "--memory-swap", "16m", name);
        assertThat(cli.run(line.toArray(String[]::new)).ended(1).err())
                .contains(
                        "update container " + name, "EBUSY", "the container uses", "ask for more");
    }

    private static void limited(Cli cli, String name) {
        long pid = cli.pid(name);
        assertThat(cgroup(pid, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
        assertThat(cgroup(pid, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
        assertThat(cgroup(pid, "pids", "pids.max")).isEqualTo("50");
    }

    private static JsonNode json(Target target, String name) {
        var socket = target.docker().line().get(2).replace("unix://", "");
        var url = "http://d/containers/" + name + "/stats?stream=false";
        var answer = Shell.run("curl", "-sS", "--unix-socket", socket, url).ok();
        return new JsonMapper().readTree(answer.stdout());
    }

    @Behaviour
    @OneClient
    void statisticsAreTheCgroups(Cli cli, Target target) {
        var name = counting(cli, "-m", "64m", "--pids-limit", "50");
        long pid = cli.pid(name);
        long before = Long.parseLong(cgroup(pid, "cpuacct", "cpuacct.usage"));
        var stats = json(target, name);
        long after = Long.parseLong(cgroup(pid, "cpuacct", "cpuacct.usage"));
        assertThat(stats.get("name").asString()).isEqualTo("/" + name);
        assertThat(stats.at("/cpu_stats/cpu_usage/total_usage").asLong()).isBetween(before, after);
        assertThat(stats.at("/precpu_stats/cpu_usage/total_usage").asLong())
                .isBetween(1L, stats.at("/cpu_stats/cpu_usage/total_usage").asLong());
        assertThat(stats.at("/cpu_stats/system_cpu_usage").asLong())
                .isGreaterThan(stats.at("/precpu_stats/system_cpu_usage").asLong());
        assertThat(stats.at("/memory_stats/limit").asLong()).isEqualTo(64 << 20);
        assertThat(stats.at("/memory_stats/usage").asLong()).isPositive();
        assertThat(stats.at("/memory_stats/stats").has("total_inactive_file")).isTrue();
        assertThat(stats.at("/pids_stats/limit").asLong()).isEqualTo(50);
        assertThat(stats.at("/pids_stats/current").asLong()).isBetween(1L, 3L);
        cli.run("kill", name).ok();
        cli.run("wait", name).ok();
        var none = json(target, name);
        assertThat(none.get("read").asString()).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(none.at("/cpu_stats/cpu_usage/total_usage").asLong()).isZero();
    }

    @Behaviour
    void statisticsArePrinted(Cli cli) {
        var name = counting(cli, "-m", "64m");
        var lines = cli.run("stats", "--no-stream", name).ok().out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("CPU %").contains("MEM USAGE / LIMIT");
        assertThat(lines.getLast()).contains(name).contains("64MiB");
        var json = cli.run("stats", "--no-stream", "--format", "json", name).ok().stdout();
        assertThat(new JsonMapper().readTree(json).get("Name").asString()).isEqualTo(name);
    }

    @Behaviour
    void topShowsTheProcesses(Cli cli) {
        var name =
                cli.detached(
                        "-u",
                        "12:34",
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "sleep 1234 & exec sleep 4321");
        Daemon.pause(200);
        var full = cli.run("top", name).ok().out();
        assertThat(full.lines().findFirst().orElseThrow().split("\\s+", -1))
                .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
        assertThat(full).contains("sleep 1234").contains("sleep 4321");
        assertThat(cli.run("top", name, "aux").ok().out()).startsWith("USER").contains("%CPU");
        var chosen = cli.run("top", name, "-o", "pid,args").ok().out();
        assertThat(chosen.lines().filter(line -> line.endsWith("sleep 4321")).toList())
                .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .startsWith(cli.pid(name) + " ");
        assertThat(cli.run("top", name, "-o", "nosuch").code()).isEqualTo(1);
        cli.run("kill", name).ok();
        cli.run("wait", name).ok();
        assertThat(cli.run("top", name).ended(1).err()).contains("is not running");
    }

    @Promise
    void topShowsIdsThatAreNobodysOnTheHost(Cli cli) {
        var name = counting(cli, "-u", "12:34");
        var lease = new HostProcess(cli.pid(name)).lease();
        var rows = cli.run("top", name, "-o", "pid,uid").ok().out().lines().skip(1).toList();
        assertThat(rows).isNotEmpty().allMatch(row -> row.endsWith(" " + (lease.first() + 12)));
    }

    @Behaviour
    void aForkBombMeetsItsLimitAndOthersWork(Cli cli) {
        var bomb =
                cli.detached(
                        "--pids-limit",
                        "40",
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "(while :; do (while :; do sleep 60 & done) & done) & exec sleep 60");
        Daemon.pause(1500);
        long most = Long.parseLong(cgroup(cli.pid(bomb), "pids", "pids.max"));
        assertThat(most).isEqualTo(40);
        assertThat(Long.parseLong(cgroup(cli.pid(bomb), "pids", "pids.current")))
                .isBetween(most / 2, most);
        assertThat(cli.prints(TestImage.BUSYBOX, "echo", "works")).isEqualTo("works");
        cli.run("rm", "-f", bomb).ok();
    }
}
