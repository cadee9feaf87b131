package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs that are bounded, and what is asked of drivers. */
@SystemTest
class LogsTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();
    private static final String[] ROTATED = {
        "--log-opt", "max-size=8k", "--log-opt", "max-file=100"
    };

    private static String counting(int lines) {
        return "i=0; while [ $i -lt " + lines + " ]; do i=$((i+1)); echo line $i; done";
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> "line " + i)
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @ArgumentsSource(Clients.class)
    void nothingIsLostOrDoubledByRotation(Cli cli, Target target) {
        target.load(TestImage.BUSYBOX);
        var name = Cli.fresh();
        cli.run(
                        "run",
                        "-d",
                        "--name",
                        name,
                        ROTATED[0],
                        ROTATED[1],
                        ROTATED[2],
                        ROTATED[3],
                        IMAGE,
                        "sh",
                        "-c",
                        counting(20_000))
                .ok();
        assertThat(cli.run("logs", "-f", name).ok().out()).isEqualTo(lines(1, 20_000));
        assertThat(cli.run("logs", name).ok().out()).isEqualTo(lines(1, 20_000));
        assertThat(cli.run("logs", "--tail", "1", name).ok().out()).isEqualTo("line 20000");
        assertThat(cli.run("logs", "-n", "15000", name).ok().out()).isEqualTo(lines(5_001, 20_000));
        assertThat(cli.run("logs", "-n", "0", name).ok().out()).isEmpty();
        if (!target.isControl()) assertThat(files(target, cli, name)).hasSizeGreaterThan(1);
    }

    private static List<Path> files(Target target, Cli cli, String name) {
        var id = cli.inspect(name).get("Id").asString();
        try (var all = Files.list(target.store().resolve("containers").resolve(id))) {
            return all.filter(f -> f.getFileName().toString().contains(".log")).toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ArgumentsSource(Clients.class)
    @OneClient
    void aBoundedLogHasSoManyFilesAndTheNewestLines(Cli cli, Target target) {
        target.load(TestImage.BUSYBOX);
        var name = Cli.fresh();
        var script = "i=0; while [ $i -lt 1500 ]; do i=$((i+1)); echo line $i; usleep 1000; done";
        cli.run(
                        "run",
                        "-d",
                        "--name",
                        name,
                        "--log-driver",
                        "local",
                        "--log-opt",
                        "max-size=4k",
                        "--log-opt",
                        "max-file=3",
                        IMAGE,
                        "sh",
                        "-c",
                        script)
                .ok();
        cli.run("wait", name).ok();
        var log = cli.run("logs", name).ok().out().lines().toList();
        assertThat(log).isNotEmpty().hasSizeLessThan(1500);
        assertThat(String.join("\n", log)).isEqualTo(lines(1501 - log.size(), 1500));
        if (!target.isControl()) assertThat(files(target, cli, name)).hasSizeLessThanOrEqualTo(3);
        assertThat(cli.inspect(name).at("/HostConfig/LogConfig/Type").asString())
                .isEqualTo("local");
        assertThat(cli.inspect(name).at("/HostConfig/LogConfig/Config/max-file").asString())
                .isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--log-opt max-sise=1m | unknown log opt 'max-sise' for json-file log driver",
                "--log-driver local --log-opt labels=a | unknown log opt 'labels' for",
                "--log-opt max-size=lots | max-size",
                "--log-opt max-size=1m --log-opt max-file=0 | max-file cannot be less than 1",
                "--log-opt mode=sometimes | logging mode not supported: sometimes",
                "--log-driver nonsense | nonsense",
                "--log-driver journald | journald",
            })
    void whatNobodyCanDoIsRefusedByName(String options, String reason, Target target) {
        target.load(TestImage.BUSYBOX);
        var line = new java.util.ArrayList<>(List.of("run", "--rm", "--name", Cli.fresh()));
        line.addAll(List.of(options.strip().split(" ")));
        line.addAll(List.of(IMAGE, "true"));
        var refused = target.docker().run(line.toArray(String[]::new)).ended(125);
        if (!target.isControl()) assertThat(refused.err()).contains(reason.strip());
    }

    @ParameterizedTest
    @ArgumentsSource(Clients.class)
    void theDriverNoneHasNoLogToRead(Cli cli, Target target) {
        target.load(TestImage.BUSYBOX);
        var name = Cli.fresh();
        assertThat(
                        cli.run(
                                        "run",
                                        "--name",
                                        name,
                                        "--log-driver",
                                        "none",
                                        IMAGE,
                                        "echo",
                                        "seen")
                                .ok()
                                .out())
                .isEqualTo("seen");
        var logs = cli.run("logs", name);
        assertThat(logs.code()).isNotZero();
        assertThat(logs.err()).contains("configured logging driver does not support reading");
    }

    @ParameterizedTest
    @ArgumentsSource(Clients.class)
    void detailsAreTheChosenLabelsAndVariables(Cli cli, Target target) {
        target.load(TestImage.BUSYBOX);
        var name = Cli.fresh();
        cli.run(
                        "run",
                        "--name",
                        name,
                        "--log-opt",
                        "labels=team,none",
                        "--log-opt",
                        "env-regex=^CO",
                        "--label",
                        "team=red blue",
                        "-e",
                        "COLOUR=x,y",
                        "-e",
                        "OTHER=1",
                        IMAGE,
                        "echo",
                        "hello")
                .ok();
        assertThat(cli.run("logs", "--details", name).ok().out())
                .isEqualTo("COLOUR=x%2Cy,team=red+blue hello");
    }

    @Test
    void aFollowerSeesALineSoonAfterItIsWritten(Target target) throws Exception {
        target.load(TestImage.BUSYBOX);
        var docker = target.docker();
        // 30 lines with the host's monotonic time of their writing, which the container shares
        var script = "for i in $(seq 30); do cut -d' ' -f1 /proc/uptime; usleep 50000; done";
        var name = docker.detached(IMAGE, "sh", "-c", "read x </dev/null; sleep 1; " + script);
        var process = new ProcessBuilder(docker.line("logs", "-f", name));
        process.environment().putAll(Shell.environment());
        var follower = process.start();
        var delays = new java.util.ArrayList<Double>();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(follower.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine())
                delays.add(uptime() - Double.parseDouble(line));
        }
        assertThat(delays).hasSize(30);
        delays.sort(null);
        // /proc/uptime counts hundredths; a busy host delays some
        assertThat(delays.get(15)).as(delays.toString()).isLessThan(0.05);
    }

    private static double uptime() throws java.io.IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
    }

    @Test
    void manyReadersOfABigLogCostTheEngineNoMemory(Target target) throws Exception {
        target.load(TestImage.BUSYBOX);
        var docker = target.docker();
        var name = Cli.fresh();
        docker.run(
                        "run",
                        "-d",
                        "--name",
                        name,
                        IMAGE,
                        "sh",
                        "-c",
                        "yes 0123456789012345678901234567890123456789012345678901234567890123 | head -c 100000000")
                .ok();
        docker.run("wait", name).ok();
        long start = System.nanoTime();
        assertThat(docker.run("logs", "--tail", "10", name).ok().out().lines()).hasSize(10);
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var counts =
                    IntStream.range(0, 3)
                            .mapToObj(_ -> tasks.submit(() -> count(docker, name)))
                            .toList();
            for (var count : counts) assertThat(count.get()).isEqualTo("100000000");
        }
    }

    private static String count(Cli docker, String name) {
        var line = String.join(" ", docker.line("logs", name)) + " | wc -c";
        return Shell.run(120, Map.of(), new byte[0], List.of("sh", "-c", line)).ok().out();
    }
}
