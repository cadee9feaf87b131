package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an engine depends on breaks while containers run: a clear outcome, the others unaffected.
 */
@Tag("system")
class TroubleTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    private final Path directory = Daemon.directory();
    private final Path run = directory.resolve("run");
    private final Set<String> known = new HashSet<>();
    private @Nullable Daemon started;
    private long bystander;

    @BeforeEach
    void setUp() {
        Shell.run("mkdir", "-p", directory + "/bin");
    }

    private void start(Map<String, String> environment) {
        started = Daemon.start(directory, directory.resolve("root"), environment);
        var docker = docker();
        docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        docker.run("run", "-d", "--name", "bystander", IMAGE, "sleep", "9999").ok();
        bystander = docker.pid("bystander");
    }

    private Daemon daemon() {
        return Objects.requireNonNull(started);
    }

    private Cli docker() {
        return daemon().docker();
    }

    @AfterEach
    void close() {
        if (started != null) started.close();
        Shell.run("umount", "-R", run.toString());
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }

    /** Nothing is left over, and who has nothing to do with it goes on. */
    private void othersAreUnaffected() {
        assertThat(Invariants.broken(daemon(), known)).as(daemon().log()).isEmpty();
        assertThat(docker().pid("bystander")).isEqualTo(bystander);
        assertThat(docker().run("exec", "bystander", "echo", "here").ok().out()).isEqualTo("here");
        docker().run("run", "--rm", IMAGE, "true").ok();
    }

    @Test
    void aFullRunDirectoryFailsStartsAndExecsOnly() throws Exception {
        Files.createDirectory(run);
        Shell.run("mount", "-t", "tmpfs", "-o", "size=1m,mode=711", "tmpfs", run.toString()).ok();
        start(Map.of());
        Shell.run("sh", "-c", "cat /dev/zero >\"$1\"", "-", run.resolve("filler").toString());
        var failed = docker().run("run", "--name", "failing", IMAGE, "true").ended(125);
        assertThat(failed.err()).containsIgnoringCase("no space left");
        assertThat(docker().run("exec", "bystander", "true").code()).isNotZero();
        assertThat(docker().run("ps", "-q").ok().out()).hasLineCount(1);
        docker().run("logs", "bystander").ok();
        Files.delete(run.resolve("filler"));
        docker().run("start", "-a", "failing").ok();
        othersAreUnaffected();
    }

    @Test
    void aContainerEndsWithItsMonitor() {
        start(Map.of());
        docker().run("run", "-d", "--name", "victim", IMAGE, "sleep", "9999").ok();
        var id = docker().inspect("victim").get("Id").asString();
        Shell.run("kill", "-9", Shell.run("cat", run + "/c/" + id + "/conmon.pid").ok().out()).ok();
        assertThat(docker().run("wait", "victim").ok().out()).isEqualTo("137");
        othersAreUnaffected();
        docker().run("start", "victim").ok();
        assertThat(docker().run("exec", "victim", "echo", "again").ok().out()).isEqualTo("again");
    }

    @Test
    void aContainerEndsWithItsFirstProcess() {
        start(Map.of());
        docker().run("run", "-d", "--name", "victim", IMAGE, "sh", "-c", "sleep 9999 & sleep 9999")
                .ok();
        Shell.run("kill", "-9", Long.toString(docker().pid("victim"))).ok();
        assertThat(docker().run("wait", "victim").ok().out()).isEqualTo("137");
        othersAreUnaffected();
    }

    /** A runtime that hangs or fails in {@code create} as long as there is such a file. */
    private void startWithStub() throws Exception {
        var real = Shell.run("sh", "-c", "command -v runc").ok().out();
        var stub =
                """
                #!/bin/sh
                case " $* " in *" create "*)
                    while [ -e DIR/hang ]; do sleep 0.1; done
                    [ ! -e DIR/fail ] || { echo 'level=error msg="runc is tired"' >&2; exit 1; }
                esac
                exec REAL "$@"
                """
                        .replace("DIR", directory.toString())
                        .replace("REAL", real);
        var file = Files.writeString(directory.resolve("bin/runc"), stub);
        Shell.run("chmod", "755", file.toString()).ok();
        start(Map.of("PATH", directory.resolve("bin") + ":" + System.getenv("PATH")));
    }

    @Test
    void aRuntimeThatHangsHoldsUpItsOwnContainerOnly() throws Exception {
        startWithStub();
        var hang = Files.createFile(directory.resolve("hang"));
        docker().run("create", "--name", "victim", IMAGE, "sleep", "9999").ok();
        var waiting = Shell.start(directory.resolve("start"), docker().line("start", "victim"));
        Daemon.pause(500);
        assertThat(docker().run("exec", "bystander", "echo", "here").ok().out()).isEqualTo("here");
        assertThat(docker().run("ps", "-aq").ok().out()).hasLineCount(2);
        assertThat(waiting.isAlive()).isTrue();
        Files.delete(hang);
        assertThat(waiting.waitFor()).isZero();
        othersAreUnaffected();
    }

    @Test
    void aRuntimeThatFailsIsQuotedAndLeavesNothing() throws Exception {
        startWithStub();
        Files.createFile(directory.resolve("fail"));
        var failed = docker().run("run", "--name", "victim", IMAGE, "true");
        assertThat(failed.code()).isIn(125, 126, 127);
        assertThat(failed.err()).contains("runc is tired");
        Files.delete(directory.resolve("fail"));
        docker().run("start", "-a", "victim").ok();
        othersAreUnaffected();
    }

    @Test
    void aClientThatNeverReadsHoldsUpNobodyElse() throws Exception {
        start(Map.of());
        docker().run(
                        "run",
                        "-d",
                        "--name",
                        "victim",
                        IMAGE,
                        "sh",
                        "-c",
                        "while :; do echo a line of output; done")
                .ok();
        var socket = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (var first = SocketChannel.open(socket);
                var second = SocketChannel.open(socket)) {
            ask(first, "GET /containers/victim/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n");
            ask(
                    second,
                    "POST /containers/victim/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            Daemon.pause(1000);
            var last = docker().run("logs", "--tail", "1", "victim").ok().out();
            assertThat("a line of output").startsWith(last); // it is being written
            assertThat(docker().run("exec", "victim", "echo", "here").ok().out()).isEqualTo("here");
            docker().run("rm", "-f", "victim").ok();
            othersAreUnaffected();
        }
    }

    private static void ask(SocketChannel channel, String request) throws Exception {
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }
}
